/* SPDX-License-Identifier: MIT */
/* provenance: one JSON line for each command, appended to a file that concurrent sessions share.
 * man/steno-provenance.5 describes the line; it is never longer than PROVENANCE_LINE bytes. */
#ifndef STENO_PROVENANCE_H
#define STENO_PROVENANCE_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct command;
struct err;
struct header;
struct provenance;

#define PROVENANCE_NAME "provenance.jsonl"
enum { PROVENANCE_LINE = 16 * 1024 };

/* What a session's ids begin with: the recording's id; if that is none of ours its session's name,
 * or "". Needs no escaping. */
const char *provenance_id(const struct header *h);
/* Appends a command's line, newline included. h tells the session and its id. */
void provenance_line(const struct header *h, const struct command *c, struct buf *out);

/* h and dir (the folder) are borrowed for its life. */
struct provenance *provenance_new(const struct header *h, int dir);
void provenance_free(struct provenance *p);

/* A command is final. Nothing is written yet. */
void provenance_put(struct provenance *p, const struct command *c);

/* Appends the lines that the file lacks, whole ones under the lock, as many as are due by one
 * write(2); a torn last line of somebody else's is ended first, zeros that a machine without power left
 * behind it are taken off. What this session has left there
 * before is found by its ids and not doubled. On failure (no room, lock not to be had) the rest
 * waits for the next call. */
int provenance_flush(struct provenance *p, struct err *err);
/* True when the file held lines of this session before: provenance_settle() is in place. */
int provenance_in_doubt(const struct provenance *p);
/* As provenance_flush(), and corrects lines of this session that say something else or are there
 * twice, by rewriting the file under the lock and renaming it. All other lines stay byte for
 * byte. */
int provenance_settle(struct provenance *p, struct err *err);
/* 0: the file has exactly these lines of this session; 1: not, *err says which; -1: failed. */
int provenance_check(struct provenance *p, struct err *err);
/* As provenance_check(), but calls found() with each difference, and also with each line that bears
 * this session's name and is not of this recording. Not 0 from it ends the search, as the
 * result. */
typedef int provenance_found(void *ctx, const char *text);
int provenance_audit(struct provenance *p, provenance_found *found, void *ctx, struct err *err);
/* Lines that it passed which are no records, of whatever session: torn ones, mostly. */
uint64_t provenance_broken(const struct provenance *p);
/* Puts on the disk what was written since the last time. */
int provenance_sync(struct provenance *p, struct err *err);

#endif
