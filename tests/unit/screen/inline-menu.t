# a menu drawn below the cursor and cleared off leaves no blank lines
in $ menu\r\n
begin
in pick:\r\n a\r\n b\r\n c\e[3A\r\e[Jpick: b\r\n
end
line pick: b
