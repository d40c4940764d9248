#!/bin/bash
# SPDX-License-Identifier: MIT
# --help, the manual page and the completions tell of the same verbs and options.
. tests/lib/tap.sh

steno=${STENO:-$BUILD/steno}
if [ ! -x "$steno" ]; then
	skip 'help, manual page and completions agree' "there is no $steno"
	tap_done
fi
verbs=$("$steno" --help | sed -n '/^verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p')
completions='src/completions/steno.bash src/completions/_steno src/completions/steno.fish'

helps() { # VERB: its --help begins with its usage
	"$steno" "$1" --help | head -n 1 | grep -q "^usage: steno $1 "
}

options() { # VERB: the long options that its --help tells of
	"$steno" "$1" --help | sed '1,/^$/d' | grep -oE -- '--[a-z][a-z-]+' | sort -u
}

unknown() { # VERB: what another place does not tell
	local o f
	grep -qE "^\.(It|Nm|Cm|Ic).*\b$1\b" man/steno.1 || echo "man/steno.1: $1"
	for f in $completions; do grep -qw -- "$1" "$f" || echo "$f: $1"; done
	for o in $(options "$1"); do
		grep -qE "Fl Fl ${o#--}( |\$)" man/steno.1 || echo "man/steno.1: $1 $o"
		for f in $completions; do
			grep -qE -- "(--| -l )${o#--}\b" "$f" || echo "$f: $1 $o"
		done
	done
}

keys() { # FILE PAGE: keys of JSON objects that the page does not tell
	local k
	for k in $(grep -oE 'json_put_[a-z]+\(j, "[a-z_]+"|,?\\"[a-z_0-9]+\\":' "$1" |
		grep -oE '"[a-z_]+"$|[a-z_0-9]+\\":$' | tr -d '\\":' | sort -u); do
		grep -qE "^\.(It )?Cm.* ?$k( |$)" "$2" || echo "$2: $k"
	done
}

environment() { # variables that steno asks for and its page does not tell; git's own are git's
	local v
	for v in $(grep -rhoE '[^_]getenv\("[A-Z_]+' src --include=*.c | grep -oE '[A-Z_]+$' | sort -u); do
		case $v in GIT_* | HOME | PATH | PWD) continue ;; esac
		grep -qE "^\.(It )?Ev.*\b$v\b" man/steno.1 || echo "man/steno.1: $v"
	done
}

check 'there are verbs' test "$(wc -w <<<"$verbs")" -gt 5
for v in $verbs; do
	check "$v: --help begins with its usage" helps "$v"
	empty "$v: manual page and completions tell of it, too" unknown "$v"
done
empty 'the manual tells of each key of provenance.jsonl' \
	keys src/out/provenance_line.c man/steno-provenance.5
for f in ls verify; do
	empty "the manual tells of each key of $f --json" keys "src/cmd/$f.c" man/steno.1
done
empty 'and of each variable of the environment' environment
tap_done
