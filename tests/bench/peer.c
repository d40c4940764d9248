/* SPDX-License-Identifier: MIT */
/* How each peer is told to run a command. All run it without a shell of their own staying around:
 * those that need one get "exec". */
#include "peer.h"

#include "outer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct peer peers[PEERS] = {
	[PEER_BARE] = {"bare pty", NULL, 1},	     [PEER_STENO] = {"steno", NULL, 1},
	[PEER_ATTACHED] = {"steno attach", NULL, 1}, [PEER_SCRIPT] = {"script", "script", 0},
	[PEER_TERMREC] = {"termrec", "termrec", 0},  [PEER_TTYREC] = {"ttyrec", "ttyrec", 0},
	[PEER_TMUX] = {"tmux", "tmux", 0},
};

static char steno_path[4096];

static int in_path(const char *program)
{
	char path[8192], file[8192 + 64], *dir, *save;

	snprintf(path, sizeof(path), "%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	for (dir = strtok_r(path, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
		snprintf(file, sizeof(file), "%s/%s", dir, program);
		if (!access(file, X_OK))
			return 1;
	}
	return 0;
}

void peers_find(const char *steno)
{
	int i;

	if (!realpath(steno, steno_path))
		die(steno);
	for (i = 0; i < PEERS; i++) {
		if (!peers[i].program)
			continue;
		peers[i].here = in_path(peers[i].program);
		if (!peers[i].here)
			printf("not found, so not measured: %s\n", peers[i].name);
	}
}

/* The command as words behind those in argv already. */
static const char **split(const char **argv, int n, char *text)
{
	char *save, *word = strtok_r(text, " ", &save);

	for (; word && n < 30; word = strtok_r(NULL, " ", &save))
		argv[n++] = word;
	argv[n] = NULL;
	return argv;
}

static const char **tmux_argv(const char **argv, char *text, size_t size, const char *command,
			      const char *log, int flags)
{
	static char socket[32];
	static int count;

	snprintf(socket, sizeof(socket), "bench-%d-%d", (int)getpid(), count++);
	if (flags & PEER_NO_LOG)
		snprintf(text, size, "exec %s", command);
	else
		snprintf(text, size, "tmux -L %s pipe-pane 'exec cat >%s'; exec %s", socket, log,
			 command);
	argv[0] = "tmux";
	argv[1] = "-L";
	argv[2] = socket;
	argv[3] = "-f";
	argv[4] = "/dev/null";
	argv[5] = "new-session";
	argv[6] = text;
	argv[7] = NULL;
	return argv;
}

/* Started without a terminal, and come to. */
static const char **attached_argv(const char **argv, char *text, size_t size, const char *command,
				  int flags)
{
	snprintf(text, size, "exec '%s' attach \"$('%s' rec -d --size 80x24%s%s)\"", steno_path,
		 steno_path, flags & PEER_SHELL ? "" : " -- ", flags & PEER_SHELL ? "" : command);
	argv[0] = "sh";
	argv[1] = "-c";
	argv[2] = text;
	argv[3] = NULL;
	return argv;
}

const char **peer_argv(enum peer_id id, const char *command, const char *log, int flags)
{
	static const char *argv[32];
	static char text[16384], file[4096];

	snprintf(text, sizeof(text), "exec %s", command);
	snprintf(file, sizeof(file), "%s", log);
	argv[0] = id == PEER_STENO ? steno_path : peers[id].program;
	switch (id) {
	case PEER_SCRIPT:
		argv[1] = "-qc";
		break;
	case PEER_TTYREC:
		argv[1] = "-e";
		break;
	case PEER_TERMREC: /* says exec itself */
		snprintf(text, sizeof(text), "%s", command);
		argv[1] = "-e";
		break;
	case PEER_TMUX:
		return tmux_argv(argv, text, sizeof(text), command, log, flags);
	case PEER_ATTACHED:
		return attached_argv(argv, text, sizeof(text), command, flags);
	case PEER_STENO:
		argv[1] = flags & PEER_SHELL ? NULL : "--";
		return flags & PEER_SHELL ? argv : split(argv, 2, text + strlen("exec "));
	default:
		return split(argv, 0, text + strlen("exec "));
	}
	argv[2] = text;
	argv[3] = file;
	argv[4] = NULL;
	return argv;
}
