# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2016,SC2154,SC1090,SC3043
# steno's hooks for shells that have nothing but PS1: dash, ksh93, mksh, busybox's ash, bash as sh. An
# interactive one reads this as $ENV. In front of it stand lines that set:
#   __steno_n=NONCE  __steno_k=WHICH SHELL  __steno_o=ESC  __steno_c=BEL  __steno_r=CR  __steno_x=SOH
# and ENV as the user has it. tape/event.h says what the marks are.
#
# It must never fork at a prompt (nor does ksh93 for $( ) here), print a word, or leave an exported
# variable behind. A and B come by expansions in PS1 alone; each prompt has a number of its own, and B
# says by nl that no C will come. The nonce comes by a variable, so that an exported PS1 does not hand
# it on. ksh93 and mksh do not expand PS2: there the nonce stands in it, unless a child would inherit
# it.

# What the shell would have read in place of this.
case $__steno_k${ENV+x} in
ksh) ENV=$HOME/.kshrc ;;
esac
__steno_q=${ENV-}
case $__steno_k$__steno_q in
mksh) __steno_q=$HOME/.mkshrc ;;
mksh*) ;;
*[\$\`]*) eval "__steno_q=\"$__steno_q\"" ;;
esac
if \[ -r "$__steno_q" ]; then
	\. "$__steno_q"
fi

__steno_s=0
__steno_q=${PS1-}
__steno_o="$__steno_o]7377;"'${__steno_n-};'
__steno_h= __steno_p=
case $__steno_k in
ash | bash) # \[ and \] enclose what has no width; a shell that inherits them shows them
	__steno_o='${__steno_n+\['$__steno_o __steno_c=$__steno_c'\]}'
	;;
mksh) # the first character does so, if a return is behind it
	__steno_h=';h=!'
	case $__steno_q in
	?"$__steno_r"*)
		__steno_x=${__steno_q%"${__steno_q#?}"}
		__steno_q=${__steno_q#??}
		;;
	esac
	__steno_p=$__steno_x$__steno_r
	__steno_o="$__steno_x$__steno_o" __steno_c="$__steno_c$__steno_x"
	;;
ksh) # it will set PS1, if nobody does
	__steno_h=';h=!'
	# E, without a fork, a change of $?, or a trace: by a discipline function. The text as the
	# history has it, where a line behind the first has a tab. ksh93u+ (not u+m) changes $? to what
	# one returns, but ends itself where that is a signal; and a DEBUG trap runs in there.
	eval 'function __steno_x.get { typeset q=$? __steno_w=$(fc -ln -0 -0 2>/dev/null);'\
' __steno_w=${__steno_w//$'"'\n\t'"'/$'"'\n'"'}; __steno_w=${__steno_w#$'"'\t'"'}; __steno_w=${__steno_w//%/%25}; __steno_w=${__steno_w//;/%3B}; __steno_w=${__steno_w//!/%21};'\
' __steno_w=${__steno_w//$'"'\n'"'/%0A}; __steno_w=${__steno_w//$'"'\t'"'/%09};'\
' [[ $__steno_w != *[[:cntrl:]]* ]] && ((${#__steno_w} < 65536)) || __steno_w=; .sh.value=$__steno_w; return "$((q>255?q-128:q))"; }
	function __steno_y.get { typeset q=$?; .sh.value=3; [[ -o emacs || -o gmacs || -o vi ]] && .sh.value=1; return "$((q>255?q-128:q))"; }'
	__steno_p=$__steno_o'E;s=$__steno_s;h=!;cmd=$__steno_x'$__steno_c
	[ -n "${PS1+x}" ] || __steno_q='$ '
	[ -n "${PS1+x}" ] || [ "$(id -u)" != 0 ] || __steno_q='# '
	;;
esac
PS1=${__steno_o}'A;s=$((__steno_s=__steno_s+1));st=$(($?>255?$?-128:$?))'$__steno_h
PS1=$__steno_p$PS1';d=${PWD+${PWD##*[%;[:cntrl:]]*}}'$__steno_c$__steno_q
case $__steno_k in
ash) PS1=${PS1}${__steno_o}'B;s=$__steno_s;nl=2'$__steno_c ;; # long lines are wrapped by CR LF
mksh) PS1=${PS1}${__steno_o}'B;s=$__steno_s;nl=4'$__steno_c ;; # they are scrolled
bash) PS1=${PS1}${__steno_o}'B;s=$__steno_s;nl=1'$__steno_c ;;
ksh) PS1=${PS1}${__steno_o}'B;s=$__steno_s;nl=$__steno_y'$__steno_c ;;
*) PS1=${PS1}${__steno_o}'B;s=$__steno_s;nl=3'$__steno_c ;; # no line editor
esac
case $__steno_k in
ksh | mksh)
	__steno_o=${__steno_o%%'$'*}$__steno_n';'
	[ "$__steno_k" = mksh ] || __steno_p=
	case $(export -p) in
	*PS2=*) ;;
	*) PS2=$__steno_p${__steno_o}2$__steno_c${PS2-}${__steno_o}B$__steno_c ;;
	esac
	;;
*) PS2=${__steno_o}'2;s=$__steno_s'$__steno_c${PS2-}${__steno_o}'B;s=$__steno_s'$__steno_c ;;
esac
[ "$__steno_k" = ksh ] || \unset __steno_x
\unset __steno_k __steno_o __steno_c __steno_r __steno_q __steno_h __steno_p
