/* SPDX-License-Identifier: MIT */
/* Where the session is, and what git says there: asked by children, which may parse what the front
 * and the holder must not. */
#include "../base/err.h"
#include "../base/io.h"
#include "../live/jail.h"
#include "logdir.h"
#include "rec_private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLACE_MS = 5000, PLACE_MOST = 64 * 1024 };

static void put_field(struct buf *b, const char *text)
{
	buf_put(b, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void write_fact(void *out, const char *fact, size_t n)
{
	int fd = *(const int *)out;

	if (io_write_all(fd, fact, n, NULL, NULL) == 0)
		io_write_all(fd, "\n", 1, NULL, NULL);
}

/* The folder of the logs relative to the root, or NULL if it is not below it. */
static const char *logs_in_root(const struct rec *r)
{
	size_t n = strlen(r->place.root);

	if (!r->folder || strncmp(r->folder, r->place.root, n) != 0 || r->folder[n] != '/')
		return NULL;
	return r->folder + n + 1;
}

void rec_choose_folder(struct rec *r)
{
	struct buf path = {0};

	logdir_choose(r->place.root, r->asked, r->user_dir, &path);
	free(r->folder);
	r->folder = xstrdup(buf_str(&path));
	buf_release(&path);
}

/* In a child: says where we are (six NUL-ended fields behind their length), then the facts. */
static int survey_begin_child(void *ctx, int in, int out)
{
	struct rec *r = ctx;
	struct buf fields = {0};
	unsigned int n;

	(void)in;
	jail_enter(-1);
	place_find(&r->place, r->session.cwd);
	if (!r->asked)
		r->user_dir = place_user_config("steno.logDir");
	put_field(&fields, r->place.root);
	put_field(&fields, r->place.repo);
	put_field(&fields, r->place.head);
	put_field(&fields, r->place.branch);
	put_field(&fields, r->place.why);
	put_field(&fields, r->user_dir);
	n = (unsigned int)fields.len;
	if (io_write_all(out, &n, sizeof(n), NULL, NULL) < 0 ||
	    io_write_all(out, fields.data, fields.len, NULL, NULL) < 0)
		return 1;
	if (!r->place.repo)
		return 0;
	rec_choose_folder(r);
	return survey_begin(&r->place, logs_in_root(r), r->state, r->session.start_wall, write_fact,
			    &out, NULL) < 0;
}

int rec_survey_end(void *ctx, int in, int out)
{
	struct rec *r = ctx;

	(void)in;
	jail_enter(-1);
	return survey_end(&r->place, logs_in_root(r), r->state, r->session.start_wall, write_fact,
			  &out, NULL) < 0;
}

int rec_look(void *ctx, int in, int out)
{
	struct rec *r = ctx;
	const struct look_plan *plan = &r->session.look_plan;
	struct survey_look look = {.begun = r->state,
				   .state = r->look_state,
				   .since_us = plan->since_us,
				   .until_us = plan->until_us,
				   .wall_us = plan->wall_us,
				   .clock_was_set = plan->clock_was_set};

	(void)in;
	jail_enter(-1);
	return survey_look(&r->place, logs_in_root(r), &look, write_fact, &out, NULL) < 0;
}

/* n bytes from a pipe that does not block, or -1 when they do not come. */
static int read_exactly(int fd, void *data, size_t n)
{
	char *p = data;
	size_t at = 0;

	while (at < n) {
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		ssize_t got = read(fd, p + at, n - at);

		if (got > 0)
			at += (size_t)got;
		else if (got == 0 || (errno != EAGAIN && errno != EINTR))
			return -1;
		else if (errno == EAGAIN && poll(&poll_fd, 1, PLACE_MS) <= 0)
			return -1;
	}
	return 0;
}

static char *take_field(char **at, const char *end)
{
	char *from = *at;
	size_t n = strnlen(from, (size_t)(end - from));

	*at = from + n < end ? from + n + 1 : from + n;
	return n ? xstrdup(from) : NULL;
}

static int hear_place(struct rec *r)
{
	char fields[PLACE_MOST + 1], *at = fields;
	unsigned int n = 0;

	if (read_exactly(r->session.survey.out, &n, sizeof(n)) < 0 || n > PLACE_MOST ||
	    read_exactly(r->session.survey.out, fields, n) < 0)
		return -1;
	fields[n] = '\0';
	r->place.root = take_field(&at, fields + n);
	r->place.repo = take_field(&at, fields + n);
	r->place.head = take_field(&at, fields + n);
	r->place.branch = take_field(&at, fields + n);
	r->place.why = take_field(&at, fields + n);
	r->user_dir = take_field(&at, fields + n);
	return r->place.root ? 0 : -1;
}

void rec_find_place(struct rec *r)
{
	const int keep[] = {r->state};
	struct err err;

	if (child_start(&r->session.survey, "steno-survey", survey_begin_child, r, keep, 1, &err) ==
		    0 &&
	    hear_place(r) == 0)
		return;
	if (r->session.survey.pid > 0)
		kill(r->session.survey.pid, SIGKILL);
	child_close(&r->session.survey);
	place_release(&r->place);
	r->place.root = xstrdup(r->session.cwd);
	r->place.why = xstrdup("the survey of the repository failed");
}
