size 3 10
begin
in ab\e[3b|\r\n-\e[32767b\r\n\e[5b
end
line abbbb|
line ----------
line -----
