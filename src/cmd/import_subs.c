/* SPDX-License-Identifier: MIT */
#include "import_subs.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "import_log.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUBS_MOST = 200 }; /* each is a descriptor */

static void add(struct import_subs *s, int dir, const char *file)
{
	struct import_sub *sub;

	s->list = xrealloc(s->list, (s->n + 1) * sizeof(*s->list));
	sub = &s->list[s->n++];
	sub->file = xstrdup(file);
	subagents_name(dir, file, sub->name);
}

static int by_file(const void *a, const void *b)
{
	return strcmp(((const struct import_sub *)a)->file, ((const struct import_sub *)b)->file);
}

/* ID.jsonl: ID/subagents; else NULL. */
static char *folder_of(const char *path)
{
	size_t n = strlen(path);
	struct buf b = {0};

	if (n <= 6 || strcmp(path + n - 6, ".jsonl") != 0)
		return NULL;
	buf_printf(&b, "%.*s/subagents", (int)(n - 6), path);
	buf_putc(&b, '\0');
	return (char *)b.data;
}

static void list(struct import_subs *s)
{
	DIR *d = opendir(s->folder);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (subagents_is_log(e->d_name) && s->n < SUBS_MOST)
			add(s, dirfd(d), e->d_name);
	if (d)
		closedir(d);
	if (s->n)
		qsort(s->list, s->n, sizeof(*s->list), by_file);
}

static void drop(struct import_subs *s, size_t i)
{
	free(s->list[i].file);
	memmove(s->list + i, s->list + i + 1, (--s->n - i) * sizeof(*s->list));
}

/* 0; -1: it is no log. */
static int count(const struct import_subs *s, size_t i, struct import_found *found)
{
	struct import_found f;
	struct buf path = {0};
	struct err err;
	int rc;

	buf_printf(&path, "%s/%s", s->folder, s->list[i].file);
	rc = import_scan(buf_str(&path), &f, &err);
	if (rc == 0) {
		found->messages += f.messages;
		found->commands += f.commands;
		found->unknown += f.unknown;
		found->bad += f.bad;
		found->too_long += f.too_long;
	}
	import_found_release(&f);
	buf_release(&path);
	return rc;
}

void import_subs_find(struct import_subs *s, const char *path, struct import_found *found)
{
	size_t i = 0;

	s->folder = strcmp(found->agent, "claude") ? NULL : folder_of(path);
	if (!s->folder)
		return;
	list(s);
	while (i < s->n)
		if (count(s, i, found) == 0)
			i++;
		else
			drop(s, i);
}

int import_subs_open(const struct import_subs *s, size_t i)
{
	struct buf path = {0};
	int fd;

	buf_printf(&path, "%s/%s", s->folder, s->list[i].file);
	fd = open(buf_str(&path), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	buf_release(&path);
	return fd;
}

void import_subs_release(struct import_subs *s)
{
	while (s->n)
		drop(s, s->n - 1);
	free(s->list);
	free(s->folder);
	memset(s, 0, sizeof(*s));
}
