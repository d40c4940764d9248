begin
in 10%\r50%\r100%\r\n
in one\r\ntwo\r\n\e[2A\e[KONE\r\n\e[KTWO\r\n
end
line 100%
line ONE
line TWO
