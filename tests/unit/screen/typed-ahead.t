# what is typed ahead is echoed by the terminal once the line editor has taken its line
in $ 
input
in \e[?2004h echo a\x08ab\r\n\e[?2004l\rtyped ahead\r\n
line  echo ab
end
# a continuation prompt begins another line of input
in $ 
input
in for x; do\r\n\e[?2004l\r\e[?2004h> 
line for x; do
input
in done\r\n\e[?2004l\r
line done
end
# and where the mode is not used, input ends with the capture
input
in word\r\n
end
line word
