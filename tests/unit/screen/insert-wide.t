# A wide character that is inserted takes two columns.
size 2 10
in abcdef\r\e[4h\xe4\xb8\xad
row 0 中abcdef
cursor 0 2
