size 4 10
resize 4 200
in \e[99I
cursor 0 199
in \ra\tb\e[Z\e[Z
cursor 0 0
row 0 a       b
