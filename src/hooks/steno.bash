# SPDX-License-Identifier: MIT
# steno's hooks for bash 4.4 to 5.3. Read once by an interactive bash, in place of ~/.bashrc
# (--rcfile) or, for a login shell, as $ENV of a bash begun in POSIX mode; it reads the user's own
# files as bash would have. In front of it stand lines that set:
#   __steno_n=(NONCE)  __steno_f=(SCRATCH FILE)  __steno_g=(FILE OF LINES)
#   and for a login shell __steno_l=(1) and ENV as it was
# tape/event.h says what the marks are, live/longhand.h what is spelt shorter here.
#
# It must never fork at a prompt, print a word, leave a descriptor or an exported variable behind,
# or change $?, $_, PIPESTATUS, the history or a setting. State is kept in arrays: those are never
# exported, even under `set -a`. There is no way to keep a variable from `set`: the nonce can be
# seen there, but never in the environment or in a trace.
#
# PS1, PS2 and PS0 carry A, B, 2 and C by expansions alone; another shell that inherits them shows
# nothing, not even \[ and \]. \# is bash's own number of the command, so that nothing can put it out of
# step. What the expansions note:
#   __sa   the number that the next line of the history would get, as PS1 saw it last (PS1 is expanded
#          for each line, shown or not)
#   __sc   how many lines were read since D
# C says the number of the history's last line, as PS0 sees it, and __sa; these are equal if the
# command's line was added. The lines themselves go into the file, and steno tells whose they are.
#
# Each prompt should cost less than 0.1 ms. Between two prompts all of this leaves the processor's caches,
# so that each other thing which bash is asked to do takes some 5 to 20 us, however little it is. What it
# takes long for besides is kept out of the common prompt's way: calling a function copies its body, a quoted
# word is copied byte by byte, what is within braces is looked through once for each pair around it, a
# pattern that begins with * is tried at each place of the text, and to set an element of an array takes
# five times as long as to set its first one, by the array's name. readline goes over the bytes of a prompt
# again for each of them, those that it does not count, too: what is in the prompts is short, down to the
# names.

