# SPDX-License-Identifier: MIT
# TAP for shell tests: source it, call `check`, `pass`, `fail` or `skip`, end with `tap_done`.
# shellcheck shell=bash
tap_count=0
tap_failed=0

pass() { # NAME
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s\n' "$tap_count" "$1"
}

fail() { # NAME [NOTES]
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - %s\n' "$tap_count" "$1"
	[ -z "${2-}" ] || printf '%s\n' "$2" | head -n 40 | sed 's/^/# /'
}

skip() { # NAME WHY
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

check() { # NAME COMMAND...: passes if the command succeeds; else its output is the note
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then pass "$name"; else fail "$name" "$out"; fi
}

empty() { # NAME COMMAND...: passes if the command prints nothing
	local name=$1 out
	shift
	out=$("$@" 2>&1)
	if [ -z "$out" ]; then pass "$name"; else fail "$name" "$out"; fi
}

tap_done() {
	printf '1..%d\n' "$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}
