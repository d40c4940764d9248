/* SPDX-License-Identifier: MIT */
/* The words are data: a verb is one entry. The manual page says more, and the completions offer the
 * same options: tests/scripts/help.sh compares the three. */
#include "help.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

struct help {
	const char *verb, *brief;
	const char *usage;   /* what follows "steno VERB"; further lines are indented below it */
	const char *options; /* whole lines */
};

#define FOLDER_OPTION "      --log-dir DIR      the folder of the logs\n"
#define SCOPE_OPTIONS                                                                              \
	FOLDER_OPTION "      --all              look in every folder you have recorded in\n"

static const struct help helps[] = {
	{"rec", "record a shell, or one program (the default)",
	 "[options] [-- command [argument ...]]",
	 "Records your shell, or the command after --, into codex-logs/ at the top of the git\n"
	 "repository you are in: a transcript (.md), one JSON line a command (provenance.jsonl)\n"
	 "and the recording itself (.cast). The exit status is the program's own.\n"
	 "\n"
	 "      --log-dir DIR      the folder of the logs (STENO_LOG_DIR, git config "
	 "steno.logDir)\n"
	 "      --shell PATH       the shell to record instead of $SHELL\n"
	 "  -l, --login            start it as a login shell\n"
	 "  -d, --detach           start it without a terminal and print the session's name\n"
	 "      --size COLSxROWS   size of the terminal inside, where there is none outside\n"
	 "      --model M, --profile P, --sandbox S\n"
	 "                         what the transcript's title line is to say\n"
	 "      --measure, --no-measure\n"
	 "                         whether shells that the command starts report what they run;\n"
	 "                         by default those of an agent (codex, claude, gemini, ...) do\n"
	 "      --nested           tell commands apart inside of commands, too: of a shell that "
	 "is\n"
	 "                         started by hand; by other people's marks (OSC 133, ...) of one\n"
	 "                         in ssh, a container, ...\n"
	 "      --within           record also within a session that is being recorded; without "
	 "it\n"
	 "                         an agent's commands are measured there, all else is refused\n"
	 "  -q, --quiet            no words of steno's own, errors excepted\n"},
	{"ls", "list the sessions, the newest first", "[--all] [--json] [-n N] [--log-dir DIR]",
	 "  -a, --all              of every folder you have recorded in\n"
	 "      --json             a JSON object a line\n"
	 "  -n N                   the newest N\n" FOLDER_OPTION},
	{"attach", "come to a session that runs, or back to it",
	 "[-r] [--detach-key KEY] [--size-from RULE] [--log-dir DIR] [SESSION]",
	 "The newest session that runs if none is named. Ctrl-\\ leaves it; it goes on.\n"
	 "\n"
	 "  -r, --read-only        only watch; q leaves, too\n"
	 "      --detach-key KEY   the key that leaves: ^A, C-a, or none\n"
	 "      --size-from RULE   whose size the session has: smallest, or latest: the terminal\n"
	 "                         that was typed at last\n" FOLDER_OPTION},
	{"send", "type into a session that runs", "[--enter] [--log-dir DIR] SESSION TEXT|-",
	 "      --enter            and Enter behind it\n" FOLDER_OPTION},
	{"wait", "wait for a command of a session, and end with its status",
	 "[--command N | --text RE | --exit] [-t SECONDS] [--log-dir DIR] SESSION",
	 "For the end of the command that was sent last, or for one of these:\n"
	 "\n"
	 "      --command N        the end of command N\n"
	 "      --text RE          a line that matches (POSIX extended)\n"
	 "      --exit             the end of the session\n"
	 "  -t, --timeout SECONDS  not longer than this: the exit status is 124 "
	 "then\n" FOLDER_OPTION},
	{"kill", "end a session", "[--log-dir DIR] SESSION", FOLDER_OPTION},
	{"log", "list the commands of all sessions, the newest first",
	 "[--failed] [--grep RE] [-i] [--cwd DIR] [--since WHEN] [--until WHEN]\n"
	 "[--session SESSION] [--agent] [-n N] [--all] [--json] [--no-pager]\n"
	 "[--log-dir DIR]",
	 "      --failed           whose exit status is known and not 0\n"
	 "      --grep RE          whose text matches (POSIX extended)\n"
	 "  -i, --ignore-case      in any case\n"
	 "      --cwd DIR          that began in this directory or below\n"
	 "      --since, --until WHEN\n"
	 "                         2025-09-07, \"2025-09-07 18:58\" (local), "
	 "2025-09-07T18:58:27Z,\n"
	 "                         yesterday, \"2 days ago\", 1h\n"
	 "      --session SESSION  of this session\n"
	 "      --agent            that an agent ran\n"
	 "  -n N                   the newest N\n"
	 "  -a, --all              of every folder you have recorded in\n"
	 "      --json             the lines of provenance.jsonl as they are\n"
	 "      --no-pager         straight to the terminal\n" FOLDER_OPTION},
	{"show", "print a session's transcript, or one command whole",
	 "[--ansi] [--output|--command] [-f] [--screen TIME] [--raw] [--no-pager]\n"
	 "[--all] [--log-dir DIR] [SESSION[:N]]",
	 "The newest session if none is named; :N is its command N.\n"
	 "\n"
	 "      --ansi             in its colours\n"
	 "      --output           what the command printed, and nothing else\n"
	 "      --command          its text, and nothing else\n"
	 "  -f, --follow           go on while the session does\n"
	 "      --screen TIME      the screen at that moment (90, 1:30, 1:02:03, end)\n"
	 "      --raw              the recorded bytes as they are, which is dangerous\n"
	 "      --no-pager         straight to the terminal\n" SCOPE_OPTIONS},
	{"play", "play a session as it was to be seen, in real time or faster",
	 "[-f] [-l] [-m] [-s SPEED] [-i IDLE] [--at TIME|:N] [--from N] [--to N]\n"
	 "[--no-status] [--raw] [--all] [--log-dir DIR] [SESSION[:N]|FILE]",
	 "The newest session if none is named.\n"
	 "\n"
	 "  -f, --follow           go on while the session does, from where it is now\n"
	 "  -s, --speed SPEED      so much faster\n"
	 "  -i, --idle IDLE        no pause longer than IDLE seconds\n"
	 "      --at TIME|:N       start at a time (90, 1:30, 1:02:03) or at command N\n"
	 "      --from N, --to N   these commands only\n"
	 "  -l, --loop             again and again\n"
	 "  -m, --pause            stop at each command\n"
	 "      --no-status        no status line\n"
	 "      --raw              the recorded bytes as they are, which is "
	 "dangerous\n" SCOPE_OPTIONS "\n"
	 "keys: space . left right [ ] < > / n 0-9 s q\n"},
	{"export", "put a session, or any recording, into another form",
	 "[-f FORM] [-o FILE] [-t TIMING] [--at TIME] [--frame] [--all]\n"
	 "[--log-dir DIR] SESSION[:N]|FILE",
	 "  -f, --format FORM      md, html, svg, text, json, cast, cast2 or typescript; else as "
	 "FILE is named\n"
	 "  -o, --output FILE      not to the standard output\n"
	 "  -t, --timing TIMING    a typescript's times\n"
	 "      --at TIME          of svg: the screen at a time (90, 1:30, 1:02:03)\n"
	 "      --frame            of svg: a bar with a title\n" SCOPE_OPTIONS},
	{"import", "make sessions of logs that Codex, Claude Code or Gemini kept",
	 "[--again] [--log-dir DIR] FILE ...",
	 "      --again            make those anew that were imported before\n" FOLDER_OPTION},
	{"say", "have something said recorded in a session that runs",
	 "--role user|assistant|... [--name NAME] [--agent AGENT]\n"
	 "[--session SESSION] [--log-dir DIR] [TEXT ... | -]",
	 "Without TEXT, or with -, it is what standard input says. The session is the one this\n"
	 "runs in, else the newest that runs here.\n"
	 "\n"
	 "      --role ROLE        who said it\n"
	 "      --name NAME        of a sub-agent\n"
	 "      --agent AGENT      whose program it is\n"
	 "      --session SESSION  another session\n" FOLDER_OPTION},
	{"hooks", "print the settings that have an agent's conversations imported", "codex|claude",
	 "For who cannot start the agent with steno: to be put into its own settings.\n"},
	{"hook", "import the conversation of the agent that runs this", "codex|claude [JSON]",
	 "What the settings that `steno hooks` prints have run; JSON is read from standard "
	 "input.\n"},
	{"rebuild", "make a session's text files again from its recording",
	 "[--check] [--all] [--log-dir DIR] SESSION ... | [--log-dir DIR] --from FILE",
	 "      --check            only compare; 1: they differ\n"
	 "      --from FILE        make a session of another program's recording\n" SCOPE_OPTIONS},
	{"verify", "tell whether a session's recording and text files can be believed",
	 "[--all-here] [--json] [--all] [--log-dir DIR] [SESSION ...]",
	 "The newest session if none is named. A line for each thing that is to be known, and one\n"
	 "that sums up. The exit status is 0 if all can be believed, 1 if something cannot, 2 if\n"
	 "it cannot be read.\n"
	 "\n"
	 "      --all-here         every session of the folder; with --all of each\n"
	 "      --json             a JSON object a line\n" SCOPE_OPTIONS},
};

