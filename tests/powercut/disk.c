/* SPDX-License-Identifier: MIT */
/* Names and contents are apart, as in a file system: an entry points to a node, and a node has
 * bytes of which a first part is safe. */
#include "disk.h"

#include "chance.h"
#include "trace.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096 };

struct node {
	struct node *next;
	struct buf data;
	size_t safe; /* bytes from the start that are on the disk */
	int is_folder, is_root;
	struct buf promised; /* what its name had when it was synced last; see disk_promise() */
	int has_promised;
	char *final_name; /* that it was renamed to, or made with */
	size_t final_len; /* when it got the name */
};

enum change_kind { CHANGE_ADD, CHANGE_RENAME, CHANGE_REMOVE };

struct change {
	enum change_kind kind;
	char *path, *to;
	struct node *node;
};

/* Names */

static struct entry *find(const struct names *names, const char *path)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		if (!strcmp(names->list[i].path, path))
			return &names->list[i];
	return NULL;
}

static void set(struct names *names, const char *path, struct node *node)
{
	struct entry *e = find(names, path);

	if (e) {
		e->node = node;
		return;
	}
	if (names->n == names->cap) {
		names->cap = names->cap ? 2 * names->cap : 32;
		names->list = xrealloc(names->list, names->cap * sizeof(*names->list));
	}
	names->list[names->n++] = (struct entry){xstrdup(path), node};
}

/* Keeps the order. */
static void drop(struct names *names, const char *path)
{
	struct entry *e = find(names, path);

	if (!e)
		return;
	free(e->path);
	memmove(e, e + 1, (size_t)(names->list + --names->n - e) * sizeof(*e));
}

static void copy(struct names *to, const struct names *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		set(to, from->list[i].path, from->list[i].node);
}

static void release(struct names *names)
{
	while (names->n)
		free(names->list[--names->n].path);
	free(names->list);
	memset(names, 0, sizeof(*names));
}

static void apply(struct names *names, const struct change *c)
{
	if (c->kind == CHANGE_ADD) {
		set(names, c->path, c->node);
	} else if (c->kind == CHANGE_REMOVE) {
		drop(names, c->path);
	} else {
		drop(names, c->path);
		set(names, c->to, c->node);
	}
}

/* Whether the name is one of this folder's own. */
static int is_in(const char *folder, const char *path)
{
	size_t n = strlen(folder);

	return !strncmp(path, folder, n) && path[n] == '/' && !strchr(path + n + 1, '/');
}

/* Steps */

static struct node *node_new(struct disk *d, int is_folder)
{
	struct node *node = xcalloc(1, sizeof(*node));

	node->is_folder = is_folder;
	node->next = d->nodes;
	d->nodes = node;
	return node;
}

static void rename_node(struct node *node, const char *path)
{
	free(node->final_name);
	node->final_name = xstrdup(path);
	node->final_len = node->data.len;
}

void disk_init(struct disk *d, int strict)
{
	memset(d, 0, sizeof(*d));
	d->strict = strict;
}

static void forget(struct change *c)
{
	free(c->path);
	free(c->to);
}

void disk_release(struct disk *d)
{
	struct node *node;

	while (d->n_changes)
		forget(&d->changes[--d->n_changes]);
	free(d->changes);
	release(&d->seen);
	release(&d->safe);
	while ((node = d->nodes)) {
		d->nodes = node->next;
		buf_release(&node->data);
		buf_release(&node->promised);
		free(node->final_name);
		free(node);
	}
}

void disk_add_root(struct disk *d, const char *path)
{
	struct node *node = node_new(d, 1);

	node->is_root = 1;
	rename_node(node, path);
	set(&d->seen, path, node);
	set(&d->safe, path, node);
}

static void change(struct disk *d, enum change_kind kind, const char *path, const char *to,
		   struct node *node)
{
	struct change *c;

	if (d->n_changes == d->cap) {
		d->cap = d->cap ? 2 * d->cap : 32;
		d->changes = xrealloc(d->changes, d->cap * sizeof(*d->changes));
	}
	c = &d->changes[d->n_changes++];
	*c = (struct change){kind, xstrdup(path), to ? xstrdup(to) : NULL, node};
	apply(&d->seen, c);
}

static void make(struct disk *d, const struct step *s)
{
	struct node *node;

	if (find(&d->seen, s->path))
		return;
	node = node_new(d, s->kind == STEP_FOLDER);
	rename_node(node, s->path);
	change(d, CHANGE_ADD, s->path, NULL, node);
}

/* All that is on the disk of a file is promised. */
static void promise(struct node *node)
{
	buf_clear(&node->promised);
	buf_put(&node->promised, node->data.data, node->safe);
	node->has_promised = 1;
}

/* Until the name is on the disk, what was promised under it is what the old file has. */
static void replace(struct disk *d, const struct step *s, struct node *node)
{
	const struct entry *e = find(&d->seen, s->to);
	const struct node *old = e ? e->node : NULL;

	buf_clear(&node->promised);
	node->has_promised = old && old->has_promised;
	if (node->has_promised)
		buf_put(&node->promised, old->promised.data, old->promised.len);
	rename_node(node, s->to);
	change(d, CHANGE_RENAME, s->path, s->to, node);
}

