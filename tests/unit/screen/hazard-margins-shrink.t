# margins of a larger screen
in \e[20r
resize 10 80
in \n\n\n\n\n\n\n\n\n\n\n\nx\e[T\e[S\e[L\e[M\eM
resize 24 80
in \e[4r
resize 2 80
in \e[T\e[1;1Hz\e[2;1H\eDy
row 0
row 1 y
