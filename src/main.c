/* SPDX-License-Identifier: MIT */
/* steno: the table of verbs. Without a verb, or with options only, it records. */
#include "cmd/rec.h"
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static const struct verb verbs[] = {
	{"rec", cmd_rec, "record a shell, or one program (the default)"},
	{"ls", cmd_ls, "list the sessions, the newest first"},
	{"log", cmd_log, "list the commands of all sessions, the newest first"},
	{"export", cmd_export, "put a session, or any recording, into another form"},
	{"play", cmd_play, "play a session as it was to be seen, in real time or faster"},
	{"import", cmd_import, "make sessions of logs that Codex, Claude Code or Gemini kept"},
	{"rebuild", cmd_rebuild, "make a session's text files again from its recording"},
	{"show", cmd_show, "print a session's transcript, or one command whole"},
};

static const char usage[] =
	"usage: steno [rec] [options] [-- command [argument ...]]\n"
	"       steno ls [--all] [--json] [--log-dir DIR] [-n N]\n"
	"       steno log [options]\n"
	"       steno export [-f md|html|text|json|cast|cast2|typescript] [-o FILE]\n"
	"                    [-t TIMING] [--all] [--log-dir DIR] SESSION|FILE\n"
	"       steno play [options] [SESSION[:N]|FILE]\n"
	"       steno import [--log-dir DIR] FILE ...\n"
	"       steno rebuild [--check] [--all] [--log-dir DIR] SESSION ...\n"
	"       steno show [options] SESSION[:N]\n"
	"       steno --help | --version\n";

static const char rec_help[] =
	"\n"
	"Records your shell, or the command after --, into codex-logs/ at the top of the git\n"
	"repository you are in: a transcript (.md), one JSON line a command (provenance.jsonl)\n"
	"and the recording itself (.cast). The exit status is the program's own.\n"
	"\n"
	"options of rec:\n"
	"      --log-dir DIR      the folder of the logs (STENO_LOG_DIR, git config steno.logDir)\n"
	"      --shell PATH       the shell to record instead of $SHELL\n"
	"  -l, --login            start it as a login shell\n"
	"      --size COLSxROWS   size of the terminal inside, where there is none outside\n"
	"      --model M, --profile P, --sandbox S\n"
	"                         what the transcript's title line is to say\n"
	"  -q, --quiet            no words of steno's own, errors excepted\n"
	"\n"
	"options of log:\n"
	"      --failed           whose exit status is known and not 0\n"
	"      --grep RE          whose text matches (POSIX extended); -i: in any case\n"
	"      --cwd DIR          that began in this directory or below\n"
	"      --since, --until WHEN\n"
	"                         2025-09-07, \"2025-09-07 18:58\" (local), 2025-09-07T18:58:27Z,\n"
	"                         yesterday, \"2 days ago\", 1h\n"
	"      --session SESSION  of this session\n"
	"      --agent            that an agent ran\n"
	"  -n N                   the newest N\n"
	"      --all              of every folder you have recorded in\n"
	"      --json             the lines of provenance.jsonl as they are\n"
	"      --no-pager         straight to the terminal\n"
	"\n"
	"options of play (the newest session if none is named):\n"
	"  -s SPEED, -i IDLE      so much faster; no pause longer than IDLE seconds\n"
	"      --at TIME|:N       start at a time (90, 1:30, 1:02:03) or at command N\n"
	"      --from N, --to N   these commands only\n"
	"  -l, -m                 again and again; stop at each command\n"
	"      --no-status        no status line\n"
	"      --raw              the recorded bytes as they are, which is dangerous\n"
	"keys: space . left right [ ] < > / n 0-9 s q\n";

static int help(void)
{
	size_t i;

	fputs(usage, stdout);
	fputs("\nverbs:\n", stdout);
	for (i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		printf("  %-9s %s\n", verbs[i].name, verbs[i].help);
	fputs(rec_help, stdout);
	return fflush(stdout) == 0 ? 0 : 3;
}

static int wrong_verb(const char *word)
{
	fprintf(stderr, "steno: no such verb: %s\n", word);
	fprintf(stderr, "To record a program: steno -- %s\n%s", word, usage);
	return 2;
}

int main(int argc, char **argv)
{
	size_t i;

	if (geteuid() != getuid() || getegid() != getgid()) {
		fputs("steno: refuses to run with another user's rights\n", stderr);
		return 3;
	}
	if (argc < 2 || (argv[1][0] == '-' && strcmp(argv[1], "--help") != 0 &&
			 strcmp(argv[1], "-h") != 0 && strcmp(argv[1], "--version") != 0))
		return cmd_rec(argc, argv);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help();
	if (!strcmp(argv[1], "--version")) {
		puts("steno " STENO_VERSION);
		return fflush(stdout) == 0 ? 0 : 3;
	}
	for (i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	return wrong_verb(argv[1]);
}
