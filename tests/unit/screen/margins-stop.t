# The margins stop CUU, CUD, CNL and CPL, but for a cursor that is outside of them.
size 8 10
in \e[3;5r\e[4;2H\e[9A
cursor 2 1
in \e[9B
cursor 4 1
in \e[1;2H\e[9B
cursor 4 1
in \e[9A\e[1;2H\e[9A
cursor 0 1
in \e[8;2H\e[9A
cursor 2 1
in \e[7;2H\e[9B
cursor 7 1
in \e[4;2H\e[9E
cursor 4 0
in \e[4;2H\e[9F
cursor 2 0
