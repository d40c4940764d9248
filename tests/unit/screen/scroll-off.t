size 3 20
begin
in 1\r\n2\r\n3\r\n
line 1
in 4\r\n5
line 2
peek 3\n4\n5\n
end
line 3
line 4
line 5
