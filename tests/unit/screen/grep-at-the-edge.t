# an erasure to the right with the wrap pending takes nothing
size 3 4
begin
in abcd\e[Kef\r\n
end
line abcdef
