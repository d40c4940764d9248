in ab\ncd\e[20h\nef\e[20l\ng
row 0 ab
row 1   cd
row 2 ef
row 3   g
