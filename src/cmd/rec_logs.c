/* SPDX-License-Identifier: MIT */
/* A session's files, and the first line of its recording. */
#include "../base/err.h"
#include "../base/io.h"
#include "../base/json.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/writer.h"
#include "rec_private.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

static void choose_state_folder(struct rec *r)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct buf path = {0};

	if (state && state[0] == '/')
		buf_printf(&path, "%s/steno", state);
	else
		buf_printf(&path, "%s/.local/state/steno", home && home[0] == '/' ? home : "/tmp");
	free(r->folder);
	r->folder = xstrdup(buf_str(&path));
	buf_release(&path);
}

static void make_hex(char *out, size_t digits)
{
	unsigned char bytes[64];
	size_t i;

	if (getrandom(bytes, digits / 2, 0) != (ssize_t)(digits / 2))
		bug("no random bytes");
	for (i = 0; i < digits / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* No survey will say why git cannot be asked. */
static int write_why(struct writer *w, const struct rec *r, struct err *err)
{
	struct json *fact = json_new();
	struct buf text = {0};
	int rc;

	json_put_text(fact, "fact", "unreadable");
	json_put_text(fact, "why", r->place.why);
	json_print(fact, &text);
	rc = writer_put_text(w, 0, EVENT_FACT, text.data, text.len, err);
	buf_release(&text);
	json_free(fact);
	return rc;
}

static int write_header(struct rec *r, struct err *err)
{
	struct session *s = &r->session;
	char nested[] = "marks";
	struct header h = {
		.cols = s->size.ws_col,
		.rows = s->size.ws_row,
		.term = getenv("TERM"),
		.start_us = s->start_wall,
		.command = r->text.len ? (char *)r->text.data : NULL,
		.version = 1,
		.session = s->logs.session,
		.id = s->id,
		.steno = xstrdup(STENO_VERSION),
		.root = r->place.root,
		.cwd = s->cwd,
		.shell = s->hooks.shell || !s->text ? (char *)(uintptr_t)r->shell : NULL,
		.hooks = (char *)(uintptr_t)s->hooks.shell,
		.repo = r->place.repo,
		.git_head = r->place.head,
		.git_branch = r->place.branch,
		.model = (char *)(uintptr_t)r->model,
		.profile = (char *)(uintptr_t)r->profile,
		.sandbox = (char *)(uintptr_t)r->sandbox,
		.nested = r->nested ? nested : NULL,
		.parent = r->parent,
	};
	struct writer *w = writer_new(s->logs.cast, 0, err);
	int rc;

	make_hex(s->id, 32);
	rc = w ? writer_put_header(w, &h, err) : -1;
	if (rc == 0 && r->place.why && !r->place.repo)
		rc = write_why(w, r, err);
	free(h.steno);
	writer_free(w);
	return rc;
}

/* A disk may be so full that a file can be made there, but nothing be written. */
static int open_in(struct rec *r, int flags, struct err *err)
{
	struct session *s = &r->session;

	if (logs_open(&s->logs, r->folder, flags, s->start_wall, err) < 0)
		return -1;
	if (write_header(r, err) == 0)
		return 0;
	logs_abandon(&s->logs);
	return -1;
}

int rec_open_logs(struct rec *r, struct err *err)
{
	rec_choose_folder(r);
	if (open_in(r, r->asked ? IO_PARENTS : 0, err) == 0)
		return 0;
	fprintf(stderr, "steno: cannot keep the logs in %s: %s\n", r->folder, err->text);
	choose_state_folder(r);
	if (open_in(r, IO_PARENTS, err) < 0)
		return err_wrap(err, "nor in %s", r->folder);
	fprintf(stderr, "steno: they go to %s instead\n", r->folder);
	return 0;
}
