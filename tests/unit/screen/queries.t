# none is answered, none shows
begin
in \e[c\e[>c\e[=c\e[5n\e[6n\e[?6n\e[?2026$p\e[>q\e[18t\x05\eP$qm\e\\\e]11;?\a\e[?u\e[x\eZok\r\n
end
line ok
