#!/bin/bash
# SPDX-License-Identifier: MIT
# Wrong arguments of each verb: the first line on stderr says what is wrong, and the status is that
# of a usage error, or of no such thing.
. tests/lib/tap.sh

steno=${STENO:-$BUILD/steno}
if [ ! -x "$steno" ]; then
	skip 'wrong arguments are told' "there is no $steno"
	tap_done
fi
work=$(mktemp -d "$TMPDIR/wrong.XXXXXX")
mkfifo "$work/fifo"
: >"$work/empty"
cd "$work" || exit 2

# STATUS, WORDS..., then -- and what the first line is to be
wrong() {
	local status=$1 got out first words=()
	shift
	while [ "$1" != == ]; do
		words+=("$1")
		shift
	done
	out=$(timeout 20 "$steno" "${words[@]}" </dev/null 2>&1 >stdout)
	got=$?
	first=${out%%$'\n'*}
	if [ "$got" = "$status" ] && [ "$first" = "$2" ] && [ ! -s stdout ]; then
		pass "steno ${words[*]@Q}"
	else
		fail "steno ${words[*]@Q}" "status $got instead of $status: $first instead of $2"
	fi
}

# session of one command, so that there is something to be wrong about
"$steno" -q -- true </dev/null >/dev/null
# shellcheck disable=SC2034 # the table below has it
s=$(basename codex-logs/*.cast .cast)

while read -r status words; do
	IFS= read -r line
	eval "wrong $status $words == \"steno: $line\""
done <<'END'
2 nosuch
no such verb: nosuch
2 --nosuch
unrecognized option '--nosuch'
2 -x
invalid option -- 'x'
2 rec --size
option '--size' requires an argument
2 rec --size 1x1
--size 1x1: not COLSxROWS from 2x2 to 1000x1000
2 rec extra
put -- before the command: steno -- extra
2 ls extra
not expected: extra
2 ls -n 0
-n 0: not a number from 1 on
2 log extra
not expected: extra
2 log --grep '['
--grep [: Invalid regular expression
1 log --session nosuch
nosuch: no such session
2 show last last
not expected: last
2 show --screen x
--screen x: no time; say 90, 1:30, 1:02:03 or end
2 show --output --command last:1
these options do not go together
1 show last:0
last:0: no such session, nor a command's number from 1 on
1 show last:9
$s: has no command 9, only 1
3 show ./fifo
./fifo: is not a regular file
3 show ./empty
./empty: the recording's header is not complete
2 play -s 0
--speed 0: not a number from 0.001 to 1000000
2 play --at x
--at x: not 90, 1:30, 1:02:03 or a command's number as :3
2 play last last
not expected: last
2 export
SESSION is missing
2 export -o '' last
--output: a file has a name
2 export last last
not expected: last
2 attach --detach-key x
--detach-key x: neither a key as ^A or C-a nor none
2 attach --size-from x
--size-from x: neither smallest nor latest
2 attach a b
not expected: b
2 send
SESSION is missing
2 send last
TEXT is missing
2 send last a b
not expected: b
125 wait
SESSION is missing
125 wait --command 0 last
--command 0: not a number from 1 on
125 wait -t -1 last
--timeout -1: not a number of seconds
125 wait --exit --text x last
one of --command, --text and --exit at a time
2 kill
SESSION is missing
2 kill a b
not expected: b
1 kill last
$s does not run
2 import
FILE is missing
3 import fifo
fifo is no regular file
2 say
--role is missing
2 hooks
codex or claude is missing
2 hooks x
x: neither codex nor claude
2 hooks codex x
not expected: x
2 hook
codex or claude is missing
2 rebuild
SESSION is missing
2 rebuild --check --from x
--from goes with --log-dir only
1 rebuild ./empty
open ./empty.cast: No such file or directory
2 verify --all-here last
not expected with --all-here: last
END
rm -rf "$work"
tap_done
