# wide characters on a screen of one column; sizes have a floor
size 1 1
begin
in \xe4\xbd\xa0\xe5\xa5\xbdx\r\n
resize 49 11
line 你好x
in \xe4\xbd\xa0\r\n
resize 1 1
line 你
in \xe4\xbd\xa0\e[4h\xe4\xbd\xa0\e[?7l\xe4\xbd\xa0
resize 0 -5
resize 100000 100000
cursor 1 1
end
line 你你
