begin
in lost\r\n
begin
in kept\r\n
end
line kept
