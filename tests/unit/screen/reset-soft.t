in \e[2;3r\e[?6h\e[4h\e(0\e[1mq\e[!p\e[1;1Hq
row 0 q
row 1 ─
