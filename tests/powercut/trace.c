/* SPDX-License-Identifier: MIT */
/* strace is told to print every string in hex, and with each descriptor its path: a line is then
 * easy to take apart. A call that is interrupted in the output by another process's stands in two
 * lines. */
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char trace_options[] =
	"-f -y -xx -s 16777216 -e signal=none -e "
	"trace=openat,open,creat,mkdir,"
	"mkdirat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,rename,"
	"renameat,"
	"renameat2,unlink,unlinkat,rmdir,link,linkat,fsync,fdatasync,copy_file_range,sendfile";

enum { PIECES = 4, PENDING = 64 };

/* A call: its name, the descriptors' paths and the strings among its arguments, in their order. */
struct call {
	char name[24];
	const char *rest; /* the text of the arguments */
	struct buf paths[PIECES], strings[PIECES];
	size_t n_paths, n_strings;
	int is_deleted; /* a descriptor's file has no name any more */
	long result;
};

struct parser {
	struct trace *trace;
	int (*is_watched)(void *ctx, const char *path);
	void *ctx;
	struct call call;
	struct {
		long pid;
		char *line;
	} pending[PENDING];
};

static void give_up(const char *what, const char *line)
{
	printf("Bail out! trace: %s: %.200s\n", what, line);
	exit(1);
}

static int hex(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* "\x41\x42" up to a byte that is not spelt so. */
static const char *take_hex(const char *at, struct buf *out)
{
	while (at[0] == '\\' && at[1] == 'x') {
		buf_putc(out, (unsigned char)(hex(at[2]) << 4 | hex(at[3])));
		at += 4;
	}
	return at;
}

static const char *take_piece(struct call *c, const char *at)
{
	struct buf *out;

	if (*at == '"' && c->n_strings < PIECES) {
		out = &c->strings[c->n_strings++];
		buf_clear(out);
		at = take_hex(at + 1, out);
		return *at == '"' ? at + 1 : at;
	}
	if (*at == '<' && at[1] == '\\' && c->n_paths < PIECES) {
		out = &c->paths[c->n_paths++];
		buf_clear(out);
		at = take_hex(at + 1, out);
		c->is_deleted |= !strncmp(at, ">(deleted)", 10);
	}
	return at + 1;
}

/* NAME(ARGUMENTS) = RESULT */
static int take_call(struct call *c, const char *line)
{
	const char *open = strchr(line, '('), *end = strrchr(line, '='), *at;

	if (!open || !end || end < open || (size_t)(open - line) >= sizeof(c->name))
		return -1;
	snprintf(c->name, sizeof(c->name), "%.*s", (int)(open - line), line);
	c->n_paths = c->n_strings = 0;
	c->is_deleted = 0;
	c->rest = open;
	c->result = strtol(end + 1, NULL, 0);
	for (at = open; at < end;)
		at = take_piece(c, at);
	return 0;
}

static const char *path(struct call *c, size_t i)
{
	return i < c->n_paths ? buf_str(&c->paths[i]) : "";
}

/* The string i, below the folder i if it is relative; malloc'ed. */
static char *at_folder(struct call *c, size_t i)
{
	const char *name = i < c->n_strings ? buf_str(&c->strings[i]) : "";
	char *full;

	if (name[0] == '/')
		return xstrdup(name);
	if (asprintf(&full, "%s/%s", path(c, i), name) < 0)
		abort();
	return full;
}

/* Takes the path and `to` over. */
static struct step *put(struct parser *p, enum step_kind kind, char *from, char *to)
{
	struct trace *t = p->trace;
	struct step *s;

	if (!p->is_watched(p->ctx, from)) {
		free(from);
		free(to);
		return NULL;
	}
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 256;
		t->steps = xrealloc(t->steps, t->cap * sizeof(*t->steps));
	}
	s = &t->steps[t->n++];
	*s = (struct step){.kind = kind, .path = from, .to = to};
	return s;
}

static void put_write(struct parser *p, const char *line)
{
	struct call *c = &p->call;
	struct step *s = put(p, STEP_WRITE, xstrdup(path(c, 0)), NULL);
	size_t n = (size_t)c->result;

	if (!s)
		return;
	if (!c->n_strings || c->strings[0].len < n)
		give_up("not all that was written is there", line);
	buf_put(&s->data, c->strings[0].data, n);
}

/* open() and its kin have no folder's descriptor in front. */
static void put_by_path(struct parser *p, enum step_kind kind)
{
	const char *name = p->call.n_strings ? buf_str(&p->call.strings[0]) : "";

	if (name[0] == '/')
		put(p, kind, xstrdup(name), NULL);
}

