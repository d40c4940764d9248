/* SPDX-License-Identifier: MIT */
/* A typescript of script(1): the bytes of the session, with a line of script's own before and one
 * behind, and a timing file that says when how many of them came (timing.h). What the timing does
 * not tell of comes last, all at once; without a timing that is everything.
 * term-utils/script.c of util-linux for what the lines look like. */
#include "source_private.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "event.h"
#include "lines.h"
#include "timing.h"
#include "window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BANNER_LONGEST = 8192, TRAILER_LONGEST = 512, NUMBER_TEXT = 12 };

static const char begun[] = "Script started on ", done[] = "\nScript done on ";

struct typescript {
	struct source base;
	struct window data;
	int64_t end; /* where script's last line begins, or the file's end */
	int has_timing;
	struct lines timing;
	uint64_t left; /* bytes of the line of the timing that is being given */
	char code;     /* what they are */
	int input_elsewhere;
	int timing_ended, over;
	int64_t clock_us;
	char size[SOURCE_SIZE_TEXT], status[NUMBER_TEXT];
};

static char *copy(const char *from, const char *to)
{
	char *out = xmalloc((size_t)(to - from) + 1);

	memcpy(out, from, (size_t)(to - from));
	out[to - from] = '\0';
	return out;
}

static const char *last_of(const char *text, const char *what)
{
	const char *at = NULL, *p = text;

	for (; (p = strstr(p, what)); p++)
		at = p;
	return at;
}

/* What stands between the last `key` and the next quote. NULL if there is none. */
static char *attribute(const char *line, const char *key)
{
	const char *at = last_of(line, key), *end;

	if (!at)
		return NULL;
	at += strlen(key);
	end = strchr(at, '"');
	return end ? copy(at, end) : NULL;
}

/* The command may have quotes in it: it ends where the next attribute begins. */
static char *command_of(const char *line)
{
	static const char *const ends[] = {"\" TERM=\"", "\" <", "\"]"};
	static const char key[] = "[COMMAND=\"";
	const char *at = strstr(line, key);
	size_t i;

	for (i = 0; at && i < sizeof(ends) / sizeof(*ends); i++) {
		const char *end = last_of(at + sizeof(key) - 1, ends[i]);

		if (end)
			return copy(at + sizeof(key) - 1, end);
	}
	return NULL;
}

static int take_size(const char *text, int fallback)
{
	long size = text ? strtol(text, NULL, 10) : 0;

	return size < 1 || size > 1000 ? fallback : (int)size;
}

