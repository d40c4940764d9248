/* SPDX-License-Identifier: MIT */
/* catalog: the folders of logs that a listing is about, and the sessions in them. */
#ifndef STENO_CATALOG_H
#define STENO_CATALOG_H

#include <stddef.h>
#include <stdint.h>

struct err;

enum session_state {
	SESSION_RUNNING,   /* it is being recorded */
	SESSION_ENDED,	   /* its recording ends with an exit status */
	SESSION_RECOVERED, /* it broke off: what was recorded up to there is kept */
	SESSION_IMPORTED,  /* it was made from an agent's own log */
};

/* A session as its recording tells. Texts are owned, NULL where unknown. */
struct entry {
	char *name; /* of the file, without its ending */
	char *id;   /* what the ids of its commands begin with (provenance_id()) */
	char *root, *cwd;
	char *model; /* as the header says; by catalog_measure() as it was last */
	int is_imported;
	int64_t start_us; /* sorts it; its beginning, if it has that: */
	int has_start, has_times;
	/* By catalog_measure(): */
	enum session_state state;
	int has_exit, exit_status;
	int64_t length_us; /* up to the last event */
	int64_t size;	   /* bytes */
};

struct folder {
	char *path; /* absolute */
	int dir;
	int is_here;	       /* the one that sessions are looked for in by their names */
	struct entry *entries; /* by catalog_list(), the newest first */
	const struct entry **by_name;
	size_t count;
	size_t unreadable; /* recordings whose header is bad */
};

struct catalog {
	struct folder *folders;
	size_t count;
	int is_all;
};

/* Opens the folder of the logs (log_dir as for logdir_find()), and with CATALOG_ALL every other one
 * that this user has kept logs in and that is still there; then one here that cannot be opened is
 * as if it were not there. 0; 1: there is none, *err says so; -1. */
enum { CATALOG_ALL = 1 };
int catalog_open(struct catalog *c, const char *log_dir, int flags, struct err *err);
void catalog_release(struct catalog *c);

/* Reads the header of each recording named as a session's. */
int catalog_list(struct folder *f, struct err *err);
/* Reads the whole recording, since nothing shorter tells how long it lasts: its events say how much
 * later each is than the one before, and a file's own times are no evidence. 1 GB takes about a
 * second. -1: it is not to be had any more. */
int catalog_measure(const struct folder *f, struct entry *e, struct err *err);
/* The session with this name, or NULL. After catalog_list(). */
const struct entry *catalog_find(const struct folder *f, const char *name);

#endif
