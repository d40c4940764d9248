/* SPDX-License-Identifier: MIT */
/* adapter: how one agent's log is read; for agent.c and the adapters. A further one is a file with
 * one of these and its name in agent.c's table. */
#ifndef STENO_ADAPTER_H
#define STENO_ADAPTER_H

#include "agent.h"

#include "../base/buf.h"

#include <stddef.h>
#include <stdint.h>

struct json;
struct words;

struct adapter {
	const char *name;
	int (*knows)(const struct json *line); /* is it a line of such a log? */
	void *(*begin)(struct agent *a);       /* the state handed to the others */
	void (*line)(void *state, const struct json *line);
	void (*end)(void *state);
	void (*release)(void *state);
};

extern const struct adapter adapter_codex, adapter_claude, adapter_gemini;

/* Gives one word on. Agent, thread, name, line and nth are filled in where they are not set. */
void agent_tell(struct agent *a, struct words *w);
/* The line is of a kind that is not known. */
void agent_unknown(struct agent *a);
/* What the log says of itself; only the first counts. A NULL text is nothing. */
void agent_set_thread(struct agent *a, const char *thread);
void agent_set_name(struct agent *a, const char *name);
void agent_set_cwd(struct agent *a, const char *cwd);
void agent_set_start(struct agent *a, int64_t wall_us);

/* Telling it shortly */
void agent_say(struct agent *a, const char *role, const char *text, size_t n, int64_t wall_us);
void agent_harness(struct agent *a, const char *role, const char *text, size_t n, int64_t wall_us);
void agent_note(struct agent *a, const char *text, int64_t wall_us);
/* Model, sandbox and approval as they are from here on, if they differ from the last. The title's
 * form: sandbox/approval. NULL: as before. */
void agent_context(struct agent *a, const char *model, const char *sandbox, const char *approval,
		   int64_t wall_us);

/* The commands that were asked for and have not ended. Few at a time. */
struct call {
	char *id;
	struct buf cmd;
	char *cwd;
	int64_t wall_us;
	int is_patch; /* cmd is a patch */
	int is_told;  /* its outcome was told in another way */
};

enum { CALLS_MOST = 256, CALLS_CLOSED = 1024 };

struct calls {
	struct call list[CALLS_MOST];
	size_t n;
	uint64_t closed[CALLS_CLOSED]; /* hashes of ids; later ones take their places */
};

/* A command was asked for: told as a WORDS_CALL, and kept. The oldest goes when there are too
 * many. */
struct call *calls_open(struct calls *c, struct agent *a, const char *id, const char *cmd, size_t n,
			const char *cwd, int64_t wall_us);
struct call *calls_find(struct calls *c, const char *id); /* or NULL */
/* Its end: w is a WORDS_RESULT that lacks what the call knows. call may be NULL. */
void calls_close(struct calls *c, struct agent *a, struct call *call, struct words *w);
/* Its end was told before: a log may tell it twice. */
int calls_was_closed(const struct calls *c, const char *id);
void calls_drop(struct calls *c, struct call *call);
/* It was asked for and not let run: then it was no command. Why is told by a WORDS_NOTE. */
void calls_refuse(struct calls *c, struct agent *a, struct call *call, const char *why,
		  int64_t wall_us);
/* Those that are left have no end: told so. */
void calls_end(struct calls *c, struct agent *a);
void calls_release(struct calls *c);

/* FNV-1a; never 0. */
uint64_t text_hash(const char *text);
/* Whether text begins with one of the NULL-ended list of beginnings, white space in front apart. */
int text_begins(const char *text, const char *const *beginnings);
/* A message's content, as all of them spell it: a text, or parts of which some are texts. */
void content_text(const struct json *content, struct buf *out);
/* argv as a shell would read it; of `bash -lc TEXT` and its like, TEXT. */
void command_text(const struct json *argv, struct buf *out);

#endif
