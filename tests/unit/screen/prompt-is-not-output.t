in $ 
begin
in ls -l\r\n
end
line ls -l
in $ echo 'a\r\n
begin
in > 
skip
in b'\r\n
end
line b'
