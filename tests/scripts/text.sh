#!/bin/bash
# SPDX-License-Identifier: MIT
# What every file of the tree keeps to.
. tests/lib/tap.sh

files() { # those that git would have: committed or new, not ignored, not deleted
	git ls-files -co --exclude-standard -- "$@" | while IFS= read -r f; do
		[ ! -f "$f" ] || printf '%s\n' "$f"
	done
}

if ! git rev-parse --git-dir >/dev/null 2>&1; then
	files() { find src tests man Makefile README.md -type f; }
fi
text() { files | grep -vE '^tests/.*(corpus|cases|golden)/|\.(t|png|gif|cast)$'; }

without() { # TEXT: files on stdin that do not hold it in their first five lines
	while IFS= read -r f; do head -n 5 "$f" | grep -qF "$1" || echo "$f"; done
}

unguarded() { # headers without the guard that their name asks for
	files 'src/*.h' | while IFS= read -r f; do
		name=$(basename "$f" .h | tr 'a-z-' 'A-Z_')
		grep -qx "#ifndef STENO_${name}_H" "$f" || echo "$f: no #ifndef STENO_${name}_H"
	done
}

late_header() { # sources that do not include their own header first
	files 'src/*.c' | while IFS= read -r f; do
		own=$(basename "$f" .c).h
		[ -f "$(dirname "$f")/$own" ] || continue
		first=$(grep -m 1 '^#include' "$f")
		[ "$first" = "#include \"$own\"" ] || echo "$f: first is $first"
	done
}

broken_script() {
	text | while IFS= read -r f; do
		case $(head -n 1 "$f" | tr -d '\0') in
		'#!/bin/bash'* | '#!/usr/bin/env bash'*) bash -n "$f" ;;
		'#!/bin/sh'*) sh -n "$f" ;;
		esac
	done
	for f in src/hooks/steno.bash src/completions/steno.bash tests/lib/*.sh; do
		[ ! -f "$f" ] || bash -n "$f"
	done
	[ ! -f src/hooks/steno.sh ] || sh -n src/hooks/steno.sh
	for f in src/hooks/steno.zsh src/completions/_steno; do
		! command -v zsh >/dev/null || zsh -n "$f"
	done
	for f in src/hooks/steno.fish src/completions/steno.fish; do
		! command -v fish >/dev/null || fish -n "$f"
	done
}

unresolved() { # a declared fuzz target or test program that the Makefile would not build
	files 'tests/*.c' | grep -vE '^tests/(unit/test_[a-z0-9_]*|e2e/test_[a-z0-9_]*|lib/[a-z0-9_]*|fuzz/[a-z0-9_]*|(bench|soak|powercut)/[a-z0-9_]*)\.c$'
}

unmapped() { # modules that the README's code map does not name
	files 'src/*.c' | while IFS= read -r f; do
		case $f in
		src/base/*) name="\`$(basename "$f" .c)\`" ;;
		*) name=$(basename "$f")\` ;;
		esac
		grep -qF "$name" README.md || echo "$f"
	done
}

empty 'no trailing white space' eval 'text | xargs -d "\n" grep -nIE "[[:blank:]]+$" --'
empty 'every text ends with a newline' eval \
	'text | while IFS= read -r f; do [ -z "$(tail -c 1 "$f" | tr -d "\n")" ] || echo "$f"; done'
empty 'code says its licence' eval 'files "*.[ch]" "*.sh" Makefile | without "SPDX-License-Identifier: MIT"'
empty 'headers are guarded by their name' unguarded
empty 'sources include their own header first' late_header
empty 'scripts can be parsed' broken_script
empty 'test programs are where the Makefile finds them' unresolved
empty 'the code map names every source' unmapped
tap_done
