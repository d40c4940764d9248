/* SPDX-License-Identifier: MIT */
/* registry: the folders that this user has kept logs in, one absolute path a line, in
 * $XDG_STATE_HOME/steno/folders, else ~/.local/state/steno/folders. A help for `--all` only: what
 * it does not hold is no less recorded. */
#ifndef STENO_REGISTRY_H
#define STENO_REGISTRY_H

#include <stddef.h>

/* Adds a folder if it is not there yet. Fails in silence (no home, no room, the file locked for
 * long or full): a session is never kept from beginning by it. */
void registry_add(const char *folder);

struct registry {
	char **folders; /* owned; the one added last comes first; each once */
	size_t count;
};

/* Lines that are no absolute path are passed over; whether the folders still exist is not looked
 * at. Without a registry the list is empty. */
void registry_read(struct registry *r);
void registry_release(struct registry *r);

#endif
