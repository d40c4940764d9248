/* SPDX-License-Identifier: MIT */
/* Each program is driven by keys, as a person would, until it ends. */
#include "subjects.h"

#include "lab.h"
#include "term.h"

#include <stddef.h>

static struct term *record(const struct lab *lab, const char *const *command)
{
	const char *argv[16] = {"steno", "-q", "--"};
	const char *env[] = {"SHELL=/bin/bash", "PS1=ready> ", "LESS=-R", NULL};
	struct term_plan plan = {
		.path = lab->steno, .argv = argv, .home = lab->home, .cwd = lab->repo, .env = env};
	size_t i;

	for (i = 0; command[i]; i++)
		argv[3 + i] = command[i];
	return term_start(&plan);
}

static void finish(struct term *t)
{
	int status;

	term_exit(t, &status);
	term_free(t);
}

static void drive_bash(const struct lab *lab)
{
	struct term *t = record(lab, (const char *const[]){"bash", "--norc", NULL});
	int i;

	term_expect(t, LAB_PROMPT);
	lab_line(t, "ls -la --color=always /usr");
	term_type(
		t,
		"echo a long line that is edited\033[D\033[D\033[D\033[DXX\001echo \005\027 end\r");
	term_expect(t, LAB_PROMPT);
	for (i = 0; i < 4; i++)
		lab_line(t, "seq -f 'line %g of some text that fills rows' 9; echo -e "
			    "'\\e[3;4mlooks\\e[m'");
	term_type(t, "ls /usr/s\t\tx\025");
	term_type(t,
		  "echo a very long line that does not fit into one row of the terminal and so is "
		  "wrapped by readline\001\033[1;5C\033[1;5Cin the middle \r");
	term_expect(t, LAB_PROMPT);
	term_type(t, "\022color\033[C\r");
	term_expect(t, LAB_PROMPT);
	lab_line(t, "clear");
	lab_line(t, "printf '\\e[2;5r\\e[5;1H1\\n2\\n3\\n\\e[r\\e[20;1H\\e[44mblue\\e[K\\e[m\\n'");
	term_type(t, "exit\r");
	finish(t);
}

static void drive_vim(const struct lab *lab)
{
	struct term *t = record(lab, (const char *const[]){"vim", "-u", "NONE", "-N", "-c",
							   "syntax on | set ruler number hlsearch",
							   "code.c", NULL});

	term_expect(t, "All");
	term_type(t, "Oint added; /* \xe4\xb8\xad\xe6\x96\x87 */\033");
	term_type(t, "yy5p/int\r");
	term_type(t, ":split\r:vsplit\r");
	term_expect(t, "code.c");
	term_type(t, "\006\006\002Gggdddd>>V3jd3u:set list\r");
	term_type(t, ":%s/int/long/g\r");
	term_expect(t, "substitutions");
	term_type(t, ":only\rGo");
	term_type(t, "typed at the end, and so long that the line is wrapped to the next row of "
		     "the window\r");
	term_type(t, "\033:qa!\r");
	finish(t);
}

static void drive_less(const struct lab *lab)
{
	struct term *t = record(lab, (const char *const[]){"less", "-R", "-N", "text", NULL});

	term_expect(t, "text");
	term_type(t, "  ");
	term_type(t, "/number 1.5\rnnN");
	term_type(t, "\025jjjkkkG");
	term_expect(t, "(END)");
	term_type(t, "gdu\033[B\033[A-S\r50%");
	term_type(t, "q");
	finish(t);
}

static void drive_htop(const struct lab *lab)
{
	struct term *t = record(lab, (const char *const[]){"htop", "-d", "2", NULL});
	int i;

	term_expect(t, "Help");
	for (i = 0; i < 8; i++)
		term_type(t, i % 2 ? "\033[B" : "\033[6~");
	term_type(t, "t");
	term_expect(t, "List");
	term_type(t, "\033OQ");
	term_expect(t, "Setup");
	term_type(t, "\033[B\033[B\033[21~");
	term_expect(t, "Nice");
	term_type(t, "q");
	finish(t);
}

static void drive_git(const struct lab *lab)
{
	struct term *t = record(lab, (const char *const[]){"git", "log", "--graph",
							   "--color=always", "-p", "--stat", NULL});

	term_expect(t, "commit");
	term_type(t, "    /line 2\rnnGg\033[B\033[B");
	term_type(t, "q");
	finish(t);
}

static void drive_progress(const struct lab *lab)
{
	finish(record(lab, (const char *const[]){"bash", "progress", NULL}));
}

