in a\e[?25l
cursor 0 1 hidden
in \e[?25hb
cursor 0 2
in \e[?7;25l
cursor 0 2 hidden
in \e[!p
cursor 0 2
in \e[?25l\ec
cursor 0 0
