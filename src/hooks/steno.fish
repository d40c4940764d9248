# SPDX-License-Identifier: MIT
# steno's hooks for fish, read by --init-command, when the user's files have been. In front of it
# stands a line that sets __steno_n to the nonce. tape/event.h says what the marks are.
#
# It must never fork at a prompt, print a word, leave an exported variable behind, or change $status,
# $pipestatus, the history or a setting. Events need no place in the user's own functions. What was
# typed is known from the event, so B need not stand where it begins. What fish 4 prints of its own
# (OSC 133) is not ours and counts for nothing.

set -gu __steno_m \e']7377;'$__steno_n
set -e __steno_n
set -gu __steno_s 0 # number of the last command
set -gu __steno_t   # processes that were stopped before it

# Where marks go. fish complains of a file that cannot be opened, whatever is done: /dev/tty is none any
# more when the shell has lost its controlling terminal (setsid --ctty takes it away).
set -gu __steno_f /dev/tty
builtin test -t 0 -a -w /proc/$fish_pid/fd/0; and set __steno_f /proc/$fish_pid/fd/0

# A line that is a comment runs nothing, though fish says that it does. Each command substitution takes
# longer than all else here: there is one only where the common command needs it.
function __steno_c --on-event fish_preexec
    set -l prev $status
    builtin string match -qr '(?m)^\s*[^\s#]' -- $argv[1]; or return
    set -l text $argv[1] $PWD
    set -l cut
    set __steno_s (builtin math $__steno_s + 1)
    set __steno_t
    builtin jobs -q; and set __steno_t (__steno_stopped)
    if builtin string match -qr '[%;\x01-\x1f\x7f]|^.{65535}.' -- $text
        if builtin test (builtin string length -- $text[1]) -gt 65536 # up to 262144 bytes
            set text[1] (builtin string sub -l 65536 -- $text[1] | builtin string collect)
            set cut ';cut=1'
        end
        set text (builtin string escape --style=url -- $text | builtin string replace -a %20 ' ')
    end
    builtin printf '%s;C;s=%s;prev=%s%s;cmd=%s;d=%s\a' "$__steno_m" $__steno_s $prev "$cut" $text >$__steno_f
end

# fish does not set $status if the command was stopped.
function __steno_d --on-event fish_postexec
    set -l st ";st=$status"
    if builtin jobs -q
        set -l stopped (__steno_stopped)
        for pid in $stopped
            builtin contains -- $pid $__steno_t; or set st
        end
        set -q stopped[1]; and builtin string match -qr '\bfg\b' -- $argv[1]; and set st
    end
    builtin printf '%s;D;s=%s%s\a%s;A;s=%s\a' "$__steno_m" $__steno_s "$st" "$__steno_m" $__steno_s >$__steno_f
end

function __steno_a --on-event fish_prompt
    builtin printf '%s;A;s=%s\a%s;B;s=%s\a' "$__steno_m" $__steno_s "$__steno_m" $__steno_s >$__steno_f
end

# Processes of jobs that are stopped, where there are any jobs.
function __steno_stopped
    for pid in (builtin jobs -p)
        set -l stat
        builtin string match -qr '^\d+$' -- $pid
        and builtin read -l stat </proc/$pid/stat 2>/dev/null
        and builtin string match -qr '.*\) [Tt] ' -- $stat
        and builtin echo $pid
    end
end

# Before 3.2 fish says nothing of a command that ^C has ended: what came behind it would be its output.
if builtin string match -qr '^([0-2]|3\.[01])\.' -- $version
    builtin functions -e __steno_c __steno_d __steno_a
end
