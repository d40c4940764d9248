# apt's status line: a region that scrolls, a last row that does not
size 4 20
begin
in \e[1;3r\e[4;1H[50%]\e[1;1H1\r\n2\r\n3\r\n4\r\n5
line 1
line 2
end
line 3
line 4
line 5
line [50%]
