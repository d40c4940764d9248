size 3 5
in \e[?7labcdefg\r\n\xe4\xbd\xa0\xe4\xbd\xa0\xe5\xa5\xbd
row 0 abcdg
row 1 你 好
row 2
