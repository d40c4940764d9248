size 5 20
begin
in before\r\n\e[?1049h\e[H\e[2Jvim\r\n  text\e[5;1H-- INSERT --
line before
none
in \e[?1049l
full vim\n  text\n\n\n-- INSERT --
in after\r\n
end
line after
