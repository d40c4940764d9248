/* SPDX-License-Identifier: MIT */
/* words: what was said in a session, and what an agent's own log tells of it: the data of an
 * EVENT_WORDS, a JSON object (man/steno-cast.5). A long text is cut into several events, which
 * belong together by their thread and come in order, others' between them. */
#ifndef STENO_WORDS_H
#define STENO_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct json;

enum words_kind {
	WORDS_SAID,    /* by a person or a model: role, text */
	WORDS_HARNESS, /* put in by the agent's program in somebody's name: role, text */
	WORDS_UNDONE,  /* the last `turns` turns, begun at since_us, do not count any more; or what
			  the log of the thread `of` has from the byte `from` on */
	WORDS_CHANGE,  /* a file changed by a tool of the agent: path, change, text */
	WORDS_CONTEXT, /* from here on: model, profile, sandbox; NULL: as before */
	WORDS_CALL,    /* the agent asked for a command: call_id, text */
	WORDS_RESULT,  /* and its end, as the agent saw it: call_id, cmd, ...; text: its output */
	WORDS_NOTE,    /* what could not be read of the log: text */
};

/* Texts are borrowed, NULL where not known. */
struct words {
	enum words_kind kind;
	const char *agent;  /* "codex", "claude", ... */
	const char *thread; /* the agent's id of the conversation */
	const char *name;   /* of a sub-agent; NULL for the agent itself */
	const char *turn;   /* the agent's id of the turn */
	int64_t wall_us;    /* when, as the agent's log says; WORDS_RESULT: when it began; or -1 */
	int64_t line,
		nth;	  /* byte in the log where the line begins, and which of its items; or -1 */
	const char *role; /* "user", "assistant", ... */
	const char *text; /* with n bytes; NULL is an empty one */
	size_t n;
	const char *call_id, *cwd;
	const char *cmd; /* of a WORDS_RESULT, with cmd_n bytes; may be cut */
	size_t cmd_n;
	int has_exit, exit_code;
	int64_t duration_us;		/* -1: not known */
	const char *path, *to, *change; /* to: its new name; change: "add", "update", "delete" */
	const char *model, *profile, *sandbox;
	int64_t turns, since_us;
	const char *of;
	int64_t from; /* -1: turns tells */
	/* Pieces of a text */
	int64_t part; /* 0 for the first */
	int more;     /* another follows */
	int is_cut;   /* given by a reader: the rest never came */
};

/* All unknown. */
void words_init(struct words *w, enum words_kind kind);
/* Calls put for each event's data in turn, each shorter than WORDS_PIECE bytes.
 * w->part and w->more need not be set. */
enum { WORDS_PIECE = 64 * 1024 };
void words_print(const struct words *w, void (*put)(void *ctx, const char *data, size_t n),
		 void *ctx);
/* Takes one event's data apart: *w borrows from what is returned, which json_free() frees. NULL if
 * it is none, or of a kind that is not known. */
struct json *words_parse(struct words *w, const void *data, size_t n);

#endif
