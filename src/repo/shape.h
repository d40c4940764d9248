/* SPDX-License-Identifier: MIT */
/* shape: what stands at a path, so that it can be told later whether it is still the same. */
#ifndef STENO_SHAPE_H
#define STENO_SHAPE_H

#include "gate.h"

#include <stdint.h>

enum shape_kind {
	SHAPE_NOTHING, /* no file, link or repository: also a folder, a FIFO, ... */
	SHAPE_BLOB,    /* known by its content */
	SHAPE_STAT,    /* too big to read: known by size, time and inode */
	SHAPE_REPO,    /* a submodule or another repository: known by its HEAD */
};

struct shape {
	uint32_t kind; /* enum shape_kind */
	uint32_t mode; /* as git has it: 0100644 0100755 0120000 0160000 */
	int as_stored; /* SHAPE_BLOB: the content is what git stores (line ends), not the file's */
	git_oid oid;   /* SHAPE_BLOB, SHAPE_REPO; zero if unknown */
	/* of the file, for any kind but SHAPE_NOTHING; 0 if the shape came from a tree: */
	int64_t size, mtime_ns, ctime_us;
	uint64_t ino;
};

enum {
	SHAPE_READ_MAX = 16 << 20,
	SHAPE_SLACK_US = 20000, /* files are stamped by a clock that is up to a tick behind */
};

/* The file as it is, hashed as a blob of exactly its bytes. `budget` is how many bytes may still
 * be read; files that do not fit, or are larger than SHAPE_READ_MAX, become SHAPE_STAT. */
void shape_of_file(struct shape *s, const struct gate *g, const char *path, int64_t *budget);
/* As above, but hashed as git would store it (line ends; no filter of the repository's is run). */
void shape_of_content(struct shape *s, const struct gate *g, const char *path, int64_t *budget);
/* What a commit's tree (may be NULL: an empty one) holds there. */
void shape_of_entry(struct shape *s, git_tree *tree, const char *path);

/* When the file at a path of the system's was touched last, or 0. */
int64_t shape_stamp(const char *path);
/* When the file was touched last; or the nearest folder above that is there. By the clock of the
 * file system, microseconds since 1970; 0: not known, as of a repository. */
int64_t shape_touched(const struct gate *g, const char *path);
int64_t shape_folder_touched(const struct gate *g, const char *path);
/* When the file was made; 0 where the file system does not say. */
int64_t shape_born(const struct gate *g, const char *path);

int shape_same(const struct shape *a, const struct shape *b, const struct gate *g);
/* Is the file untouched: same inode, size and times, all older than start_us? */
int shape_untouched(const struct shape *a, const struct shape *b, int64_t start_us);

#endif