/* "2026-11-23 04:41:24+00:00", as script says it: microseconds since 1970, or 0. */
static int64_t take_date(const char *text)
{
	struct tm tm = {0};
	int hours = 0, minutes = 0;
	char sign = '+';
	int64_t us;

	if (sscanf(text, "%4d-%2d-%2d%*1[ T]%2d:%2d:%2d%c%2d:%2d", &tm.tm_year, &tm.tm_mon,
		   &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &sign, &hours, &minutes) < 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	us = ((int64_t)timegm(&tm) - (sign == '-' ? -1 : 1) * (hours * 60 + minutes) * 60) *
	     1000000;
	return us > 0 ? us : 0;
}

static void replace(char **field, char *text)
{
	if (!text)
		return;
	free(*field);
	*field = text;
}

static void take_banner(struct header *h, const char *line)
{
	char *cols = attribute(line, " COLUMNS=\""), *rows = attribute(line, " LINES=\"");

	h->start_us = take_date(line + sizeof(begun) - 1);
	h->cols = take_size(cols, h->cols);
	h->rows = take_size(rows, h->rows);
	replace(&h->term, attribute(line, " TERM=\""));
	replace(&h->command, command_of(line));
	free(cols);
	free(rows);
}

/* Takes script's first line off. */
static int read_banner(struct typescript *t, struct err *err)
{
	const unsigned char *p, *newline;
	char *line;
	size_t n;

	if (window_get(&t->data, BANNER_LONGEST, &p, &n, err) < 0)
		return -1;
	if (n < sizeof(begun) || memcmp(p, begun, sizeof(begun) - 1) != 0)
		return 0;
	newline = memchr(p, '\n', n);
	if (!newline)
		return 0;
	n = (size_t)(newline - p);
	line = copy((const char *)p, (const char *)newline);
	take_banner(&t->base.header, line);
	free(line);
	window_skip(&t->data, n + 1);
	return 0;
}

static void set_status(struct typescript *t, const char *text)
{
	char *end;
	long status = strtol(text, &end, 10);

	if (end != text && status >= 0 && status <= INT32_MAX)
		snprintf(t->status, sizeof(t->status), "%ld", status);
}

/* Finds script's last line: it has a newline of its own before it, and ends the file. */
static int find_trailer(struct typescript *t, struct err *err)
{
	char tail[TRAILER_LONGEST + 1], *status;
	const char *at;
	struct stat st;
	ssize_t n;

	if (fstat(t->base.fd, &st) < 0)
		return err_sys(err, "look at the typescript");
	t->end = st.st_size;
	n = pread(t->base.fd, tail, TRAILER_LONGEST,
		  st.st_size > TRAILER_LONGEST ? st.st_size - TRAILER_LONGEST : 0);
	if (n < 0)
		return err_sys(err, "read the typescript");
	tail[n] = '\0';
	at = n && tail[n - 1] == '\n' ? memrchr(tail, '\n', (size_t)n - 1) : NULL;
	if (!at || strncmp(at, done, sizeof(done) - 1) != 0)
		return 0;
	t->end = st.st_size - (tail + n - at);
	if (t->end < t->data.at)
		t->end = t->data.at;
	status = attribute(at, "[COMMAND_EXIT_CODE=\"");
	if (status)
		set_status(t, status);
	free(status);
	return 0;
}

/* What the timing file knows of the whole stands in front. */
static void take_info(struct typescript *t, const struct timing *line, char **output, char **input)
{
	struct header *h = &t->base.header;
	char *text = copy((const char *)line->value, (const char *)line->value + line->value_len);

	if (timing_is(line, TIMING_INFO, "COLUMNS"))
		h->cols = take_size(text, h->cols);
	else if (timing_is(line, TIMING_INFO, "LINES"))
		h->rows = take_size(text, h->rows);
	else if (timing_is(line, TIMING_INFO, "START_TIME"))
		h->start_us = take_date(text);
	else if (timing_is(line, TIMING_INFO, "TERM"))
		replace(&h->term, xstrdup(text));
	else if (timing_is(line, TIMING_INFO, "SHELL"))
		replace(&h->shell, xstrdup(text));
	else if (timing_is(line, TIMING_INFO, "COMMAND"))
		replace(&h->command, xstrdup(text));
	else if (timing_is(line, TIMING_INFO, "OUTPUT_LOG"))
		replace(output, xstrdup(text));
	else if (timing_is(line, TIMING_INFO, "INPUT_LOG"))
		replace(input, xstrdup(text));
	free(text);
}

/* The lines before the first that counts bytes. -1 if it is no timing file. */
static int read_infos(struct typescript *t, struct err *err)
{
	char *output = NULL, *input = NULL;
	const unsigned char *p;
	struct timing line;
	size_t n;
	int rc;

	while ((rc = lines_next(&t->timing, &p, &n, err)) == 1) {
		if (timing_parse(&line, p, n) < 0) {
			rc = err_set(err, "not a timing file of script(1)");
			break;
		}
		if (line.kind != TIMING_INFO)
			break;
		lines_done(&t->timing, n + 1);
		take_info(t, &line, &output, &input);
	}
	t->input_elsewhere = output && input && strcmp(output, input) != 0;
	free(output);
	free(input);
	return rc < 0 ? -1 : 0;
}

static void take_signal(struct typescript *t, const struct timing *line)
{
	char *text = copy((const char *)line->value, (const char *)line->value + line->value_len);
	int rows, cols;

	if (timing_is(line, TIMING_SIGNAL, "SIGWINCH") &&
	    sscanf(text, "ROWS=%4d COLS=%4d", &rows, &cols) == 2 &&
	    source_size_text(t->size, cols, rows) == 0)
		t->code = EVENT_RESIZE;
	free(text);
}

static void take_timing(struct typescript *t, const unsigned char *p, size_t n)
{
	struct timing line;

	if (timing_parse(&line, p, n) < 0) {
		t->base.skipped++;
		return;
	}
	t->clock_us = source_later(t->clock_us, line.delta_us);
	if (timing_is(&line, TIMING_INFO, "EXIT_CODE")) {
		char *text =
			copy((const char *)line.value, (const char *)line.value + line.value_len);

		set_status(t, text);
		free(text);
	}
	if (line.kind == TIMING_SIGNAL)
		take_signal(t, &line);
	if (line.kind == TIMING_OUTPUT || (line.kind == TIMING_INPUT && !t->input_elsewhere)) {
		t->left = line.bytes;
		t->code = line.kind == TIMING_OUTPUT ? EVENT_OUTPUT : EVENT_INPUT;
	}
}

/* What comes next: t->code, and t->left of it. 1, 0: nothing, -1. */
static int next_piece(struct typescript *t, struct err *err)
{
	while (!t->timing_ended) {
		const unsigned char *p;
		size_t n;
		int got = lines_next(&t->timing, &p, &n, err);

		if (got < 0)
			return -1;
		if (!got) {
			t->timing_ended = 1;
			t->base.torn |= lines_torn(&t->timing);
			break;
		}
		t->code = 0;
		take_timing(t, p, n);
		lines_done(&t->timing, n + 1);
		if (t->left || t->code == EVENT_RESIZE)
			return 1;
	}
	t->code = EVENT_OUTPUT;
	t->left = t->data.at < t->end ? (uint64_t)(t->end - t->data.at) : 0;
	return t->left > 0;
}

static int give_status(struct typescript *t, struct event *e)
{
	if (t->over || !t->status[0])
		return 0;
	t->over = 1;
	return source_give(&t->base, e, t->clock_us, EVENT_EXIT, t->status, strlen(t->status));
}

static int typescript_next(struct source *s, struct event *e, struct err *err)
{
	struct typescript *t = (struct typescript *)s;

	for (;;) {
		const unsigned char *p;
		size_t n;
		int got = t->left ? 1 : next_piece(t, err);

		if (got < 0)
			return -1;
		if (!got)
			return give_status(t, e);
		if (t->code == EVENT_RESIZE) {
			t->code = 0;
			return source_give(s, e, t->clock_us, EVENT_RESIZE, t->size,
					   strlen(t->size));
		}
		n = t->left < WINDOW_SIZE ? (size_t)t->left : WINDOW_SIZE;
		if (window_get(&t->data, n, &p, &n, err) < 0)
			return -1;
		t->left = n ? t->left - n : 0;
		s->torn |= !n;
		if (!n)
			continue;
		window_skip(&t->data, n);
		s->offset = t->data.at;
		return source_give(s, e, t->clock_us, t->code, p, n);
	}
}

static void typescript_release(struct source *s)
{
	struct typescript *t = (struct typescript *)s;

	if (t->has_timing)
		lines_release(&t->timing);
}

static const struct source_kind typescript_kind = {
	.name = "typescript", .next = typescript_next, .release = typescript_release};

struct source *typescript_new(int fd, int timing, struct err *err)
{
	struct typescript *t = xcalloc(1, sizeof(*t));

	source_init(&t->base, &typescript_kind, fd);
	t->has_timing = timing >= 0;
	t->timing_ended = !t->has_timing;
	window_init(&t->data, fd, 0);
	if (t->has_timing)
		lines_init(&t->timing, timing);
	else
		t->base.note = "there is no timing file: everything comes at once";
	if (read_banner(t, err) < 0 || find_trailer(t, err) < 0 ||
	    (t->has_timing && read_infos(t, err) < 0)) {
		source_free(&t->base);
		return NULL;
	}
	if (!t->has_timing)
		t->base.header.times = xstrdup(t->base.header.start_us > 0 ? "begin" : "none");
	return &t->base;
}
