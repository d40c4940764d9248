# a wide character that does not fit leaves no blank behind
size 3 5
begin
in abcd\xe4\xbd\xa0\xe5\xa5\xbd\r\n
end
line abcd你好
row 0 abcd
row 1 你好
