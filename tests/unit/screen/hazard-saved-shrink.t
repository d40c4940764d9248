# a cursor that was saved where there is nothing any more
in \e[24;70H\e7
resize 3 10
in \e8x\e[X\e#6\e[P\e[@
row 2          x
cursor 2 9
resize 24 80
in \e[24;1H\e[?1049h
resize 3 80
in \e8
resize 40 80
in y\e[?1049lz
