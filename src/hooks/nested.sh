# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Read by the shells that steno has hooks for, fish excepted, in front of these, under --nested. Behind it
# stands a function for each shell there is, named as the shell, that calls __steno_nest. It must
# change nothing for a shell that would not be at a terminal, or would not read its files.
__steno_nk='' __steno_nf='' __steno_ng='' __steno_nl='' __steno_nv='' __steno_nw='' # zsh may warn of new ones

# What shell $1 is started with as "$2" ...: is it one that would print marks? __steno_nl: it is a
# login shell.
__steno_nested() {
	__steno_nl=
	[ -t 0 ] && [ -t 2 ] || return 1
	shift
	while [ $# -gt 0 ]; do
		case $1 in
		-i | --interactive) ;;
		-l | -il | -li | --login) __steno_nl=1 ;;
		*) return 1 ;;
		esac
		shift
	done
}

# Runs "$3" ... with $1=$2 in its environment; its hooks put back what was there.
__steno_led() {
	if __steno_nw=$(command printenv "$1"); then
		__steno_nw=x$__steno_nw
	fi
	__steno_nv=$1=$2
	shift 2
	command env "$__steno_nv" "STENO_WAS=$__steno_nw" "$@"
}

# Of kind $1, led by $2, or $3 as a login shell, with "$4" ... as its command line.
__steno_nest() {
	__steno_nk=$1 __steno_nf=$2 __steno_ng=$3
	shift 3
	if ! __steno_nested "$@"; then
		command "$@"
		return
	fi
	case $__steno_nk$__steno_nl in
	bash)
		__steno_nv=$1
		shift
		command "$__steno_nv" --rcfile "$__steno_nf" "$@"
		;;
	bash1)
		__steno_nk=$1
		shift
		__steno_led ENV "$__steno_ng" "$__steno_nk" --posix "$@"
		;;
	fish*)
		__steno_nv=$1
		shift
		command "$__steno_nv" --init-command "$__steno_nf" "$@"
		;;
	zsh*) __steno_led ZDOTDIR "$__steno_nf" "$@" ;;
	*) __steno_led ENV "$__steno_nf" "$@" ;;
	esac
}
