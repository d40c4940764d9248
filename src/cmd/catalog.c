/* SPDX-License-Identifier: MIT */
/* Which folders there are, and what their recordings say of themselves. Nothing is made or changed
 * here; a folder may be gone at any moment. */
#include "catalog.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../base/json.h"
#include "../live/logs.h"
#include "../out/provenance.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/reader.h"
#include "../tape/words.h"
#include "logdir.h"
#include "registry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ending[] = "-session.cast";

/* Folders */

static int open_folder(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int same_folder(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* Takes over dir; one that is there already is closed. */
static void put_folder(struct catalog *c, const char *path, int dir, int is_here)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		if (same_folder(c->folders[i].dir, dir)) {
			close(dir);
			return;
		}
	}
	c->folders = xrealloc(c->folders, (c->count + 1) * sizeof(*c->folders));
	c->folders[c->count++] =
		(struct folder){.path = xstrdup(path), .dir = dir, .is_here = is_here};
}

/* A path may have become another user's folder since. */
static void put_registered(struct catalog *c)
{
	struct registry registry;
	struct stat st;
	size_t i;

	registry_read(&registry);
	for (i = 0; i < registry.count; i++) {
		int dir = open_folder(registry.folders[i]);

		if (dir >= 0 && fstat(dir, &st) == 0 && st.st_uid == geteuid())
			put_folder(c, registry.folders[i], dir, 0);
		else
			io_close(&dir);
	}
	registry_release(&registry);
}

int catalog_open(struct catalog *c, const char *log_dir, int flags, struct err *err)
{
	struct catalog made = {.is_all = flags & CATALOG_ALL};
	struct buf path = {0};
	int dir, rc = -1;

	if (logdir_find(log_dir, &path, err) < 0)
		goto out;
	dir = open_folder(buf_str(&path));
	if (dir >= 0) {
		put_folder(&made, buf_str(&path), dir, 1);
	} else if (errno != ENOENT && !made.is_all) {
		err_sys(err, "open %s", buf_str(&path));
		goto out;
	}
	if (made.is_all)
		put_registered(&made);
	rc = made.count ? 0 : 1;
	if (made.count)
		*c = made;
	else if (made.is_all)
		err_set(err, "nothing was recorded anywhere: no folder of logs is known");
	else
		err_set(err, "nothing was recorded here: there is no %s%s", buf_str(&path),
			log_dir ? "" : "; --all looks elsewhere, too");
out:
	buf_release(&path);
	return rc;
}

static void release_entry(struct entry *e)
{
	free(e->name);
	free(e->id);
	free(e->root);
	free(e->cwd);
	free(e->model);
}

void catalog_release(struct catalog *c)
{
	size_t i;

	for (; c->count; c->count--) {
		struct folder *f = &c->folders[c->count - 1];

		for (i = 0; i < f->count; i++)
			release_entry(&f->entries[i]);
		free(f->entries);
		free(f->by_name);
		free(f->path);
		io_close(&f->dir);
	}
	free(c->folders);
	c->folders = NULL;
}

/* Sessions */

static int open_cast(const struct folder *f, const char *name)
{
	struct stat st;
	int fd = openat(f->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)))
		io_close(&fd);
	return fd;
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* 0; 1: it is beginning, and has no whole header yet; -1: it cannot be read. */
static int read_entry(const struct folder *f, const char *name, struct entry *e)
{
	int fd = open_cast(f, name);
	const struct header *h;
	struct reader *reader;
	struct err err = {.code = 0};
	int begins;

	if (fd < 0)
		return -1;
	reader = reader_new(fd, &err);
	if (reader) {
		h = reader_header(reader);
		*e = (struct entry){
			.name = xstrdup(name),
			.id = xstrdup(provenance_id(h)),
			.root = copy(h->root),
			.cwd = copy(h->cwd),
			.model = copy(h->model),
			.is_imported = h->imported != NULL,
			.start_us = h->start_us,
			.has_start = header_has_start(h),
			.has_times = header_has_times(h),
		};
		e->name[strlen(name) - strlen(".cast")] = '\0';
	}
	/* without a whole header it is only beginning, or what a power cut left of a beginning */
	begins = !reader && err.code == EAGAIN && logs_is_running(fd);
	reader_free(reader);
	close(fd);
	return reader ? 0 : begins ? 1 : -1;
}

