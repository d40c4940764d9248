# SU is text that goes; a row that nothing was put into is not given
size 3 10
begin
in 1\r\n2\r\n3\e[2S
line 1
line 2
in \r4
end
line 3
line 4
