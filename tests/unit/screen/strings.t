begin
in a\e]0;title\ab\e]2;t\e\\c\ePq#0\e\\d\e_Gx\e\\e\e^pm\e\\f\eXsos\e\\g\r\n
# raw C1 bytes are neither string nor end; an ESC ends any
in \e]0;x\xc2\x9c\x9d still\ah\e]0;bad\e[31mi\e]0;x\x18j\r\n
end
line abcdefg
line hij
