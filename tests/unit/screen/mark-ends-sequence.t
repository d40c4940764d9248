# a mark's ESC stood where the capture calls are
in \e[3
begin
in 1m\r\n\e]0;never ended
end
line 1m
begin
in x
end
line x
