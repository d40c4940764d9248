# counts larger than the region
size 5 10
in 1\r\n2\r\n3\r\n4\r\n5\e[2;4r\e[99S\e[99T\e[3;1H\e[99L\e[99M\e[99@\e[99P\e[99X\e[4hab\e[4l
row 0 1
row 1
row 2 ab
row 3
row 4 5
in \e[9;3r\e[0;0r\e[3;3r\e[5;99r\e[4r\e[?69h\e[3;5s\e[5;5Hq
row 4 5   q
