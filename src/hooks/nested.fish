# SPDX-License-Identifier: MIT
# Read by fish in front of its hooks, under --nested (live/nest.h). In front of it stand lines that
# set __steno_x to the folder of what leads shells to hooks, and __steno_y to what an exec of one
# looks like. What is found there takes the folder out of PATH again.
function __steno_e --on-event fish_preexec
    builtin string match -qr -- $__steno_y $argv[1]; and set PATH $__steno_x $PATH
end

# The exec has failed.
function __steno_f --on-event fish_postexec
    test "$PATH[1]" = $__steno_x; and set -e PATH[1]
end
