# what would be cut off is given before
size 4 10
begin
in 0123456789
resize 4 5
line 0123456789
in ab\r\n
end
line ab
