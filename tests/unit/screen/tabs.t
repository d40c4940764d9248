begin
in a\tb\tc\r\n\e[3g\e[1;5H\eH\ra\tX
cursor 0 5
end
line a   X   b       c
