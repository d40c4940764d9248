# SPDX-License-Identifier: MIT
# As nested.sh says. A builtin test does not see what a function's input is.
function __steno_nest
    set -l __steno_na $argv
    __steno_nested $argv[4..-1]
    set -l __steno_nl $status
    switch $__steno_na[1]$__steno_nl
        case '*2'
            command env $__steno_na[4..-1]
        case bash0
            command env $__steno_na[4] --rcfile $__steno_na[2] $__steno_na[5..-1]
        case bash1
            __steno_led ENV $__steno_na[3] $__steno_na[4] --posix $__steno_na[5..-1]
        case 'fish*'
            command env $__steno_na[4] --init-command $__steno_na[2] $__steno_na[5..-1]
        case 'zsh*'
            __steno_led ZDOTDIR $__steno_na[2] $__steno_na[4..-1]
        case '*'
            __steno_led ENV $__steno_na[2] $__steno_na[4..-1]
    end
end

# 0: it would print marks; 1: so as a login shell; 2: not.
function __steno_nested
    command test -t 0; and command test -t 2; or return 2
    set -l login 0
    for word in $argv[2..-1]
        switch $word
            case -i --interactive
            case -l -il -li --login
                set login 1
            case '*'
                return 2
        end
    end
    return $login
end

function __steno_led
    set -l name $argv[1]
    set -l was STENO_WAS=
    set -qx $name; and set was STENO_WAS=x"$$name"
    command env $name=$argv[2] $was $argv[3..-1]
end
