# a line that is half gone when the size changes is still one
size 3 4
begin
in abcdefg
resize 5 6
in h\r\n
end
line abcdefgh
