/* SPDX-License-Identifier: MIT */
/* The same reader, story and comparisons as those that the text files are made and checked by: this
 * only watches what they count, event by event, and says where. */
#include "audit.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../story/mark.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/reader.h"
#include "desk.h"
#include "provenance.h"
#include "scribe.h"
#include "wording.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WATCH_BYTES = 1 << 14, /* between two calls of the watch */
	CLOCK_US = 1000000,    /* the wall clock may be set by as much */
};

/* Of one kind, while the same command runs. */
struct tally {
	uint64_t n, seen;
	int64_t at_us, offset; /* of the first */
};

struct audit {
	const struct scribe *scribe;
	int flags;
	audit_found *found;
	void *ctx;
	struct audit_sum *sum;
	struct desk desk;
	int64_t at_us, offset; /* of the event at hand */
	uint64_t skipped;      /* lines, so far */
	uint64_t backwards;    /* events, so far */
	uint64_t unlisted;     /* commands, so far */
	uint32_t running;      /* the command that the tallies are of */
	struct tally refused[STORY_REFUSALS], unheard;
	int64_t drift_us; /* of the wall clock against the session's own */
	struct buf text;
};

enum { NOTE = 0, GRAVE = 1 };

static void say(struct audit *a, const char *what, int is_grave, int64_t at_us, int64_t offset,
		const char *text)
{
	struct audit_finding f = {what, is_grave, at_us, offset, text};

	if (!header_has_times(reader_header(a->desk.reader)))
		f.at_us = -1;
	a->sum->findings++;
	a->sum->grave += is_grave == GRAVE;
	a->found(a->ctx, &f);
}

static void sayf(struct audit *a, const char *what, int is_grave, int64_t at_us, int64_t offset,
		 const char *format, ...) __attribute__((format(printf, 6, 7)));

static void sayf(struct audit *a, const char *what, int is_grave, int64_t at_us, int64_t offset,
		 const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say(a, what, is_grave, at_us, offset, text);
}

/* The header */

static int is_hex(const char *text, size_t n)
{
	return text && strlen(text) == n && strspn(text, "0123456789abcdef") == n;
}

static void check_header(struct audit *a)
{
	const struct header *h = reader_header(a->desk.reader);

	if (h->version != 1) {
		say(a, "header", GRAVE, -1, 0, "the header is not one of steno's recordings");
		return;
	}
	if (!h->session || strcmp(h->session, a->scribe->session) != 0)
		sayf(a, "header", GRAVE, -1, 0, "the header is that of session %.100s",
		     h->session ? h->session : "(none)");
	if (!is_hex(h->id, 32))
		say(a, "header", GRAVE, -1, 0, "the header has no id of a session");
	if (!header_has_times(h))
		say(a, "no-times", NOTE, -1, -1,
		    "when its commands began and how long they took is not in the recording that "
		    "it was made of");
	else if (h->start_us <= 0)
		say(a, "header", GRAVE, -1, 0, "the header does not say when the session began");
}

/* Marks that were not believed */

static const struct {
	const char *one, *many;
} refusals[] = {
	[STORY_REFUSED_FORM] = {"mark is malformed", "marks are malformed"},
	[STORY_REFUSED_STATE] = {"mark stands where none of its kind can be",
				 "marks stand where none of their kind can be"},
	[STORY_REFUSED_NUMBER] = {"mark has a number that was used before, or none that fits",
				  "marks have numbers that were used before, or none that fit"},
	[STORY_REFUSED_SHELL] = {"mark is of no shell that was at this terminal",
				 "marks are of no shell that was at this terminal"},
	[STORY_REFUSED_SECRET] = {"mark without the session's secret was printed",
				  "marks without the session's secret were printed"},
};

static void end_tally(struct audit *a, struct tally *t, const char *what, const char *one,
		      const char *many)
{
	char by[64] = "outside of any command";

	if (a->running)
		snprintf(by, sizeof(by), "while command %" PRIu32 " ran", a->running);
	if (t->n)
		sayf(a, what, NOTE, t->at_us, t->offset, "%" PRIu64 " %s, %s; nothing was changed",
		     t->n, t->n == 1 ? one : many, by);
	t->n = 0;
}

static void end_tallies(struct audit *a)
{
	int why;

	for (why = 0; why < STORY_REFUSALS; why++)
		end_tally(a, &a->refused[why], "forged-marks", refusals[why].one,
			  refusals[why].many);
	end_tally(a, &a->unheard, "unheard-marks",
		  "mark like those of shells was printed by a command",
		  "marks like those of shells were printed by a command");
}

static void count(struct audit *a, struct tally *t, uint64_t now)
{
	if (now == t->seen)
		return;
	if (!t->n) {
		t->at_us = a->at_us;
		t->offset = a->offset;
	}
	t->n += now - t->seen;
	t->seen = now;
}

