size 4 10
begin
in one\r\ntwo\r\nthree and
resize 2 20
line one
line two
none
in  more\r\n
end
line three and more
