size 5 20
in ab\e7\e[3;3Hx\e8c\e[sd\e[4;4Hy\e[ue
row 0 abce
row 2   x
row 3    y
cursor 0 4
