#!/bin/sh
# SPDX-License-Identifier: MIT
# What is recorded for tests/powercut: two sessions at a time, commands of an agent's kind, a
# rebuild beside a session that runs, one that corrects provenance.jsonl, an import, a program. In
# the repository, with STENO and FIXTURES in the environment.
set -eu
export SHELL=/bin/bash

leave() { # SESSION STATUS: ends it; returns when its files are finished
	"$STENO" send --enter "$1" "exit $2"
	"$STENO" wait -t 60 --exit "$1" || :
	"$STENO" kill "$1" 2>/dev/null || :
}

drive() { # SESSION LINE: types it and waits for its end
	"$STENO" send --enter "$1" "$2"
	"$STENO" wait -t 60 "$1" || :
}

one=$("$STENO" rec -d --size 80x24)
two=$("$STENO" rec -d --size 80x24)
trap 'set +e; "$STENO" kill "$one" 2>/dev/null; "$STENO" kill "$two" 2>/dev/null' EXIT
drive "$one" 'echo first'
drive "$two" 'seq 2000'
drive "$one" 'echo changed >kept'
drive "$two" 'sleep 1.2; (exit 3)'
drive "$one" "\"$STENO\" -c 'echo of an agent; exit 4'"
drive "$two" "printf '\\377 is not UTF-8\\n'"
drive "$one" 'sleep 1.2; false'
drive "$two" "\"$STENO\" -c true"
leave "$one" 5
"$STENO" rebuild "$one"
tail -n 1 codex-logs/provenance.jsonl >>codex-logs/provenance.jsonl
"$STENO" rebuild "$one"
drive "$two" 'sleep 0.3; seq 300'
"$STENO" import "$FIXTURES/codex-0.169-exec.jsonl"
drive "$two" 'echo last; sleep 1.2'
"$STENO" -q -- sh -c 'echo a program; exit 6' || :
leave "$two" 7
