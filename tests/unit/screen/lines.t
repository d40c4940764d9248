# plain lines; the last one without a line feed
begin
in hello\r\nworld  \r\n\r\nlast
none
end
line hello
line world
line
line last
row 0 hello
cursor 3 4
