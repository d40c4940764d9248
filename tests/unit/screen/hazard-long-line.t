# a screen full of one line, and any resize: reflow aborted; there is none here
size 4 10
begin
times 6 0123456789
resize 4 9
in x
end
line 012345678901234567890123456789012345678901234567890123456789
line x
