# SPDX-License-Identifier: MIT
# steno's hooks for zsh. zsh reads this as .zshenv in the folder that ZDOTDIR names. In front of it
# stand lines that set __steno_n to the nonce and ZDOTDIR as it was; so from the user's own .zshenv on,
# all files are read from where they are. tape/event.h says what the marks are.
#
# It must never fork at a prompt, print a word, leave an exported variable behind, or change $?, the
# history or an option. The marks are printed by functions and not by PS1, which belongs to the user
# and his themes: it can be assigned, drawn again, printed or exported, and no mark comes of it. What
# was typed is known from preexec, so B need not stand where it begins: it comes with A.
#
# Each function's standard error is closed, and once more until `emulate -R` has taken `set -x` back: so
# that shows nothing of it.

# Percent-encodes $1 into __steno_r.
__steno_encode() {
	builtin local __steno_i __steno_x
	__steno_r=${1//\%/%25}
	__steno_r=${__steno_r//;/%3B}
	[[ $__steno_r == *[[:cntrl:]]* ]] || builtin return 0
	for __steno_i in {0..31} 127; do
		builtin printf -v __steno_x %02X $__steno_i
		__steno_r=${__steno_r//${(#)__steno_i}/%$__steno_x}
	done
}

# Prints $1, also where the shell has lost its controlling terminal (setsid --ctty takes it away).
__steno_print() {
	{
		builtin print -rn -- "$1" >/dev/tty || builtin print -rn -- "$1" >$TTY
	} 2>/dev/null
}

# First in precmd_functions.
__steno_d() {
	{ builtin local __steno_t=$?; builtin emulate -LR zsh -o no_multibyte; } 2>/dev/null
	__steno_print "$__steno_m;D;s=$__steno_s;st=$__steno_t"$'\a'
	__steno_u=0
	__steno_keep
} 2>/dev/null

# Last in precmd_functions at the first prompt.
__steno_a() {
	{ builtin local __steno_t=$?; builtin emulate -LR zsh; } 2>/dev/null
	__steno_print "$__steno_m;A;s=$__steno_s;st=$__steno_t"$'\a'"$__steno_m;B;s=$__steno_s"$'\a'
} 2>/dev/null

# Last in preexec_functions. $1: the line, which is there even if the history ignores it; $3: what is
# run, as far as zsh can tell. eol: what zsh prints, inverse, behind output that no newline ended. A
# number is left out if the last command took __steno_d away: then its end was not seen.
__steno_c() {
	{ builtin local __steno_t=$? __steno_o __steno_r; builtin emulate -LR zsh -o no_multibyte; } 2>/dev/null
	__steno_o="$__steno_m;C;s=$((__steno_s+=1+__steno_u));prev=$__steno_t"
	(( !__steno_u )) || __steno_keep
	__steno_u=1
	__steno_r=${(%)${PROMPT_EOL_MARK-%B%S%#%s%b}}
	if [[ $__steno_r != "$__steno_e" ]]; then
		__steno_e=$__steno_r
		__steno_encode "$__steno_r"
		__steno_o+=";eol=$__steno_r"
	fi
	__steno_r=${1:-$3}
	if (( $#__steno_r > 262144 )); then
		__steno_r=$__steno_r[1,262144]
		__steno_o+=';cut=1'
	fi
	__steno_encode "$__steno_r"
	__steno_o+=";cmd=$__steno_r"
	if [[ $PWD != $__steno_w[1] ]]; then
		__steno_encode "$PWD"
		__steno_w=("$PWD" "$__steno_r")
	fi
	__steno_print "$__steno_o;d=$__steno_w[2]"$'\a'
} 2>/dev/null

# First in zshaddhistory_functions, for each line that is typed: the user's files may have assigned the
# other lists, before the first prompt or when they are read again.
__steno_h() {
	{
		(( !__steno_k || __steno_u )) || builtin return 0
		builtin emulate -LR zsh
	} 2>/dev/null
	__steno_keep
	builtin return 0
} 2>/dev/null

# Keeps the functions where they belong, whatever else comes and goes beside them. What puts itself
# behind __steno_a at a prompt stays there: some want to be last, and do otherwise if they are not.
__steno_keep() {
	if [[ $precmd_functions[1] != __steno_d ]] ||
		(( !__steno_k || !$precmd_functions[(Ie)__steno_a] )); then
		precmd_functions=(__steno_d "${(@)precmd_functions:#__steno_*}" __steno_a)
	fi
	__steno_k=1
	if [[ $preexec_functions[-1] != __steno_c ]]; then
		preexec_functions=("${(@)preexec_functions:#__steno_*}" __steno_c)
	fi
	if [[ $zshaddhistory_functions[1] != __steno_h ]]; then
		zshaddhistory_functions=(__steno_h "${(@)zshaddhistory_functions:#__steno_*}")
	fi
}

builtin typeset -gi +x __steno_s=0 __steno_k=0 __steno_u=0 # u: the last command's end was not told
builtin typeset -g +x __steno_e='?' # the last eol
builtin typeset -ga +x __steno_w  # the last directory, and how it is spelt
builtin typeset -gH +x __steno_m=$'\e]7377;'$__steno_n
builtin unset __steno_n
builtin typeset -ga +x precmd_functions preexec_functions zshaddhistory_functions
precmd_functions=(__steno_d $precmd_functions __steno_a)
preexec_functions+=(__steno_c)
zshaddhistory_functions=(__steno_h $zshaddhistory_functions)
# As zsh would have read it, but for $0, which is this file's name in there and not zsh's.
if [[ -r ${ZDOTDIR-$HOME}/.zshenv ]]; then
	builtin source ${ZDOTDIR-$HOME}/.zshenv
fi
