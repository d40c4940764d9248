/* SPDX-License-Identifier: MIT */
/* Layout: "steno state\n", gitdir NUL, head NUL, branch NUL, the cut flag as one byte; then for
 * each path its struct shape, the path, NUL; and "end" NUL in place of a last shape, so that a
 * state that was half written is told from a whole one. */
#include "state.h"

#include "../base/err.h"
#include "../base/io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[] = "steno state\n";
static const char end_mark[] = "end";

enum { STATE_MAX = 512 << 20 };

static void put_text(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text) + 1);
}

void state_put_head(struct buf *b, const char *gitdir, const char *head, const char *branch,
		    int cut)
{
	buf_puts(b, magic);
	put_text(b, gitdir);
	put_text(b, head ? head : "");
	put_text(b, branch ? branch : "");
	buf_putc(b, cut != 0);
}

void state_put_path(struct buf *b, const char *path, const struct shape *shape)
{
	buf_put(b, shape, sizeof(*shape));
	put_text(b, path);
}

int state_write(int fd, const struct buf *b, struct err *err)
{
	if (lseek(fd, 0, SEEK_SET) < 0 || ftruncate(fd, 0) < 0)
		return err_sys(err, "empty the state");
	if (io_write_all(fd, b->data, b->len, NULL, err) < 0 ||
	    io_write_all(fd, end_mark, sizeof(end_mark), NULL, err) < 0)
		return err_wrap(err, "keep the state");
	return 0;
}

/* Takes the NUL-ended text at *at; NULL if it is not ended. */
static const char *take_text(const struct buf *b, size_t *at)
{
	const char *text = (const char *)b->data + *at;
	size_t n = strnlen(text, b->len - *at);

	if (n == b->len - *at)
		return NULL;
	*at += n + 1;
	return text;
}

static int take_paths(struct state *s, size_t at)
{
	size_t cap = 0;

	while (s->bytes.len - at > sizeof(end_mark)) {
		struct state_path *p;

		if (s->bytes.len - at < sizeof(struct shape))
			return -1;
		if (s->n == cap) {
			cap = cap ? cap * 2 : 64;
			s->paths = xrealloc(s->paths, cap * sizeof(*s->paths));
		}
		p = &s->paths[s->n];
		memcpy(&p->shape, s->bytes.data + at, sizeof(p->shape));
		at += sizeof(p->shape);
		p->path = take_text(&s->bytes, &at);
		if (!p->path)
			return -1;
		s->n++;
	}
	return s->bytes.len - at == sizeof(end_mark) &&
			       memcmp(s->bytes.data + at, end_mark, sizeof(end_mark)) == 0
		       ? 0
		       : -1;
}

static int take_all(struct state *s)
{
	size_t at = sizeof(magic) - 1;

	if (s->bytes.len < at || memcmp(s->bytes.data, magic, at) != 0)
		return -1;
	s->gitdir = take_text(&s->bytes, &at);
	s->head = s->gitdir ? take_text(&s->bytes, &at) : NULL;
	s->branch = s->head ? take_text(&s->bytes, &at) : NULL;
	if (!s->branch || at >= s->bytes.len)
		return -1;
	s->cut = s->bytes.data[at];
	return take_paths(s, at + 1);
}

int state_read(struct state *s, int fd, struct err *err)
{
	struct stat st;
	ssize_t n;

	*s = (struct state){0};
	if (fstat(fd, &st) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, "read the state");
	if (st.st_size > STATE_MAX)
		return err_set(err, "read the state: too large");
	buf_reserve(&s->bytes, (size_t)st.st_size + 1);
	n = io_read_full(fd, s->bytes.data, (size_t)st.st_size);
	if (n < 0)
		return err_sys(err, "read the state");
	s->bytes.len = (size_t)n;
	if (take_all(s) < 0)
		return err_set(err, "what was there when the session began is not known");
	return 0;
}

static int against(const void *key, const void *member)
{
	const struct state_path *p = member;

	return strcmp(key, p->path);
}

const struct shape *state_find(const struct state *s, const char *path)
{
	const struct state_path *p =
		s->n ? bsearch(path, s->paths, s->n, sizeof(*s->paths), against) : NULL;

	return p ? &p->shape : NULL;
}

void state_release(struct state *s)
{
	free(s->paths);
	buf_release(&s->bytes);
	*s = (struct state){0};
}
