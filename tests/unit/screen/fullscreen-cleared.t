begin
in \e[?1049h\e[Hpage one\e[H\e[2Jpage two\e[2J\e[?1049l
end
full page two
