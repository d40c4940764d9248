/* SPDX-License-Identifier: MIT */
/* Which commands are shown. What a record does not say, no filter believes of it. */
#include "filter.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "catalog.h"
#include "records.h"

#include <limits.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pattern {
	regex_t regex;
};

void filter_release(struct filter *f)
{
	while (f->n_cwds)
		free(f->cwds[--f->n_cwds]);
	free(f->cwds);
	while (f->n_patterns)
		regfree(&f->patterns[--f->n_patterns].regex);
	free(f->patterns);
}

int filter_add_pattern(struct filter *f, const char *text, struct err *err)
{
	int flags = REG_EXTENDED | REG_NOSUB | REG_NEWLINE | (f->ignore_case ? REG_ICASE : 0);
	struct pattern made;
	char why[200];
	int rc = regcomp(&made.regex, text, flags);

	if (rc) {
		regerror(rc, &made.regex, why, sizeof(why));
		return err_set(err, "--grep %s: %s", text, why);
	}
	f->patterns = xrealloc(f->patterns, (f->n_patterns + 1) * sizeof(*f->patterns));
	f->patterns[f->n_patterns++] = made;
	return 0;
}

/* Takes the path over. Slashes at its end are cut off, so that "/" is "". */
static void put_cwd(struct filter *f, char *path)
{
	size_t n = strlen(path);

	while (n && path[n - 1] == '/')
		path[--n] = '\0';
	f->cwds = xrealloc(f->cwds, (f->n_cwds + 1) * sizeof(*f->cwds));
	f->cwds[f->n_cwds++] = path;
}

/* Appends a path without ".", ".." and doubled slashes, as text: what it names may be gone. */
static void put_clean(struct buf *out, const char *path)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && !memcmp(path, "..", 2)) {
			while (out->len && out->data[out->len - 1] != '/')
				out->len--;
			if (out->len)
				out->len--;
		} else if (n && !(n == 1 && *path == '.')) {
			buf_putc(out, '/');
			buf_put(out, path, n);
		}
		path += n + (path[n] == '/');
	}
}

int filter_add_cwd(struct filter *f, const char *dir, struct err *err)
{
	char here[PATH_MAX];
	const char *pwd = getenv("PWD");
	char *real = realpath(dir, NULL);
	struct buf path = {0};

	if (real)
		put_cwd(f, real);
	if (dir[0] != '/') {
		if (!getcwd(here, sizeof(here)))
			return err_sys(err, "find the current directory");
		put_clean(&path, here);
	}
	put_clean(&path, dir);
	put_cwd(f, xstrdup(buf_str(&path)));
	buf_clear(&path);
	/* A shell tells its directory by the links it came through. */
	if (dir[0] != '/' && pwd && pwd[0] == '/') {
		put_clean(&path, pwd);
		put_clean(&path, dir);
		put_cwd(f, xstrdup(buf_str(&path)));
	}
	buf_release(&path);
	return 0;
}

static int is_below(const struct filter *f, const struct record *r)
{
	size_t i;

	for (i = 0; i < f->n_cwds && r->cwd; i++) {
		size_t n = strlen(f->cwds[i]);

		if (r->cwd_len >= n && !memcmp(r->cwd, f->cwds[i], n) &&
		    (r->cwd_len == n || r->cwd[n] == '/'))
			return 1;
	}
	return 0;
}

static int is_matched(const struct filter *f, const struct record *r)
{
	size_t i;

	for (i = 0; i < f->n_patterns && r->cmd; i++)
		if (regexec(&f->patterns[i].regex, r->cmd, 0, NULL, 0) == 0)
			return 1;
	return 0;
}

static int is_agents(const struct folder *folder, const struct record *r)
{
	const struct entry *e = r->session ? catalog_find(folder, r->session) : NULL;

	if (r->agent || (r->src && strcmp(r->src, "shell") != 0 && strcmp(r->src, "argv") != 0 &&
			 strcmp(r->src, "sh-c") != 0))
		return 1;
	return e && e->model;
}

int filter_is_of_session(const struct filter *f, const struct record *r)
{
	return !f->session || (r->session && !strncmp(r->session, f->session, strlen(f->session)));
}

/* A command of which nobody knows when it began is in no span of time. */
static int is_within(const struct filter *f, const struct record *r)
{
	if (!r->has_ts)
		return f->since_us == INT64_MIN && f->until_us == INT64_MAX;
	return r->ts_us >= f->since_us && r->ts_us <= f->until_us;
}

int filter_takes(const struct filter *f, const struct folder *folder, const struct record *r)
{
	if (!is_within(f, r))
		return 0;
	if (f->failed && !record_failed(r))
		return 0;
	if (!filter_is_of_session(f, r))
		return 0;
	if (f->n_cwds && !is_below(f, r))
		return 0;
	if (f->n_patterns && !is_matched(f, r))
		return 0;
	return !f->agent || is_agents(folder, r);
}
