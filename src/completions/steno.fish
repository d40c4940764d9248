# SPDX-License-Identifier: MIT
# fish completion for steno

function __steno_sessions
    set -l dir codex-logs
    test -n "$STENO_LOG_DIR"; and set dir $STENO_LOG_DIR
    if not string match -q '/*' -- $dir
        set -l top (git rev-parse --show-toplevel 2>/dev/null); and set dir $top/$dir
    end
    for f in $dir/*-session.cast
        string replace -r '^.*/(.*)\.cast$' '$1' -- $f
    end
    echo last
end

complete -c steno -f
complete -c steno -n __fish_use_subcommand -a rec -d 'record a shell or a program'
complete -c steno -n __fish_use_subcommand -a ls -d 'list sessions'
complete -c steno -n __fish_use_subcommand -a log -d 'list commands'
complete -c steno -n __fish_use_subcommand -a send -d 'type into a session'
complete -c steno -n __fish_use_subcommand -a wait -d 'wait for a command of a session'
complete -c steno -n __fish_use_subcommand -a kill -d 'end a session'
complete -c steno -n __fish_use_subcommand -a export -d 'put into another form'
complete -c steno -n __fish_use_subcommand -a say -d 'have something said recorded'
complete -c steno -n __fish_use_subcommand -a hooks -d "print an agent's settings"
complete -c steno -n __fish_use_subcommand -a hook -d 'what these settings have run'
complete -c steno -n __fish_use_subcommand -a import -d "make sessions of agents' own logs"
complete -c steno -n __fish_use_subcommand -a play -d 'play a session'
complete -c steno -n __fish_use_subcommand -a rebuild -d 'make the text files again'
complete -c steno -n __fish_use_subcommand -a show -d 'print a transcript'
complete -c steno -n __fish_use_subcommand -l help -s h -d 'print a summary'
complete -c steno -n __fish_use_subcommand -l version -d 'print the version'
complete -c steno -n '__fish_seen_subcommand_from send wait kill play rebuild show' -a '(__steno_sessions)'
set -l play '__fish_seen_subcommand_from play'
complete -c steno -n $play -s f -l follow -d 'start at the end, and go on'
complete -c steno -n $play -s s -l speed -x -d speed
complete -c steno -n $play -s i -l idle -x -d 'longest pause, in seconds'
complete -c steno -n $play -s l -l loop -d 'again and again'
complete -c steno -n $play -s m -l pause -d 'stop at each command'
complete -c steno -n $play -l at -x -d 'start at a time, or at command :N'
complete -c steno -n $play -l from -x -d 'first command'
complete -c steno -n $play -l to -x -d 'last command'
complete -c steno -n $play -l no-status -d 'no status line'
complete -c steno -n $play -l raw -d 'the recorded bytes as they are'
complete -c steno -n '__fish_seen_subcommand_from rebuild' -l check -d 'compare only'
complete -c steno -l log-dir -x -a '(__fish_complete_directories)' -d 'folder of the logs'
set -l show '__fish_seen_subcommand_from show'
complete -c steno -n $show -l ansi -d 'in its colours'
complete -c steno -n $show -l output -d 'what the command printed only'
complete -c steno -n $show -l command -d 'the text of the command only'
complete -c steno -n $show -s f -l follow -d 'while it is recorded'
complete -c steno -n $show -l screen -x -d 'what the terminal showed at a time'
complete -c steno -n $show -l raw -d 'the recorded bytes as they are'
complete -c steno -n $show -l no-pager -d 'straight to the terminal'
set -l list '__fish_seen_subcommand_from ls log'
complete -c steno -n '__fish_seen_subcommand_from ls log export play rebuild show' -s a -l all -d 'in every folder of logs'
complete -c steno -n $list -l json -d 'print JSON'
complete -c steno -n $list -s n -x -d 'the newest only'
set -l log '__fish_seen_subcommand_from log'
complete -c steno -n $log -l failed -d 'whose exit status is known and not 0'
complete -c steno -n $log -l grep -x -d 'whose text matches'
complete -c steno -n $log -s i -l ignore-case -d 'patterns match in any case'
complete -c steno -n $log -l cwd -x -a '(__fish_complete_directories)' -d 'that began here or below'
complete -c steno -n $log -l since -x -a 'today yesterday 1h' -d 'that began not before'
complete -c steno -n $log -l until -x -a 'today yesterday 1h' -d 'that began not after'
complete -c steno -n $log -l session -x -a '(__steno_sessions)' -d 'of this session'
complete -c steno -n $log -l agent -d 'that an agent ran'
complete -c steno -n $log -l no-pager -d 'straight to the terminal'
set -l export '__fish_seen_subcommand_from export'
complete -c steno -n $export -F -a '(__steno_sessions)'
complete -c steno -n $export -s f -l format -x -a 'md html svg text json cast cast2 typescript' -d 'what to make'
complete -c steno -n $export -s o -l output -r -F -d 'where to write'
complete -c steno -n $export -s t -l timing -r -F -d 'timing file of a typescript'
complete -c steno -n $export -l at -x -d 'of a picture: the moment'
complete -c steno -n $export -l frame -d 'of a picture: a bar with a title'
complete -c steno -n '__fish_seen_subcommand_from import' -F
complete -c steno -n '__fish_seen_subcommand_from send' -l enter -d 'and Enter'
set -l wait '__fish_seen_subcommand_from wait'
complete -c steno -n $wait -l command -x -d 'the end of this command'
complete -c steno -n $wait -l text -x -d 'a line that matches'
complete -c steno -n $wait -l exit -d 'the end of the session'
complete -c steno -n $wait -s t -l timeout -x -d 'not longer than so many seconds'
complete -c steno -n '__fish_seen_subcommand_from import' -l again -d 'make those anew that were imported before'
complete -c steno -n '__fish_seen_subcommand_from hooks hook' -a 'codex claude'
set -l say '__fish_seen_subcommand_from say'
complete -c steno -n $say -l role -x -a 'user assistant' -d 'who said it'
complete -c steno -n $say -l name -x -d 'of a sub-agent'
complete -c steno -n $say -l agent -x -d 'whose program it is'
complete -c steno -n $say -l session -x -a '(__steno_sessions)' -d 'another session'
set -l rec 'not __fish_seen_subcommand_from ls log send wait kill export import say hooks hook play rebuild show'
complete -c steno -n $rec -l shell -r -F -d 'shell to start'
complete -c steno -n $rec -s l -l login -d 'start it as a login shell'
complete -c steno -n $rec -l size -x -d 'COLSxROWS where there is no terminal'
complete -c steno -n $rec -l model -x -d 'model named in the transcript'
complete -c steno -n $rec -l profile -x -d 'profile named in the transcript'
complete -c steno -n $rec -l sandbox -x -d 'sandbox named in the transcript'
complete -c steno -n $rec -l measure -d 'have shells that the command starts report what they run'
complete -c steno -n $rec -l no-measure -d 'not even those of an agent'
complete -c steno -n $rec -s d -l detach -d 'start it without a terminal, print its name'
complete -c steno -n $rec -s q -l quiet -d 'print nothing but errors'