/* The call is none that the model knows, on a file that may be ours; takes the path over. */
static void refuse(struct parser *p, char *full, const char *line)
{
	if (p->is_watched(p->ctx, full))
		give_up("a call that the model does not know", line);
	free(full);
}

static void put_call(struct parser *p, const char *line)
{
	struct call *c = &p->call;
	const char *name = c->name;

	if (!strcmp(name, "openat")) {
		if (strstr(c->rest, "O_TMPFILE"))
			return;
		if (strstr(c->rest, "O_CREAT"))
			put(p, STEP_CREATE, at_folder(c, 0), NULL);
		if (strstr(c->rest, "O_TRUNC"))
			refuse(p, at_folder(c, 0), line);
	} else if (!strcmp(name, "write")) {
		put_write(p, line);
	} else if (!strcmp(name, "mkdirat")) {
		put(p, STEP_FOLDER, at_folder(c, 0), NULL);
	} else if (!strcmp(name, "mkdir")) {
		put_by_path(p, STEP_FOLDER);
	} else if (!strcmp(name, "renameat") || !strcmp(name, "renameat2")) {
		put(p, STEP_RENAME, at_folder(c, 0), at_folder(c, 1));
	} else if (!strcmp(name, "unlinkat")) {
		put(p, STEP_REMOVE, at_folder(c, 0), NULL);
	} else if (!strcmp(name, "unlink") || !strcmp(name, "rmdir")) {
		put_by_path(p, STEP_REMOVE);
	} else if (!strcmp(name, "fsync")) {
		put(p, STEP_SYNC, xstrdup(path(c, 0)), NULL);
	} else if (!strcmp(name, "fdatasync")) {
		put(p, STEP_SYNC_DATA, xstrdup(path(c, 0)), NULL);
	} else if (c->n_strings) {
		refuse(p, at_folder(c, 0), line);
	} else {
		refuse(p, xstrdup(path(c, 0)), line);
	}
}

static void take_line(struct parser *p, const char *line)
{
	if (take_call(&p->call, line) < 0)
		return;
	if (p->call.result >= 0 && !p->call.is_deleted)
		put_call(p, line);
}

/* "<... NAME resumed>REST" behind "NAME(ARGUMENTS <unfinished ...>". */
static void resume(struct parser *p, long pid, const char *rest)
{
	struct buf whole = {0};
	size_t i;

	for (i = 0; i < PENDING; i++) {
		if (!p->pending[i].line || p->pending[i].pid != pid)
			continue;
		buf_puts(&whole, p->pending[i].line);
		buf_puts(&whole, rest);
		take_line(p, buf_str(&whole));
		free(p->pending[i].line);
		p->pending[i].line = NULL;
	}
	buf_release(&whole);
}

static void keep(struct parser *p, long pid, const char *line, size_t n)
{
	size_t i;

	for (i = 0; i < PENDING && p->pending[i].line; i++)
		;
	if (i == PENDING)
		give_up("too many calls at a time", line);
	p->pending[i].pid = pid;
	if (asprintf(&p->pending[i].line, "%.*s", (int)n, line) < 0)
		abort();
}

static void take(struct parser *p, const char *text)
{
	static const char unfinished[] = " <unfinished ...>";
	char *line;
	long pid = strtol(text, &line, 10);
	const char *cut, *resumed;

	line += strspn(line, " ");
	cut = strstr(line, unfinished);
	resumed = strncmp(line, "<... ", 5) ? NULL : strstr(line, " resumed>");
	if (cut)
		keep(p, pid, line, (size_t)(cut - line));
	else if (resumed)
		resume(p, pid, resumed + strlen(" resumed>"));
	else
		take_line(p, line);
}

void trace_read(struct trace *t, const char *file, int (*is_watched)(void *ctx, const char *path),
		void *ctx)
{
	struct parser p = {.trace = t, .is_watched = is_watched, .ctx = ctx};
	FILE *f = fopen(file, "r");
	char *line = NULL;
	size_t cap = 0, i;
	ssize_t n;

	if (!f)
		give_up("cannot be read", file);
	while ((n = getline(&line, &cap, f)) > 0)
		take(&p, line);
	fclose(f);
	free(line);
	for (i = 0; i < PENDING; i++)
		free(p.pending[i].line);
	for (i = 0; i < PIECES; i++) {
		buf_release(&p.call.paths[i]);
		buf_release(&p.call.strings[i]);
	}
}

void trace_release(struct trace *t)
{
	while (t->n) {
		struct step *s = &t->steps[--t->n];

		free(s->path);
		free(s->to);
		buf_release(&s->data);
	}
	free(t->steps);
}
