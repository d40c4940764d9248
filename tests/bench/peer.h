/* SPDX-License-Identifier: MIT */
/* peer: who is measured: the bare pty, steno, and other recorders that happen to be here. */
#ifndef STENO_PEER_H
#define STENO_PEER_H

struct peer {
	const char *name;
	const char *program; /* looked up in PATH; NULL: always there */
	int here;
};

enum peer_id {
	PEER_BARE,
	PEER_STENO,
	PEER_ATTACHED,
	PEER_SCRIPT,
	PEER_TERMREC,
	PEER_TTYREC,
	PEER_TMUX,
	PEERS
};

/* How a peer is to be run. */
enum { PEER_SHELL = 1 /* bash as the user's shell, else the command */, PEER_NO_LOG = 2 };

extern struct peer peers[PEERS];

/* Finds out who is here; prints who is not. steno: path of the program. */
void peers_find(const char *steno);
/* The arguments to run `command` (words with single blanks, no quotes) under a peer, with its log
 * at `log`. Borrowed until the next call. */
const char **peer_argv(enum peer_id id, const char *command, const char *log, int flags);

#endif
