size 6 10
in \e[2;4r\e[?6h\e[1;1Ha\e[9;9Hb\e[?6l\e[1;1Hc
row 0 c
row 1 a
row 3         b