static void drive_text(const struct lab *lab)
{
	finish(record(lab,
		      (const char *const[]){"bash", "-c",
					    "for i in 1 2 3; do while IFS= read -r l; do "
					    "printf '%s\\n' \"$l\"; done <cjk; done; "
					    "printf '\\e[5;10H\\e[2P\\e[@\\e[4X\\e[7;1H\\e[1K'",
					    NULL}));
}

static void drive_joined(const struct lab *lab)
{
	finish(record(lab,
		      (const char *const[]){"bash", "-c",
					    "for i in 1 2 3; do printf '%s\\n' \"$(<joined)\"; "
					    "done; printf '\\e[2;5H\\e[2P\\e[@'",
					    NULL}));
}

static const char make_files[] =
	"seq -f 'number %g of a file that is paged through, with a line that is long enough to be "
	"wrapped' 400 >text\n"
	"for i in 1 2 3 4 5 6 7 8; do seq -f \"line %g of $i\" $i 12 >kept; git commit -qam "
	"\"change $i\"; done\n"
	"git checkout -qb side HEAD~3; echo x >x; git add x; git commit -qm side; git checkout -q "
	"-; "
	"git merge -q -m merge side\n"
	"cat >code.c <<'END'\n"
	"#include <stdio.h>\n\n/* A program. */\nint main(int argc, char **argv)\n{\n\tint i;\n\n"
	"\tfor (i = 0; i < argc; i++)\n\t\tprintf(\"%d\\t%s\\n\", i, argv[i]);\n\treturn "
	"0;\n}\nEND\n"
	"cat >progress <<'END'\n"
	"for ((i = 0; i <= 100; i += 4)); do\n"
	"printf '\\r\\e[2K\\e[32m%3d%%\\e[m [%-*s] \\e[1m%s\\e[m' $i 40 \"$(printf '%*s' $((i * 40 "
	"/ 100)) | tr ' ' '#')\" part$i\n"
	"((i % 20)) || printf '\\n\\e[1A\\e[s\\e[10;1H\\e[7m row %d \\e[m\\e[u\\n' $i\n"
	"done\nprintf '\\n\\e[3A\\e[31mup\\e[3B\\rdone\\n'\nEND\n"
	"cat >cjk <<'END'\n"
	"\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97\xe7\xac\xa6 wide "
	"\xe3\x81\xb2\xe3\x82\x89\xe3\x81\x8c\xe3\x81\xaa \xed\x95\x9c\xea\xb8\x80 half "
	"\xef\xbd\xb1\xef\xbd\xb2\n"
	"x\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4"
	"\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8"
	"\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
	"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4"
	"\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8"
	"\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad wraps\n"
	"e\xcc\x81 a\xcc\x88\xcc\x81 n\xcc\x83 combining, \xe0\xa4\xa8\xe0\xa5\x8d\xe0\xa4\xae "
	"\xe0\xb8\x99\xe0\xb9\x89\xe0\xb8\xb3\n"
	"emoji \xf0\x9f\x98\x80\xf0\x9f\x9a\x80\xe2\x9c\x85\xe2\x9a\xa1 \xf0\x9f\x91\x8d text "
	"\xe2\x9c\x93\xe2\x86\x92\xe2\x94\x80\xe2\x94\x82\n"
	"family \xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 skin "
	"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd\n"
	"\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80 mixed "
	"\xe4\xb8\xad\xf0\x9f\x98\x80\xe6\x96\x87\n"
	"END\n"
	"cat >joined <<'END'\n"
	"flag \xf0\x9f\x87\xa9\xf0\x9f\x87\xaa heart \xe2\x9d\xa4\xef\xb8\x8f key "
	"1\xef\xb8\x8f\xe2\x83\xa3 text\n"
	"END\n";

void subjects_prepare(const struct lab *lab)
{
	lab_sh(lab, NULL, make_files);
}

/* clang-format off */
const struct subject subjects[] = {
	{"bash", "bash", drive_bash, 0},
	{"vim", "vim", drive_vim, 0},
	{"less", "less", drive_less, 0},
	{"htop", "htop", drive_htop, 0},
	{"git log", "less", drive_git, 0},
	{"a progress bar", "bash", drive_progress, 0},
	{"CJK and emoji", "bash", drive_text, 0},
	{"flags and what a selector changes", "bash", drive_joined, 1},
};
/* clang-format on */

const size_t subjects_count = sizeof(subjects) / sizeof(*subjects);