static void count_marks(struct audit *a)
{
	int why;

	for (why = 0; why < STORY_REFUSALS; why++)
		count(a, &a->refused[why],
		      story_refused_marks(a->desk.story, (enum story_refusal)why));
	count(a, &a->unheard, story_unheard_marks(a->desk.story));
}

/* Events */

/* The holder says in each C what its wall clock shows; the session's own clock cannot be set. */
static void check_clock(struct audit *a, const struct event *e)
{
	int64_t drift;
	struct mark m;

	if (e->code != EVENT_MARK || mark_parse(&m, e->data, e->len) < 0 || m.wall_us < 0)
		return;
	drift = m.wall_us - reader_header(a->desk.reader)->start_us - e->at_us;
	if (drift < a->drift_us - CLOCK_US)
		say(a, "clock", NOTE, a->at_us, a->offset,
		    "the machine's clock had been set back; durations are not affected");
	else if (drift > a->drift_us + CLOCK_US)
		say(a, "clock", NOTE, a->at_us, a->offset,
		    "the machine's clock had been set on, or the machine had slept; durations are "
		    "not affected");
	else
		return;
	a->drift_us = drift;
}

static void check_unlisted(struct audit *a)
{
	uint64_t now = story_unlisted_commands(a->desk.story), n = now - a->unlisted;

	if (n)
		sayf(a, "unlisted", NOTE, a->at_us, a->offset,
		     "%" PRIu64 " command%s not listed: the shell did not say when %s began", n,
		     n == 1 ? " is" : "s are", n == 1 ? "it" : "they");
	a->unlisted = now;
}

static void check_event(struct audit *a, const struct event *e)
{
	uint64_t skipped = reader_skipped(a->desk.reader);

	if (skipped != a->skipped)
		sayf(a, "damaged", GRAVE, -1, a->offset,
		     "%" PRIu64 " line%s of the recording cannot be read", skipped - a->skipped,
		     skipped - a->skipped == 1 ? "" : "s");
	a->skipped = skipped;
	if (reader_backwards(a->desk.reader) != a->backwards)
		say(a, "time", GRAVE, a->at_us, a->offset, "the time of an event goes back");
	a->backwards = reader_backwards(a->desk.reader);
	check_clock(a, e);
	if (e->code != EVENT_LOST && e->code != EVENT_NOTE)
		return;
	buf_clear(&a->text);
	if (wording_note(&a->text, e))
		say(a, e->code == EVENT_LOST ? "gap" : "repair", NOTE, a->at_us, a->offset,
		    buf_str(&a->text));
}

static void on_ended(void *ctx, const struct command *c)
{
	struct audit *a = ctx;
	static const struct {
		const char *end, *why;
	} reasons[] = {
		{"eof", "its shell ended, or was left, during it"},
		{"lost", "the mark of its end is missing from the recording"},
		{"interrupted", "the recording breaks off while it ran"},
	};
	const char *why = c->marks ? "nothing told it" : "its shell did not tell it";
	size_t i;

	a->sum->commands++;
	if (c->has_exit)
		return;
	a->sum->without_status++;
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (!strcmp(reasons[i].end, c->end))
			why = reasons[i].why;
	if (c->unprompted)
		why = WORDING_UNPROMPTED;
	sayf(a, c->end_us < 0 ? "no-end" : "no-status", NOTE, c->start_us, -1,
	     "command %" PRIu32 " has no %s: %s", c->seq, c->end_us < 0 ? "end" : "exit status",
	     why);
}

static int read_events(struct audit *a, int64_t all, struct err *err)
{
	int64_t watched = 0;
	struct event e;
	int rc;

	for (;;) {
		a->offset = reader_offset(a->desk.reader);
		rc = desk_next(&a->desk, &e, err);
		if (rc <= 0)
			return rc;
		a->at_us = a->sum->length_us = e.at_us;
		check_event(a, &e);
		count_marks(a);
		check_unlisted(a);
		if (story_open(a->desk.story) != a->running) {
			end_tallies(a);
			a->running = story_open(a->desk.story);
		}
		if (!a->scribe->watch || a->offset < watched + WATCH_BYTES)
			continue;
		watched = a->offset;
		if (a->scribe->watch(a->scribe->ctx, watched, all))
			return err_set(err, "interrupted");
	}
}

/* The recording's end */