enum { HELPS = sizeof(helps) / sizeof(*helps) };

static const struct help *find(const char *verb)
{
	size_t i;

	for (i = 0; i < HELPS; i++)
		if (!strcmp(verb, helps[i].verb))
			return &helps[i];
	return NULL;
}

static void put_usage(const struct help *h, FILE *f)
{
	const char *line = h->usage;
	int indent = (int)(strlen("usage: steno ") + strlen(h->verb) + 1);

	fprintf(f, "usage: steno %s ", h->verb);
	for (;;) {
		int n = (int)strcspn(line, "\n");

		fprintf(f, "%.*s\n", n, line);
		if (!line[n])
			return;
		line += n + 1;
		fprintf(f, "%*s", indent, "");
	}
}

int help_all(void)
{
	size_t i;

	fputs("usage: steno [VERB] [options] [argument ...]\n"
	      "       steno [options] [-- command [argument ...]]\n"
	      "       steno -c COMMAND [NAME [argument ...]]\n"
	      "       steno --help | VERB --help | --version\n"
	      "\n"
	      "Without a verb it records: your shell, or the command after --. With -c (-lc, ...) "
	      "it is\n"
	      "your shell, and reports the command to the session that records here.\n"
	      "\n"
	      "verbs:\n",
	      stdout);
	for (i = 0; i < HELPS; i++)
		printf("  %-9s %s\n", helps[i].verb, helps[i].brief);
	fputs("\n"
	      "SESSION is a session's name or the beginning of it, last, or ~2 for the newest but "
	      "one; :N\n"
	      "means its command N. `man steno` says more.\n",
	      stdout);
	return fflush(stdout) == 0 ? 0 : 3;
}

int help_verb(const char *verb)
{
	const struct help *h = find(verb);

	if (!h)
		return 1;
	put_usage(h, stdout);
	printf("\n%s.\n\n%s", h->brief, h->options);
	return fflush(stdout) == 0 ? 0 : 3;
}

int help_words(int argc, char **argv, const char *const words[], int optional)
{
	int given = argc - optind, known = 0;

	while (words[known])
		known++;
	if (given < known - optional)
		fprintf(stderr, "steno: %s is missing\n", words[given]);
	else if (given > known)
		fprintf(stderr, "steno: not expected: %s\n", argv[optind + known]);
	else
		return 0;
	return -1;
}

int help_usage(const char *verb)
{
	put_usage(find(verb), stderr);
	return 2;
}
