/* SPDX-License-Identifier: MIT */
/* disk: what may be on a disk after its power was cut, as a journalling file system leaves it:
 * what was synced is there; of what was written since there may be nothing, all, a part, or zeros
 * in its place (delayed allocation); names that were made, changed or removed are in the folder as
 * far as the folder's or, on some systems, any later sync has put them there, and as they were in
 * between. Files only grow. */
#ifndef STENO_DISK_H
#define STENO_DISK_H

#include "base/buf.h"

#include <stddef.h>

struct chance;
struct step;

struct node;
struct change;

/* A name in a folder. */
struct entry {
	char *path;
	struct node *node;
};

struct names {
	struct entry *list;
	size_t n, cap;
};

struct disk {
	struct names seen, safe; /* as processes see it; as it is on the disk in any case */
	struct change *changes;	 /* of names, not safe yet, in their order */
	size_t n_changes, cap;
	struct node *nodes; /* all that there were */
	int strict; /* a file's sync puts no name on the disk, as POSIX has it; otherwise all */
};

void disk_init(struct disk *d, int strict);
void disk_release(struct disk *d);
/* A folder that was there from the start, and is there in any case. */
void disk_add_root(struct disk *d, const char *path);
void disk_step(struct disk *d, const struct step *s);
/* Draws what is left, and calls put() for each file and folder of it but the roots, folders before
 * what is in them. how: appends what was chosen, for people. */
void disk_cut(struct disk *d, struct chance *c,
	      void (*put)(void *ctx, const char *path, const struct buf *data, int is_folder),
	      void *ctx, struct buf *how);
/* What was promised of the file that processes see under this name: the bytes that were there when
 * it, or the one that it replaced, was synced last; NULL: nothing was. */
const struct buf *disk_promise(const struct disk *d, const char *path);
/* Whether the bytes are all of a file that ever had this name. */
int disk_had(const struct disk *d, const char *path, const struct buf *data);

#endif
