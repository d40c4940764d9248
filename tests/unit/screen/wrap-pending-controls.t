# behind the last column: BS, LF, CR, a move
size 6 4
in abcd\bX\e[2;1Habcd\nX\e[4;1Habcd\rX\e[5;1Habcd\e[AX
row 0 abXd
row 1 abcd
row 2    X
row 3 XbcX
row 4 abcd
row 5
