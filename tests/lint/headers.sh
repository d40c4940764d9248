#!/bin/bash
# SPDX-License-Identifier: MIT
# What the build would hide: it includes banned.h, and with it some system headers, before all else.
. tests/lib/tap.sh
read -r -a cc <<<"${CC:-cc} -std=c11 -D_GNU_SOURCE -DSTENO_VERSION=\"0\" -Wall -Wextra -Werror"
read -r -a libs <<<"$(pkg-config --cflags vterm libgit2 jansson)"

alone() { # FILE...: those that do not compile by themselves
	local f
	for f; do
		"${cc[@]}" "${libs[@]}" -I"$BUILD/gen" -Isrc -Itests/lib -fsyntax-only -x c "$f"
	done
}
mapfile -t headers < <(find src tests -name '*.h' | sort)
mapfile -t sources < <(find src tests -name '*.c' | sort)
empty 'each header compiles alone' alone "${headers[@]}"
empty 'each source includes what it needs' alone "${sources[@]}"

for f in strcpy strcat strncpy strncat sprintf vsprintf strtok gets atoi localtime gmtime signal \
	system popen; do
	printf 'void *t(char *a);\nvoid *t(char *a) { return (void *)(long)%s(a); }\n' "$f" |
		"${cc[@]}" -include src/base/banned.h -fsyntax-only -x c - 2>&1 |
		grep -q "sorry_${f}_is_banned" || echo "$f"
done >"$TMPDIR/allowed"
empty 'a call of a banned function is a compile error' cat "$TMPDIR/allowed"
tap_done