# Strips our marks, which begin with $2 and end with $3, from $1 into __steno_r. A backslash that was
# at the end would quote what we put behind it: they become so many that they are shown as before.
__steno_strip() {
	__steno_r=$1
	while [[ $__steno_r == *"$2"*"$3"* ]]; do
		__steno_t=${__steno_r#*"$2"}
		__steno_r=${__steno_r%%"$2"*}${__steno_t#*"$3"}
	done
	[[ ${__steno_r: -1} == '\' ]] || builtin return 0
	__steno_t=${__steno_r##*[!\\]}
	while ((${#__steno_t} % (${#__steno_q[3]} ? 2 : 4))); do
		__steno_t+='\' __steno_r+='\'
	done
}

# Strips them all from $1 into __steno_r.
__steno_bare() {
	__steno_strip "$1" '\[\e]7377;' '\a\]'
	__steno_strip "$__steno_r" '${__sA+\[' '\a\]}'
	__steno_r=${__steno_r//'${__sB+\[$__sB\]}'}
	__steno_r=${__steno_r//'${__s2+\[$__s2\]}'}
}

# Puts A, B, 2 and C into PS1, PS2 and PS0, outermost. Without promptvars nothing is expanded in
# them but backslashes: then numbers stand there literally, and the nonce too, unless a child would
# inherit it. $1 and $2: the last command's number and status. VS Code's script puts its own marks
# around any PS1 but the one that it made: ours must pass for that.
__steno_wrap() {
	builtin local __steno_r __steno_t __steno_p='\e]7377;' __steno_e='\a\]'
	builtin local __steno_0='${__steno_n+${__steno_n::(__steno_q=$?)*0}}' __steno_v='${__steno_q-}'
	__steno_q[3]=
	builtin shopt -q promptvars || __steno_q[3]=off
	__steno_strip "${PS0-}" "$__steno_p" '\a'
	__steno_strip "$__steno_r" '${__sC+' '\a}'
	__steno_r=${__steno_r//"$__steno_0"}
	[[ $__steno_r ]] || __steno_0= __steno_v='$?' # nothing of the user's is in front of it
	if [[ ! ${__steno_q[3]} ]]; then
		__steno_T=('${__sA+\[$__sA$((__sc++,__sa=\!,\#-1));$?\a\]}' '${__sB+\[$__sB\]}' '${__s2+\[$__s2\]}'
			"$__steno_0$__steno_r"'${__sC+$__sC='"$__steno_C"',$__sa;'"$__steno_v"';${PWD+${PWD@Q}}\a}')
	else
		PS0=${PS0-} # bash 4.4 tells no attributes of one that is not set
		[[ ${PS0@a}${PS1@a}${PS2@a} == *x* ]] || __steno_p+=${__steno_n-}
		__steno_T=("\\[$__steno_p;A;s=$1;st=$2$__steno_e" "\\[$__steno_p;B$__steno_e" "\\[$__steno_p;2$__steno_e"
			"$__steno_r$__steno_p;C${__steno_C[1]}\\a")
	fi
	if [[ ${PS1-} != "$__steno_T"*"${__steno_T[1]}" ]]; then
		__steno_q[2]=1
		__steno_bare "${PS1-}"
		__steno_t=${PS1-}
		PS1=$__steno_T$__steno_r${__steno_T[1]}
		[[ ! $__steno_t || ${__vsc_custom_PS1-} != "$__steno_t" ]] || __vsc_custom_PS1=$PS1
	fi
	if [[ ${PS2-} != "${__steno_T[2]}"*"${__steno_T[1]}" ]]; then
		__steno_bare "${PS2-}"
		__steno_t=${PS2-}
		PS2=${__steno_T[2]}$__steno_r${__steno_T[1]}
		[[ ! $__steno_t || ${__vsc_custom_PS2-} != "$__steno_t" ]] || __vsc_custom_PS2=$PS2
	fi
	if ! builtin [ "${PS0-}" = "${__steno_T[3]}" ]; then
		__steno_q[2]=1
		PS0=${__steno_T[3]}
	fi
	__steno_W=("${PS1-}${PS2-}${PS0-}")
}

# What `history $1` prints, into __steno_r, without a fork and whatever IFS and REPLY are. The file
# is written over, never cut: ext4 flushes a file that was cut and written to the disk, 3 ms.
__steno_read() {
	{
		builtin history "$1"
		builtin printf '\0'
	} 1<>"$__steno_f"
	builtin mapfile -d '' -n 1 -t __steno_r <"$__steno_f"
}

# Puts the history's last lines into the file, as many as were read since D, and tells in __steno_o how
# many these are and what PS1 saw last. Nothing if the history was off.
__steno_lines() {
	builtin local __steno_i __steno_r __steno_t
	[[ ${__steno_q[1]-} == *history* && -o history ]] || builtin return 0
	# Where it is unset it must stay so: setting it makes bash write times into $HISTFILE.
	[[ -z ${HISTTIMEFORMAT-} ]] || builtin local HISTTIMEFORMAT= || builtin return 0
	((__steno_i = __sc < 32 ? __sc : 32)) # the cost grows by its square
	[[ ${HISTCONTROL-} != *erasedups* ]] || __steno_i=1 # the others may have got other numbers
	__steno_o+=";n=$__steno_i;a=$__sa"
	for ((; __steno_i > 1; __steno_i--)); do
		__steno_read "$((__steno_i - 1))"
		__steno_t=$'\n'$__steno_r
		__steno_read "$__steno_i"
		builtin printf '%s\n\0' "${__steno_r%"$__steno_t"}"
	done >>"$__steno_g"
	{
		builtin history 1
		builtin printf '\0'
	} >>"$__steno_g"
}

# First in PROMPT_COMMAND: puts the lines into the file, and prints D. Here is the common case only: one
# line was read, and all is as __steno_keep left it (but for the case of letters, under nocasematch: then
# our own are still there). L stands for D. Descriptor 0 is the terminal, as readline reads from it;
# opening /dev/tty takes long.
__steno_d() {
	__steno_q=$?
	[[ $__sc${__sN@P}$-/${PS1-}${PS2-}${PS0-}${PROMPT_COMMAND-}/${HISTTIMEFORMAT-} == $__sK ]] && {
		builtin history 1 && builtin printf '\0'
	} >>"$__steno_g" && builtin printf "$__sL$__steno_q\a" >&0 && __sc=0 || __steno_rest
}

# Whatever __steno_d cannot do.
__steno_rest() {
	builtin local __steno_st="$__steno_q" __steno_p="${PROMPT_COMMAND-}" __steno_o __steno_s='\#'
	builtin local __steno_k="${-//[!aefuxET]}"
	[[ ! $__steno_k ]] || { [[ ${__steno_old-} ]] || builtin local -; builtin set "+$__steno_k"; }
	__steno_s=$((${__steno_s@P} - __steno_1))
	[[ ${__steno_q[1]-} ]] || __steno_s=0 # the first prompt: bash 5.3 says 1
	__steno_o=$__steno_M$__steno_s
	# if something ran before us, the status that counts is A's
	[[ ${PROMPT_COMMAND-} != "$__steno_D"* ]] || __steno_o+=";st=$__steno_st"
	((!__sc)) || __steno_lines
	__steno_o+=$'\a'
	# where C cannot say the directory
	[[ ! ${__steno_q[3]-} || ! ${PWD-} ]] || __steno_o+=$'\e]7377;'"${__steno_n-};P=$__steno_s;${PWD@Q}"$'\a'
	builtin printf %s "$__steno_o" >/dev/tty
	__sc=0 __steno_q[1]=$SHELLOPTS
	if ! builtin [ "${PS1-}${PS2-}${PS0-}" = "${__steno_q[3]}${__steno_W-}" ] || ! builtin shopt -q promptvars; then
		__steno_wrap "$__steno_s" "$__steno_st"
	fi
	__steno_q[5]=new
	__steno_register
	__steno_keep
	[[ ! $__steno_k ]] || builtin set "-$__steno_k"
	[[ $__steno_p == "$__steno_D" || $- == *e* ]] || builtin return "$__steno_st"
}

# Notes that all is ours, and one line was read, as a pattern that __steno_d compares with: each
# character that could stand for another has a backslash. While there is one line in the history it
# cannot be told from none, nor a line added if the history is off: \! is 1. (So it always is here before
# bash 5.1, which switches the history off for PROMPT_COMMAND: history_number() in bashhist.c.)
__steno_keep() {
	builtin local __steno_r __steno_t='\' __steno_x
	__sK=(none)
	[[ ${__steno_q[3]} || ${HISTTIMEFORMAT-} || ! -o history ]] ||
		[[ ${PROMPT_COMMAND-} != "$__steno_D" ]] || ! __steno_read 1 ||
		[[ $__steno_r != *[0-9]* || $__steno_r == *( )1[\ \*]* ]] || {
		__steno_r=1$-/${PS1-}${PS2-}${PS0-}${PROMPT_COMMAND-}/
		__steno_r=${__steno_r//"$__steno_t"/"$__steno_t$__steno_t"}
		for __steno_x in '*' '?' '[' '('; do
			__steno_r=${__steno_r//"$__steno_x"/"$__steno_t$__steno_x"}
		done
		__sK=("$__steno_r")
	}
}

# Last in PROMPT_COMMAND, or by __steno_y, while something in it rewrites PS1 or PS0, not longer.
__steno_z() {
	builtin local __steno_st="$?" __steno_s='\#' __steno_k="${-//[!aefuxET]}"
	[[ ! $__steno_k ]] || { [[ ${__steno_old-} ]] || builtin local -; builtin set "+$__steno_k"; }
	__steno_q[2]=
	__steno_wrap "$((${__steno_s@P} - __steno_1))" "$__steno_st"
	__steno_q[5]=
	__steno_register
	__steno_keep
	[[ ! ${bash_preexec_imported-}${__bp_imported-} ]] || __bp_preexec_interactive_mode=on
	[[ ! $__steno_k ]] || builtin set "-$__steno_k"
}

# In front of the last function that the user's text calls: a call of __steno_z by itself would be
# seen by a DEBUG trap, and one that looks for the next command takes what is called then for it.
__steno_y() {
	"$@"
	{ __steno_z; } 2>&-
}

# $1 into __steno_r, with __steno_y in front of its last function, if that is the last word: then 0.
__steno_lead() {
	builtin local __steno_t=${1##*[\;&[:space:]]}
	__steno_r=$1
	[[ $1 != *[\\#]* && $1 != *'<<'* && ! ${BASH_ALIASES[${__steno_t:-.}]+1} ]] &&
		[[ ${1%"$__steno_t"} == @(|*[\;$'\n']|*'&&')*([[:space:]]) ]] &&
		[[ ${1%"$__steno_t"} != *'|'*([[:space:]]) ]] &&
		builtin declare -F -- "$__steno_t" >/dev/null || builtin return 1
	__steno_r=${1%"$__steno_t"}$__steno_Y$__steno_t
}

# Makes PROMPT_COMMAND ours, the user's, and ours again if need be. An array lets each of the
# user's see $?, $_ and PIPESTATUS as the command left them; bash before 5.1 runs a string only.
# What is new in PROMPT_COMMAND's first element stays there, between ours, until all of it was run
# once: bash-preexec looks there for itself, to be replaced, when it is run for the first time.
__steno_register() {
	builtin [ "${PROMPT_COMMAND[*]}${__steno_q[2]-}" != "${__steno_R-}" ] || builtin return 0
	builtin local __steno_i __steno_r __steno_u __steno_z= __steno_j=
	__steno_u=()
	[[ ${PROMPT_COMMAND@a} != *r* ]] || builtin return 0
	for __steno_i in "${PROMPT_COMMAND[@]}"; do
		__steno_i=${__steno_i//"$__steno_D"}
		__steno_i=${__steno_i//"$__steno_Z"}
		__steno_i=${__steno_i//"$__steno_Y"}
		while [[ $__steno_i == [\;[:space:]]* ]]; do
			__steno_i=${__steno_i:1}
		done
		while [[ $__steno_i == *[[:space:]] ]]; do
			__steno_i=${__steno_i%?}
		done
		[[ ! $__steno_i ]] || __steno_u+=("$__steno_i")
	done
	__steno_i=$((${#__steno_u[@]} - 1))
	if [[ ${__steno_u-} && ${__steno_q[5]-} == new && ${PROMPT_COMMAND-} != "$__steno_D" ]]; then
		__steno_j=1 __steno_z=$__steno_Z
	elif [[ ${__steno_u-} && ${__steno_q[2]-} ]]; then
		__steno_lead "${__steno_u[__steno_i]}" || [[ ${__steno_q[5]-} == trap ]] ||
			__steno_z=$__steno_Z
		__steno_u[__steno_i]=$__steno_r
	fi
	if [[ ${__steno_old-} || ($__steno_j && $__steno_i == 0) ]]; then
		PROMPT_COMMAND=$__steno_D${__steno_u:+$'\n'$__steno_u}${__steno_z:+$'\n'$__steno_z}
	elif [[ ! ${__steno_u-} && ${PROMPT_COMMAND@a} != *a* ]]; then
		PROMPT_COMMAND=$__steno_D
	elif [[ $__steno_j ]]; then
		PROMPT_COMMAND=("$__steno_D"$'\n'"$__steno_u" "${__steno_u[@]:1}" "$__steno_z")
	else
		PROMPT_COMMAND=("$__steno_D" "${__steno_u[@]}" ${__steno_z:+"$__steno_z"})
	fi
	__steno_R=("${PROMPT_COMMAND[*]}${__steno_q[2]-}")
}

# How PS0 tells the command's number and that of the history's last line; [1]: without promptvars. Before
# bash 5.0 commands have been counted on by then, and for ${x@P}, as is seen here, where no command was
# read yet (5.3 says 1 here, too, but means 0); and \! is the next line's number not only in PS1 (CHANGES
# of 5.0-alpha, 1.zz).
__steno_number() {
	builtin local __steno_s='\#'
	__steno_1=(0) __steno_C=('\#' ';s=\#')
	((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 503 || ${__steno_s@P} < 1)) ||
		__steno_1=1 __steno_C=('$((\#-1))' '\#')
	((BASH_VERSINFO[0] < 5)) && __steno_C+=',$((\!-1))' || __steno_C+=',\!'
}

# After the user's files.
__steno_begin() {
	builtin local __steno_o __steno_k="${-//[!aefuxET]}"
	[[ ! $__steno_k ]] || builtin set "+$__steno_k"
	__sa=(0) __sc=(0) __sK=(none) __steno_q=() __steno_r=()
	__sN=('${__sx-}') # not expanded without promptvars
	__steno_o=$'\e]7377;'$__steno_n
	__sA=("$__steno_o;A") __sB=("$__steno_o;B"$'\a') __s2=("$__steno_o;2"$'\a') __sC=("$__steno_o;C")
	__sL=("$__steno_o;L") __steno_M=("$__steno_o;D;s=")
	__steno_number
	if [[ ${__vsc_custom_PS1-} ]]; then # VS Code's trap knows a call of PROMPT_COMMAND's by its name
		__vsc_prompt_steno() { __steno_d; }
		__steno_D=("${__steno_D/__steno_d/__vsc_prompt_steno}")
	fi
	__steno_wrap 0 0
	__steno_q[5]=new
	# with a DEBUG trap no call of __steno_z that is not known to be needed
	[[ ! -s $__steno_f || ${bash_preexec_imported-}${__bp_imported-} ]] || __steno_q[5]=trap
	__steno_register
	[[ ! $__steno_k ]] || builtin set "-$__steno_k"
}

# Standard error is closed around them, so that a trace shows nothing and a failure is silent.
# bash-preexec knows a call of PROMPT_COMMAND's by its line.
__steno_D=($'{\n__steno_d\n} 2>&-')
__steno_Z=($'{\n__steno_z\n} 2>&-')
__steno_Y=('__steno_y ')

# Before bash 5.1 PROMPT_COMMAND is no array: $? is to be passed on. And `local -` sets each option anew
# when the function ends (set_current_options() in set.def), which reads the history file once more,
# begins to add to the history what PROMPT_COMMAND has next, and makes of any IGNOREEOF 10; later ones
# have options put back by it if ^C ends the function.
__steno_old=()
((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)) || __steno_old=(1)

if [[ ${__steno_l-} ]]; then
	# What POSIX mode changed when the shell began, undone; then the order of bash's manual.
	builtin unset -v __steno_l
	builtin set +o posix
	builtin shopt -u inherit_errexit
	[[ ${MAILCHECK@a} == *x* || ${MAILCHECK-} != 600 ]] || MAILCHECK=60
	[[ ${HISTFILE@a} == *x* || ${HISTFILE-} != ~/.sh_history ]] || HISTFILE=~/.bash_history
	if [[ -e /etc/profile ]]; then
		. /etc/profile
	fi
	if [[ -r ~/.bash_profile ]]; then
		. ~/.bash_profile
	elif [[ -r ~/.bash_login ]]; then
		. ~/.bash_login
	elif [[ -r ~/.profile ]]; then
		. ~/.profile
	fi
elif [[ -e ~/.bashrc ]]; then
	. ~/.bashrc
fi

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
	{
		builtin trap -p DEBUG 1<>"$__steno_f" # seen here, but not in a function
		__steno_begin
	} 2>&-
fi
