begin
in a\r\n\r\n
end
line a
line
begin
end
begin
in \r\n
end
line
