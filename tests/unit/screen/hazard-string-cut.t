# the end of a string at the end of a read: its length underflowed in libvterm
begin
in \e]633;
in \e
in \x01x\e]0;t\e
in \\y\eP\e\\\e]\e\\z\e]
end
line yz
