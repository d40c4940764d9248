# also when a wrap is pending, and after it
size 3 4
begin
in abce\xcc\x81f\xcc\x81\r\n
end
line abcéf́