static void check_end(struct audit *a, int64_t all)
{
	const struct reader *r = a->desk.reader;
	uint64_t skipped = reader_skipped(r) - a->skipped;

	end_tallies(a);
	if (skipped)
		sayf(a, "damaged", GRAVE, -1, reader_offset(r),
		     "%" PRIu64
		     " line%s at the end cannot be read: no event, or its time goes back",
		     skipped, skipped == 1 ? "" : "s");
	if (!header_has_times(reader_header(r)))
		a->sum->length_us = -1;
	a->sum->has_exit = story_exit(a->desk.story, &a->sum->exit_status);
	a->sum->refused = story_forged_marks(a->desk.story);
	if (a->flags & AUDIT_RUNNING)
		return;
	if (reader_torn(r))
		sayf(a, "torn", GRAVE, -1, reader_offset(r),
		     "the recording ends within an event: its last %" PRId64
		     " bytes are no whole one",
		     all - reader_offset(r));
	if (!a->sum->has_exit && reader_header(r)->made_of)
		say(a, "no-exit", NOTE, a->at_us, -1,
		    "how the session ended is not in the recording that it was made of");
	else if (!a->sum->has_exit && !reader_header(r)->imported)
		say(a, "broken-off", GRAVE, a->at_us, reader_offset(r),
		    "the recording breaks off: how the session ended was not recorded");
}

/* Files */

static void check_stat(struct audit *a, const char *name, const struct stat *st)
{
	if (!S_ISDIR(st->st_mode) && !S_ISREG(st->st_mode)) {
		sayf(a, "file", GRAVE, -1, -1, "%.200s is %s", name,
		     S_ISLNK(st->st_mode) ? "a symbolic link" : "no regular file");
		return;
	}
	if (st->st_uid != geteuid())
		sayf(a, "file", GRAVE, -1, -1, "%.200s belongs to another user (%ld)", name,
		     (long)st->st_uid);
	if (S_ISREG(st->st_mode) && st->st_nlink != 1)
		sayf(a, "file", GRAVE, -1, -1, "%.200s has %ld names: it can be changed elsewhere",
		     name, (long)st->st_nlink);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		sayf(a, "file", GRAVE, -1, -1, "others may write to %.200s (mode %04o)", name,
		     (unsigned int)st->st_mode & 07777);
	else if (st->st_mode & (S_IRWXG | S_IRWXO))
		sayf(a, "file", NOTE, -1, -1, "others may read %.200s (mode %04o)", name,
		     (unsigned int)st->st_mode & 07777);
}

/* What is missing is told by the comparisons. */
static void check_file(struct audit *a, const char *name)
{
	struct stat st;

	if (fstatat(a->scribe->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		check_stat(a, name, &st);
}

static void check_files(struct audit *a, const struct stat *cast)
{
	char name[NAME_MAX + 1];
	struct stat st;

	if (fstat(a->scribe->dir, &st) == 0)
		check_stat(a, "the folder of the logs", &st);
	snprintf(name, sizeof(name), "%s.cast", a->scribe->session);
	check_stat(a, name, cast);
	snprintf(name, sizeof(name), "%s.md", a->scribe->session);
	check_file(a, name);
	check_file(a, PROVENANCE_NAME);
}

/* While the session runs the file may be ahead of what was read, or behind. */
static int on_difference(void *ctx, const char *text)
{
	struct audit *a = ctx;
	size_t n = strlen(text), i;
	static const char *const early[] = {"is missing", "belongs to no command"};

	for (i = 0; i < 2 && a->flags & AUDIT_RUNNING; i++)
		if (n > strlen(early[i]) && !strcmp(text + n - strlen(early[i]), early[i]))
			return 0;
	say(a, "provenance", GRAVE, -1, -1, text);
	return 0;
}

static void compare_files(struct audit *a)
{
	struct err err = {.code = 0};
	uint64_t broken;

	if (provenance_audit(a->desk.provenance, on_difference, a, &err) < 0)
		say(a, "provenance", GRAVE, -1, -1, err.text);
	broken = provenance_broken(a->desk.provenance);
	if (broken)
		sayf(a, "torn-lines", NOTE, -1, -1,
		     PROVENANCE_NAME ": %" PRIu64
				     " line%s no record%s, as writes that break off leave",
		     broken, broken == 1 ? " is" : "s are", broken == 1 ? "" : "s");
	if (!(a->flags & AUDIT_RUNNING) && desk_check_page(&a->desk, &err))
		say(a, "transcript", GRAVE, -1, -1, err.text);
}

int audit_run(const struct scribe *s, int flags, audit_found *found, void *ctx,
	      struct audit_sum *sum, struct err *err)
{
	struct audit a = {.scribe = s, .flags = flags, .found = found, .ctx = ctx, .sum = sum};
	struct stat st;
	int rc = -1;

	memset(sum, 0, sizeof(*sum));
	if (fstat(s->cast, &st) < 0)
		return err_sys(err, "look at the recording");
	if (desk_open(&a.desk, s->cast, s->dir, s->session, err) < 0)
		goto out;
	a.desk.ended = on_ended;
	a.desk.ctx = &a;
	sum->bytes = st.st_size;
	check_header(&a);
	if (read_events(&a, st.st_size, err) < 0)
		goto out;
	check_end(&a, st.st_size);
	if (!(flags & AUDIT_RUNNING))
		story_end(a.desk.story);
	check_files(&a, &st);
	compare_files(&a);
	rc = 0;
out:
	desk_close(&a.desk);
	buf_release(&a.text);
	return rc;
}
