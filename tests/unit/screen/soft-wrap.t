size 4 10
begin
in 0123456789abcdefghij!\r\n
in 0123456789\r\nnext\r\n
end
line 0123456789abcdefghij!
line 0123456789
line next
