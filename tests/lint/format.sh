#!/bin/bash
# SPDX-License-Identifier: MIT
# clang-format has nothing to change. Versions differ in small things; 14, of Debian 12, counts.
. tests/lib/tap.sh
if ! clang-format --version | grep -q 'version 14\.'; then
	skip 'the code is as clang-format 14 writes it' "this is $(clang-format --version)"
	tap_done
fi
mapfile -t files < <(find src tests -name '*.[ch]' | sort)
check 'the code is as clang-format 14 writes it' clang-format --dry-run -Werror "${files[@]}"
tap_done
