# 6, a cut character, BS, space: the decoder wrote behind its array
begin
in \x36\xe3\x08\x20\x36\r\n
end
line 6 6