static int newest_first(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? 1 : -1;
	return strcmp(y->name, x->name);
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct entry *const *)a)->name,
		      (*(const struct entry *const *)b)->name);
}

static void sort(struct folder *f)
{
	size_t i;

	if (!f->count)
		return;
	qsort(f->entries, f->count, sizeof(*f->entries), newest_first);
	f->by_name = xcalloc(f->count, sizeof(const struct entry *));
	for (i = 0; i < f->count; i++)
		f->by_name[i] = &f->entries[i];
	qsort(f->by_name, f->count, sizeof(const struct entry *), by_name);
}

static int is_session(const char *name)
{
	size_t n = strlen(name);

	return n >= sizeof(ending) && !strcmp(name + n - (sizeof(ending) - 1), ending);
}

int catalog_list(struct folder *f, struct err *err)
{
	int fd = openat(f->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *file;
	size_t cap = 0;

	if (!d) {
		err_sys(err, "list %s", f->path);
		io_close(&fd);
		return -1;
	}
	while ((file = readdir(d))) {
		int rc;

		if (!is_session(file->d_name))
			continue;
		if (f->count == cap) {
			cap = cap ? cap * 2 : 64;
			f->entries = xrealloc(f->entries, cap * sizeof(*f->entries));
		}
		rc = read_entry(f, file->d_name, &f->entries[f->count]);
		f->count += rc == 0;
		f->unreadable += rc < 0;
	}
	closedir(d);
	sort(f);
	return 0;
}

/* The model in use, as the agent's own log says. */
static void read_context(struct entry *e, const struct event *event)
{
	static const char mark[] = "\"kind\":\"context\"";
	struct words w;
	struct json *j = NULL;

	if (memmem(event->data, event->len, mark, sizeof(mark) - 1))
		j = words_parse(&w, event->data, event->len);
	if (j && w.kind == WORDS_CONTEXT && w.model && !w.name) {
		free(e->model);
		e->model = xstrdup(w.model);
	}
	json_free(j);
}

static void read_end(struct entry *e, const struct event *event)
{
	char digits[16];
	char *end;
	long status;

	if (event->len >= sizeof(digits))
		return;
	memcpy(digits, event->data, event->len);
	digits[event->len] = '\0';
	status = strtol(digits, &end, 10);
	if (end == digits || *end || status < 0 || status > 255)
		return;
	e->has_exit = 1;
	e->exit_status = (int)status;
}

int catalog_measure(const struct folder *f, struct entry *e, struct err *err)
{
	struct buf name = {0};
	struct reader *reader = NULL;
	struct event event;
	struct stat st;
	int fd, rc = -1, running;

	buf_printf(&name, "%s.cast", e->name);
	fd = open_cast(f, buf_str(&name));
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(err, "open %s", buf_str(&name));
		goto out;
	}
	running = logs_is_running(fd);
	reader = reader_new(fd, err);
	if (!reader)
		goto out;
	while ((rc = reader_next(reader, &event, err)) == 1) {
		e->length_us = event.at_us;
		if (event.code == EVENT_EXIT)
			read_end(e, &event);
		else if (event.code == EVENT_WORDS)
			read_context(e, &event);
	}
	e->size = st.st_size;
	e->state = running	    ? SESSION_RUNNING
		   : e->is_imported ? SESSION_IMPORTED
		   : e->has_exit    ? SESSION_ENDED
				    : SESSION_RECOVERED;
out:
	reader_free(reader);
	io_close(&fd);
	buf_release(&name);
	return rc;
}

static int compare_name(const void *name, const void *e)
{
	return strcmp(name, (*(const struct entry *const *)e)->name);
}

const struct entry *catalog_find(const struct folder *f, const char *name)
{
	const struct entry **e;

	if (!f->count)
		return NULL;
	e = bsearch(name, f->by_name, f->count, sizeof(const struct entry *), compare_name);
	return e ? *e : NULL;
}
