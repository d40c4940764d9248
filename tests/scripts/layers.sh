#!/bin/bash
# SPDX-License-Identifier: MIT
# Who may include whom: one direction, live -> tape -> story -> out, and one door to each library.
. tests/lib/tap.sh

# Includes in quotes of the files in a folder, as FILE: PATH-FROM-src, that do not match a pattern.
strays() { # FOLDER PATTERN
	local file line path
	grep -nH '^#include "' "src/$1"/*.[ch] 2>/dev/null |
		sed -n 's/^\([^:]*\):\([0-9]*\):#include "\(.*\)".*/\1 \2 \3/p' |
		while read -r file line path; do
			case $path in
			../*) path=${path#../} ;;
			*/*) ;;
			hooks.h) continue ;; # the generated one, or live/hooks.h
			*) path=$1/$path ;;
			esac
			[[ $path =~ ^($1/.*|$2)$ ]] || echo "$file:$line includes $path"
		done
}

users() { # HEADER ALLOWED...: files that include it, but for the allowed ones
	local header=$1
	shift
	grep -rlE "#include [<\"]${header}[>\"]" src --include='*.[ch]' | grep -vE "^($1)\$"
}

empty 'base includes nothing else' strays base ''
empty 'tape includes base' strays tape 'base/.*'
empty 'story includes base and the event, header and words of tape' \
	strays story 'base/.*|tape/(event|header|words)\.h'
empty 'out includes base, tape and story' strays out '(base|tape|story)/.*'
empty 'page includes base, tape, story and out' strays page '(base|tape|story|out)/.*'
empty 'play includes base, tape, story and the spool of out' \
	strays play '(base|tape|story)/.*|out/spool\.h'
empty 'repo includes base' strays repo 'base/.*'
empty 'live includes base and tape' strays live '(base|tape)/.*'
empty 'agent includes base and tape' strays agent '(base|tape)/.*'
empty 'cmd is included by main only' eval "grep -n '#include \".*cmd/' src/[!c]*/*.[ch]"
empty 'vterm.h is used by the screen only' users 'vterm.h' 'src/story/screen\.c'
empty 'git2.h is used in repo only' users 'git2(/.*)?.h' 'src/repo/[^/]*\.[ch]'
empty 'jansson.h is used by json only' users 'jansson.h' 'src/base/json\.c'
empty 'every file is in a folder that is known' eval \
	"ls -d src/*/ | grep -vE '^src/(base|tape|story|out|page|play|repo|live|agent|cmd|hooks|completions)/\$'"
tap_done
