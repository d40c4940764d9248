# IL and DL leave the cursor in the first column, within the region only.
size 5 10
in one\r\ntwo\r\nthree\e[2;3H\e[L
cursor 1 0
in x\e[4;5H\e[M
cursor 3 0
row 1 x
row 2 two
in \e[2;3r\e[5;5H\e[L
cursor 4 4
