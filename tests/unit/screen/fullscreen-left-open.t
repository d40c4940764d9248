begin
in \e[?1049hless
end
full less
begin
in more
end
full lessmore
begin
in \e[?1049l
full lessmore
end
