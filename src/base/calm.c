/* SPDX-License-Identifier: MIT */
/* Leaving the alternate screen by 1049 restores a saved cursor also where it is not on: so the
 * cursor is saved first, and then put where nothing is overwritten in any case. */
#include "calm.h"

const char calm_text[] =
	"\030\033\\"
	"\0337\033[?1049l"
	"\033[?1l\033>\033[?9l\033[?1000l\033[?1002l\033[?1003l\033[?1004l"
	"\033[?1005l\033[?1006l\033[?1015l\033[?1016l\033[?2004l\033[?2031l\033[?2048l"
	"\033[?2026l\033[<9u\033[=0u\033[>4;0m\033[?5l\033[4l\033[20l\033[?6l\033[?7h"
	"\033(B\033)B\017\033[r\033[0m\033[?25h\033[0 q\033[999;1H";

const char calm_title[] = "\033[23;0t";
