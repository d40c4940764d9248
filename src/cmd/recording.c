/* SPDX-License-Identifier: MIT */
/* A session is looked for first: its name says where, a file's only what. */
#include "recording.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../live/logs.h"
#include "../tape/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_session(struct recording *r, struct err *err)
{
	free(r->name);
	r->name = xstrdup(r->session.name);
	r->is_running = logs_is_running(r->session.cast);
	if (fstat(r->session.cast, &r->stat) < 0)
		return err_sys(err, "look at the recording");
	r->source = source_new(r->session.cast, -1, err);
	return r->source ? 0 : err_wrap(err, "%s", r->name);
}

int recording_open(struct recording *r, const struct session_scope *scope, const char *what,
		   const char *timing, struct err *err)
{
	struct err why = {.code = 0};
	int rc = 1;

	r->name = xstrdup(what);
	r->session.dir = r->session.cast = -1;
	r->number = session_cut_number(r->name);
	if (r->number && !*r->name) {
		free(r->name);
		r->name = xstrdup("last");
	}
	if (timing)
		err_set(&why, "%s: there is no such file", r->name);
	else
		rc = session_find(&r->session, scope, r->name, &why);
	if (!rc)
		return open_session(r, err);
	if (stat(r->name, &r->stat) == 0) {
		r->source = source_open(r->name, timing, err);
		return r->source ? 0 : -1;
	}
	if (rc == 1 && !timing && why.code == ENOENT)
		err_set(&why, "%s: there is no such session or file", r->name);
	if (err)
		*err = why;
	return rc;
}

void recording_release(struct recording *r)
{
	source_free(r->source);
	if (r->session.name)
		session_release(&r->session);
	free(r->name);
	memset(r, 0, sizeof(*r));
}

int recording_allows_raw(int trusted)
{
	fputs("steno: --raw writes what the recorded programs wrote, as it is: on a terminal it "
	      "can do whatever they could\n",
	      stderr);
	if (trusted || !isatty(STDOUT_FILENO))
		return 1;
	fputs("steno: standard output is a terminal: nothing is written without --i-trust-it\n",
	      stderr);
	return 0;
}
