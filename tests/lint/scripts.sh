#!/bin/bash
# SPDX-License-Identifier: MIT
# What shellcheck finds in the scripts. That a shell can parse them is scripts/text.sh's.
. tests/lib/tap.sh
mapfile -t scripts < <(grep -rlE '^#!/bin/(ba)?sh' tests .ci src)
check 'shellcheck warns of nothing' shellcheck -S warning -x "${scripts[@]}"
tap_done
