/* SPDX-License-Identifier: MIT */
/* steno: the table of verbs. Without a verb, or with options only, it records. */
#include "cmd/cmd.h"
#include "cmd/help.h"
#include "cmd/rec.h"
#include "cmd/sh.h"

#include "base/err.h"
#include "live/nest.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
};

/* In the order of help.c, which says what they do. */
/* clang-format off */
static const struct verb verbs[] = {
	{"rec", cmd_rec},
	{"ls", cmd_ls},
	{"attach", cmd_attach},
	{"send", cmd_send},
	{"wait", cmd_wait},
	{"kill", cmd_kill},
	{"log", cmd_log},
	{"show", cmd_show},
	{"play", cmd_play},
	{"export", cmd_export},
	{"import", cmd_import},
	{"say", cmd_say},
	{"hooks", cmd_hooks},
	{"hook", cmd_hook},
	{"rebuild", cmd_rebuild},
	{"verify", cmd_verify},
};
/* clang-format on */

/* What getopt(3) puts before its words; rec looks at its own, which may be that of a login
 * shell. */
static char own_name[] = "steno";

static int run(const struct verb *v, int argc, char **argv)
{
	argv[0] = own_name;
	return v->run(argc, argv);
}

static int asks_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static int wrong_verb(const char *word)
{
	fprintf(stderr, "steno: no such verb: %s\n", word);
	fprintf(stderr, "To record a program: steno -- %s\nTry: steno --help\n", word);
	return 2;
}

/* In place of a shell within the shell (steno --nested). */
static int become_shell(const char *path, char **argv)
{
	struct err err = {0};

	nest_lead(path, argv, &err);
	fprintf(stderr, "steno: %s\n", err.text);
	return err.code && err.code != ENOENT ? 126 : 127;
}

int main(int argc, char **argv)
{
	const char *path = (const char *)(uintptr_t)getauxval(AT_EXECFN);
	size_t i;

	if (geteuid() != getuid() || getegid() != getgid()) {
		fputs("steno: refuses to run with another user's rights\n", stderr);
		return 3;
	}
	if (path && nest_is_lead(path))
		return become_shell(path, argv);
	if (argc && sh_is_meant(argc, argv))
		return cmd_shell(argc, argv);
	if (argc > 1 && asks_help(argv[1]))
		return help_all();
	if (argc < 2 || (argv[1][0] == '-' && strcmp(argv[1], "--version") != 0))
		return cmd_rec(argc, argv);
	if (!strcmp(argv[1], "--version")) {
		puts("steno " STENO_VERSION);
		return fflush(stdout) == 0 ? 0 : 3;
	}
	if (!strcmp(argv[1], "sh")) /* for hooks, and so in no list */
		return cmd_sh(argc - 1, argv + 1);
	for (i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return argc > 2 && asks_help(argv[2]) ? help_verb(argv[1])
							      : run(&verbs[i], argc - 1, argv + 1);
	return wrong_verb(argv[1]);
}
