/* SPDX-License-Identifier: MIT */
#include "wording.h"

#include "../base/json.h"
#include "../base/stamp.h"
#include "../story/excerpt.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "transcript.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void wording_count(struct buf *out, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n), i;

	for (i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_putc(out, ',');
		buf_putc(out, (unsigned char)digits[i]);
	}
}

void wording_size(struct buf *out, uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB"};
	uint64_t unit = 1000;
	size_t i = 0;

	if (bytes < 1000) {
		buf_printf(out, "%" PRIu64 " bytes", bytes);
		return;
	}
	while (i < 3 && bytes / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	buf_printf(out, "%" PRIu64 ".%" PRIu64 " %s", bytes / unit, bytes % unit * 10 / unit,
		   units[i]);
}

void wording_time(struct buf *out, int64_t wall_us)
{
	char iso[STAMP_ISO_LEN + 1];

	stamp_iso(wall_us, iso);
	buf_puts(out, iso);
}

void wording_left_out(struct buf *out, const char *session, const struct excerpt_rest *rest,
		      uint32_t seq)
{
	buf_puts(out, "[... ");
	if (rest->lines) {
		wording_count(out, rest->lines);
		buf_puts(out, rest->lines == 1 ? " line (" : " lines (");
		wording_size(out, rest->bytes);
		buf_puts(out, ")");
	} else {
		wording_size(out, rest->bytes);
	}
	if (seq)
		buf_printf(out, " left out; all of it: steno show %s:%" PRIu32 " ...]\n",
			   session ? session : "SESSION", seq);
	else
		buf_puts(out, " left out; all of it is in the recording ...]\n");
}

static void put_lost(struct buf *out, const struct json *j)
{
	const char *why = json_get_text(j, "why");
	int64_t bytes = json_get_int(j, "bytes", -1);

	if (bytes < 0) {
		buf_puts(out, "output");
	} else {
		wording_count(out, (uint64_t)bytes);
		buf_puts(out, bytes == 1 ? " byte of output" : " bytes of output");
	}
	buf_puts(out, " could not be recorded here");
	if (why) {
		buf_puts(out, ": ");
		buf_puts(out, why);
	}
}

int wording_note(struct buf *out, const struct event *e)
{
	struct json *j = json_parse(e->data, e->len, NULL);
	const char *note = j ? json_get_text(j, "note") : NULL;
	size_t before = out->len;

	if (j && e->code == EVENT_LOST)
		put_lost(out, j);
	else if (note)
		buf_puts(out, note);
	json_free(j);
	return out->len > before;
}

const char *wording_times(const struct header *h)
{
	if (header_has_times(h))
		return NULL;
	return header_has_start(h)
		       ? "Of the recording's times only that of its start is known, not those of "
			 "the commands in it."
		       : "The recording has no times: when its commands began and how long they "
			 "took is not known.";
}

void wording_end(struct buf *out, const struct transcript_now *now)
{
	if (now->has_exit)
		buf_printf(out, "The session ended with exit status %d.", now->exit_status);
	else if (now->is_running)
		buf_puts(out, "The session is still running.");
	else
		buf_puts(out, "The recording breaks off here: how the session ended was not "
			      "seen.");
}

void wording_forged(struct buf *out, uint64_t n)
{
	wording_count(out, n);
	buf_puts(out, n == 1 ? " mark of a command's boundary was not believed: forged, replayed "
			       "or out of place."
			     : " marks of commands' boundaries were not believed: forged, "
			       "replayed or out of place.");
}

void wording_unheard(struct buf *out, uint64_t n)
{
	wording_count(out, n);
	buf_puts(out, n == 1 ? " mark like those of shells, printed by a command, changed nothing."
			     : " marks like those of shells, printed by commands, changed "
			       "nothing.");
}

const char *wording_marks(const char *marks)
{
	static const struct {
		const char *marks, *words;
	} table[] = {
		{"inferred", "its beginning inferred"},
		{"none", "where commands begin and end was not seen"},
		{"osc133", "told by the shell itself (OSC 133), not verified"},
		{"osc633", "told by the shell itself (OSC 633), not verified"},
		{"osc3008", "told by the shell itself (OSC 3008), not verified"},
	};
	size_t i;

	for (i = 0; marks && i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(table[i].marks, marks))
			return table[i].words;
	return NULL;
}

void wording_skipped(struct buf *out, uint64_t n)
{
	wording_count(out, n);
	buf_puts(out, n == 1 ? " line of the recording is damaged and was passed over."
			     : " lines of the recording are damaged and were passed over.");
}

/* A shell without hooks may have run any number of commands that nobody told of. */
const char *wording_no_commands(const struct header *h)
{
	return h->hooks || h->command || h->imported
		       ? "No commands were executed."
		       : "Which commands were executed is not known: steno has no "
			 "hooks for this shell.";
}

void wording_inside(struct buf *out, const struct command *c)
{
	buf_printf(out, "inside of command %" PRIu32, c->inside);
	if (c->depth > 1)
		buf_printf(out, ", depth %" PRIu32, c->depth);
}

/* Where a command's streams are its caller's, steno does not see what it prints. */
const char *wording_no_output(const struct command *c)
{
	if (c->holds)
		return "no output but that of the commands inside of it";
	if (strcmp(c->src, "sh-c") != 0 || c->agent_told)
		return c->end ? "no output" : "no output yet";
	return c->on_terminal ? "its output went to the terminal"
			      : "its output went elsewhere, unseen";
}
