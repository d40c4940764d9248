in abc\r\e[4hXY\e[4lZ\e[2@\e[5G\e[P
row 0 XYZ bc
