size 38 93
in E\e[27T
resize 11 73
in \e[X
size 37 96
times 21 \n
in \x80\e8
resize 13 94
in \e#6x
row 0 x
