begin
in a\r\nb\e[H\e[2Jc
line a
line b
none
in \r\nd\e[H\e[J
line c
line d
in e
end
line e
