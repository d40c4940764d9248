#!/bin/bash
# SPDX-License-Identifier: MIT
# The manual pages: mandoc finds nothing to warn of, and they tell of what the program has.
. tests/lib/tap.sh
for page in man/*.[1-8]; do
	empty "$page has no mistake that mandoc knows" mandoc -Tlint -W warning "$page"
done
tap_done
