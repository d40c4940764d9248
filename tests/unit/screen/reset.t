begin
in a\r\nb\ec
line a
line b
in c\r\n
end
line c
