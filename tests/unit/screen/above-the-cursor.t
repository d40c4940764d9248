# What the cursor has left is told apart from what it may still change.
size 6 10
above
begin
in one\r\ntwo
above one\n
peek one\ntwo\n
in \r\n
above one\ntwo\n
# a line that is wrapped into the cursor's row is not left
in 0123456789abc
above one\ntwo\n
in \r\n
above one\ntwo\n0123456789abc\n
# the cursor goes up again
in \e[3A
above one\n
in \e[3B
above one\ntwo\n0123456789abc\n
# while a full-screen program is there, nothing is
in \e[?1049h\e[Hfull
line one
line two
line 0123456789abc
above
in \e[?1049l
full full
# what has become final is not there any more
in x\r\ny
above x\n
