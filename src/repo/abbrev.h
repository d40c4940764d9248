/* SPDX-License-Identifier: MIT */
/* abbrev: how short git writes an object's name. */
#ifndef STENO_ABBREV_H
#define STENO_ABBREV_H

#include "gate.h"

#include <stddef.h>

enum { ABBREV_MAX = 2 * sizeof(git_oid) };

/* core.abbrev, or what git chooses by itself for a repository of this size: half the bits of the
 * number of packed objects in hex digits, at least 7 (repo_find_unique_abbrev_r, object-name.c). */
size_t abbrev_length(git_repository *repo, git_config *config);
/* `length` digits of oid, more where so few would also mean another object. */
void abbrev_oid(char out[ABBREV_MAX + 1], git_odb *odb, const git_oid *oid, size_t length);

#endif
