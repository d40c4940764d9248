# kitty's images: APC was printed
begin
in a\e_Gf=100;AAAA\e\\b\r\n
end
line ab
