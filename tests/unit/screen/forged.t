in \e]7377;0000000000000000000000;A\a
forged 1
in \e]73777;x\a\e]737;x\a\e]7377;y\e\\
forged 2
