size 3 10
in 1\r\n2\r\n3\e[H\eMtop\e[3;1H
row 0 top
row 1 1
row 2 2
