# what stood before is not given twice
begin
in foo\e[?1049hX\e[?1049lbar\r\n
end
line foo
full    X
line bar
