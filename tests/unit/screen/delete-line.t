# deleted is not scrolled off
begin
in 1\r\n2\r\n3\r\n\e[1;1H\e[M\e[3;1H
end
line 2
line 3