static void put_names(struct disk *d, const char *folder)
{
	size_t i, kept = 0;

	for (i = 0; i < d->n_changes; i++) {
		struct change *c = &d->changes[i];

		if (folder && !is_in(folder, c->path)) {
			d->changes[kept++] = *c;
			continue;
		}
		apply(&d->safe, c);
		if (c->kind == CHANGE_RENAME && c->node->safe)
			promise(c->node);
		forget(c);
	}
	d->n_changes = kept;
}

static void sync_node(struct disk *d, const struct step *s, struct node *node)
{
	if (node->is_folder) {
		if (s->kind == STEP_SYNC)
			put_names(d, s->path);
		return;
	}
	node->safe = node->data.len;
	promise(node);
	if (!d->strict)
		put_names(d, NULL);
}

void disk_step(struct disk *d, const struct step *s)
{
	struct entry *e = find(&d->seen, s->path);

	if (s->kind == STEP_FOLDER || s->kind == STEP_CREATE)
		make(d, s);
	else if (!e)
		return;
	else if (s->kind == STEP_WRITE)
		buf_put(&e->node->data, s->data.data, s->data.len);
	else if (s->kind == STEP_RENAME)
		replace(d, s, e->node);
	else if (s->kind == STEP_REMOVE)
		change(d, CHANGE_REMOVE, s->path, NULL, NULL);
	else
		sync_node(d, s, e->node);
}

/* The cut */

/* From `from` to `to`, both included; mostly one of both. */
static size_t draw_between(struct chance *c, size_t from, size_t to)
{
	unsigned int how = chance_draw(c, 4);

	if (from == to || how == 0)
		return from;
	return how == 1 ? to : from + chance_draw(c, (unsigned int)(to - from + 1));
}

/* What of a file's bytes is there. */
static void cut_data(const struct node *node, struct chance *c, struct buf *out, struct buf *how,
		     const char *path)
{
	size_t size = draw_between(c, node->safe, node->data.len), from = size, page;
	unsigned int kind = size > node->safe ? chance_draw(c, 4) : 0;

	buf_clear(out);
	buf_put(out, node->data.data, size);
	if (kind == 1)
		from = draw_between(c, node->safe, size);
	else if (kind == 2)
		from = node->safe; /* the size is on the disk, nothing else */
	if (from < size)
		memset(out->data + from, 0, size - from);
	page = kind == 3 ? node->safe + chance_draw(c, (unsigned int)(size - node->safe)) : size;
	page -= page % PAGE; /* one that was not written back, and those around it were */
	for (; kind == 3 && page < size && page % PAGE < PAGE - 1; page++)
		if (page >= node->safe)
			out->data[page] = '\0';
	if (size < node->data.len || kind)
		buf_printf(how, " %s: %zu safe, %zu of %zu, %s %zu;", strrchr(path, '/') + 1,
			   node->safe, size, node->data.len,
			   kind == 3 ? "a page of zeros before" : "zeros from",
			   kind == 3 ? page : from);
}

/* A first part of the changes is there: journals keep their order. */
static void cut_names(struct disk *d, struct chance *c, struct names *left, struct buf *how)
{
	size_t i, most = draw_between(c, 0, d->n_changes);

	copy(left, &d->safe);
	for (i = 0; i < d->n_changes; i++)
		if (i < most)
			apply(left, &d->changes[i]);
	if (most < d->n_changes)
		buf_printf(how, " %zu of %zu changes of names;", most, d->n_changes);
}

/* Folders come before what is in them. */
static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

/* Whether the name's folder is there, or is none of ours. */
static int is_reached(const struct names *names, const char *path)
{
	char *folder = xstrdup(path);
	const struct entry *e;

	*strrchr(folder, '/') = '\0';
	e = find(names, folder);
	free(folder);
	return e && e->node;
}

void disk_cut(struct disk *d, struct chance *c,
	      void (*put)(void *ctx, const char *path, const struct buf *data, int is_folder),
	      void *ctx, struct buf *how)
{
	struct names left = {0};
	struct buf data = {0};
	size_t i;

	cut_names(d, c, &left, how);
	qsort(left.list, left.n, sizeof(*left.list), by_path);
	for (i = 0; i < left.n; i++) {
		struct entry *e = &left.list[i];

		if (!e->node->is_root && !is_reached(&left, e->path)) {
			e->node = NULL;
			continue;
		}
		cut_data(e->node, c, &data, how, e->path);
		if (!e->node->is_root)
			put(ctx, e->path, &data, e->node->is_folder);
	}
	release(&left);
	buf_release(&data);
}

const struct buf *disk_promise(const struct disk *d, const char *path)
{
	const struct entry *e = find(&d->seen, path);

	return e && e->node->has_promised ? &e->node->promised : NULL;
}

int disk_had(const struct disk *d, const char *path, const struct buf *data)
{
	const struct node *node;

	for (node = d->nodes; node; node = node->next)
		if (!strcmp(node->final_name, path) && node->final_len == data->len &&
		    (!data->len || !memcmp(node->data.data, data->data, data->len)))
			return 1;
	return 0;
}
