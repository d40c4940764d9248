# SPDX-License-Identifier: MIT
# bash completion for steno

_steno() {
	local cur=$2 prev=$3 verb='' i
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--)
			if declare -F _command_offset >/dev/null; then _command_offset $((i + 1)); fi
			return
			;;
		rec | ls | log | attach | send | wait | kill | export | import | say | hooks | hook | play | rebuild | verify | show) [[ $verb ]] || verb=${COMP_WORDS[i]} ;;
		esac
	done
	case $prev in
	--log-dir | --cwd)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--size-from)
		mapfile -t COMPREPLY < <(compgen -W 'smallest latest' -- "$cur")
		return
		;;
	--shell)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--role)
		mapfile -t COMPREPLY < <(compgen -W 'user assistant' -- "$cur")
		return
		;;
	--session)
		mapfile -t COMPREPLY < <(compgen -W "last $(_steno_sessions)" -- "$cur")
		return
		;;
	--since | --until)
		mapfile -t COMPREPLY < <(compgen -W 'today yesterday 1h' -- "$cur")
		return
		;;
	-f | --format)
		mapfile -t COMPREPLY < <(compgen -W 'md html svg text json cast cast2 typescript' -- "$cur")
		return
		;;
	-o | --output | -t | --timing)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--size | --model | --profile | --sandbox | --detach-key | --command | --text | --timeout | --grep | --screen | --speed | --idle | --at | --from | --to | -n) return ;;
	esac
	case $verb:$cur in
	ls:*) mapfile -t COMPREPLY < <(compgen -W '--all --json --log-dir -n' -- "$cur") ;;
	log:*)
		mapfile -t COMPREPLY < <(compgen -W '--failed --grep --ignore-case --cwd --since --until
			--session --agent --all --json --no-pager --log-dir -n' -- "$cur")
		;;
	export:-*)
		mapfile -t COMPREPLY < <(compgen -W '--format --output --timing --at --frame --all
			--log-dir' -- "$cur")
		;;
	export:*) mapfile -t COMPREPLY < <(compgen -f -W "last $(_steno_sessions)" -- "$cur") ;;
	import:-*) mapfile -t COMPREPLY < <(compgen -W '--again --log-dir' -- "$cur") ;;
	say:-*)
		mapfile -t COMPREPLY < <(compgen -W '--role --name --agent --session --log-dir' -- "$cur")
		;;
	say:*) ;;
	hooks:* | hook:*) mapfile -t COMPREPLY < <(compgen -W 'codex claude' -- "$cur") ;;
	import:*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	play:-*)
		mapfile -t COMPREPLY < <(compgen -W '--follow --speed --idle --loop --pause --at --from --to --no-status --raw
			--all --log-dir' -- "$cur")
		;;
	rebuild:-*) mapfile -t COMPREPLY < <(compgen -W '--check --from --all --log-dir' -- "$cur") ;;
	verify:-*) mapfile -t COMPREPLY < <(compgen -W '--all-here --json --all --log-dir' -- "$cur") ;;
	show:-*)
		mapfile -t COMPREPLY < <(compgen -W '--ansi --output --command --follow --screen --raw
			--no-pager --all --log-dir' -- "$cur")
		;;
	attach:-*)
		mapfile -t COMPREPLY < <(compgen -W '--read-only --detach-key --size-from --log-dir' -- "$cur")
		;;
	send:-*) mapfile -t COMPREPLY < <(compgen -W '--enter --log-dir' -- "$cur") ;;
	wait:-*)
		mapfile -t COMPREPLY < <(compgen -W '--command --text --exit --timeout --log-dir' -- "$cur")
		;;
	kill:-*) mapfile -t COMPREPLY < <(compgen -W '--log-dir' -- "$cur") ;;
	attach:* | send:* | wait:* | kill:* | play:* | rebuild:* | verify:* | show:*) mapfile -t COMPREPLY < <(compgen -W "last $(_steno_sessions)" -- "$cur") ;;
	*:-*)
		mapfile -t COMPREPLY < <(compgen -W '--log-dir --shell --login --size --model --profile
			--sandbox --measure --no-measure --nested --quiet --within --detach --help --version --' -- "$cur")
		;;
	:*) mapfile -t COMPREPLY < <(compgen -W 'rec ls log attach send wait kill export import say hooks hook play rebuild verify show' -- "$cur") ;;
	esac
}

# The sessions whose recordings are in the folder of the logs, or in ./codex-logs.
_steno_sessions() {
	local dir=${STENO_LOG_DIR:-codex-logs} top f
	if [[ $dir != /* ]] && top=$(git rev-parse --show-toplevel 2>/dev/null); then dir=$top/$dir; fi
	for f in "$dir"/*-session.cast; do
		[[ -e $f ]] || continue
		f=${f##*/}
		printf '%s\n' "${f%.cast}"
	done
}

complete -F _steno steno
