/* SPDX-License-Identifier: MIT */
/* lab: a home and a repository of its own for steno to be tried in, and what it left there. What
 * cannot be set up ends the test program: then nothing can be said. */
#ifndef STENO_LAB_H
#define STENO_LAB_H

#include "base/buf.h"

#include <stddef.h>
#include <sys/types.h>

struct json;
struct term;

enum { LAB_RECORDS = 4096 };

struct lab {
	char *dir;   /* of all this; removed by lab_close() */
	char *home;  /* with a .bashrc whose prompt is LAB_PROMPT, and git's name and mail */
	char *repo;  /* a git repository with one commit, unless LAB_BARE */
	char *logs;  /* <repo>/codex-logs */
	char *steno; /* the program under test: $STENO */
	struct json *records[LAB_RECORDS]; /* of lab_records() */
	size_t n_records;
};

#define LAB_PROMPT "ready> "
enum { LAB_NO_GIT = 1 };

void lab_open(struct lab *lab, int flags);
void lab_close(struct lab *lab);

/* Starts steno with these arguments in the repository, in a terminal of its own. NULL-ended. */
struct term *lab_start(const struct lab *lab, ...) __attribute__((sentinel));
/* Starts sh -c `script` in the same way, with STENO in its environment. */
struct term *lab_start_sh(const struct lab *lab, const char *script);
/* Runs sh -c `script` in the repository with STENO in its environment; its output (both streams) is
 * put into out, which may be NULL; its exit status. */
int lab_sh(const struct lab *lab, struct buf *out, const char *script);
/* The pid of a child process of `parent` (any depth) with this name; 0 if none. */
pid_t lab_process(const struct lab *lab, pid_t parent, const char *name);
/* Types a line and Enter, and waits until the shell is at its prompt again. */
void lab_line(struct term *t, const char *line);
/* Types `exit N` and waits for the end; the status. */
int lab_exit(struct term *t, int n);

/* The newest session's name, in a static buffer; "" if there is none. */
const char *lab_session(const struct lab *lab);
/* A file of the logs, whole. 0 or -1. */
int lab_read(const struct lab *lab, const char *name, struct buf *out);
/* The newest session's transcript. */
void lab_transcript(const struct lab *lab, struct buf *out);
/* Parses provenance.jsonl into records; each line must be good JSON. -1 if one is not. */
int lab_records(struct lab *lab);
const char *lab_record_text(const struct lab *lab, size_t i, const char *key);
/* -1000 where it is null. */
long lab_record_int(const struct lab *lab, size_t i, const char *key);

/* ok(): record i is this command with this status. */
int lab_is_record(const struct lab *lab, size_t i, const char *cmd, long exit_code);
/* ok(): `steno rebuild --check` finds nothing to say of any session. */
int lab_is_clean(const struct lab *lab, const char *after);
/* ok(): the newest transcript has this text; with notes if not. */
int lab_transcript_has(const struct lab *lab, const char *text);

#endif
