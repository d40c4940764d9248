# REP with nothing to repeat: libvterm never came back
begin
in \e[5b\xcc\x81\e[5b\e[32767b
in \xe4\xbd\xa0\e[99I\e[b\e[99bx\r\n
end
row 0 你                                                                             x
line 你                                                                             x
