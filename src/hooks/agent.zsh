{ typeset -g __steno_o=$options[xtrace]; unsetopt xtrace verbose } 2>/dev/null
# SPDX-License-Identifier: MIT
# What each zsh reads first that an agent starts (ZDOTDIR). One with -c begins anew in the hands of
# `steno sh`, with the very environment and arguments it was started with. Any other goes on with the
# user's own ZDOTDIR. __steno_p is the program.
if [[ -n ${ZSH_EXECUTION_STRING+x} && -z ${STENO_COMMAND-} && ! -o restricted && -x $__steno_p ]]; then
	() {
		builtin emulate -L zsh
		local x exe=/proc/$$/exe
		local -a env args
		exe=${exe:A}
		while IFS= builtin read -r -d '' x; do env+=("$x"); done 2>/dev/null </proc/$$/environ
		while IFS= builtin read -r -d '' x; do args+=("$x"); done 2>/dev/null </proc/$$/cmdline
		(($#args > 1)) && [[ -x $exe ]] &&
			builtin exec -c "$__steno_p" sh "$exe" $#env "${env[@]}" "${args[@]}"
	}
fi
if [[ -n ${STENO_ZDOTDIR+x} ]]; then
	ZDOTDIR=$STENO_ZDOTDIR
else
	unset ZDOTDIR
fi
unset __steno_p STENO_ZDOTDIR
if [[ -r ${ZDOTDIR-$HOME}/.zshenv ]]; then
	{ [[ $__steno_o == off ]] || setopt xtrace } 2>/dev/null
	builtin source "${ZDOTDIR-$HOME}/.zshenv"
fi
{ [[ $__steno_o == off ]] || setopt xtrace; unset __steno_o } 2>/dev/null
