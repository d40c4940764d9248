{ __steno_o=$-; builtin set +xv; } 2>/dev/null
# SPDX-License-Identifier: MIT
# What each bash reads first that an agent starts (BASH_ENV). One with -c begins anew in the hands of
# `steno sh`, with the very environment and arguments it was started with; what it has read of the
# user's files before this was read in vain. Any other goes on with the user's own BASH_ENV. Needs
# mapfile -d, of bash 4.4: with an older one nothing is measured. __steno_p is the program.
if [[ ${BASH_EXECUTION_STRING+x} && ! ${STENO_COMMAND-} && $__steno_o != *r* && -x $__steno_p ]] &&
	builtin read -r __steno_b 2>/dev/null </proc/$$/maps && __steno_b=/${__steno_b#*/} &&
	[[ $__steno_b -ef /proc/$$/exe ]] &&
	builtin mapfile -d '' -t __steno_e 2>/dev/null </proc/$$/environ &&
	builtin mapfile -d '' -t __steno_a 2>/dev/null </proc/$$/cmdline && [[ ${#__steno_a[@]} -gt 1 ]]; then
	builtin shopt -s execfail
	builtin exec -c "$__steno_p" sh "$__steno_b" "${#__steno_e[@]}" "${__steno_e[@]}" "${__steno_a[@]}"
	builtin shopt -u execfail
fi
builtin unset -v __steno_p __steno_b __steno_e __steno_a
if [[ ${STENO_BASH_ENV-} ]]; then
	builtin eval "__steno_u=\"$STENO_BASH_ENV\"" # bash expands the value as if in double quotes
	if [[ -r $__steno_u ]]; then
		{ [[ $__steno_o != *x* ]] || builtin set -x; } 2>/dev/null
		builtin source "$__steno_u"
	fi
fi
{ [[ $__steno_o != *x* ]] || builtin set -x; builtin unset -v __steno_o __steno_u; } 2>/dev/null
