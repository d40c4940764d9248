/* SPDX-License-Identifier: MIT */
/* From the pty to the recording to the terminal, in this order. Nothing here waits, or
 * allocates. */
#include "holder_private.h"

#include "clock.h"
#include "proc.h"
#include "pty.h"

#include "../base/io.h"
#include "../base/utf8.h"
#include "../tape/event.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	CARRY_US = 50000,  /* a cut character waits so long for its rest */
	QUIET_US = 20000,  /* a pty without any program on it is looked at so often */
	NAME_US = 1000000, /* a name that comes later would stand in the wrong place */
	PID_DIGITS = 9,
	DRAIN_MOST = 4 << 20, /* bytes read after the program's end, if others go on printing */
};

void holder_drop_terminal(struct holder *h)
{
	terminal_use(&h->terminal, -1, -1);
	h->terminal.queue.len = 0;
}

static void show(struct holder *h, const unsigned char *data, size_t n)
{
	if (terminal_write(h->shown, data, n) < 0)
		holder_shown_failed(h, errno);
}

void holder_output(void *ctx, const unsigned char *data, size_t n)
{
	struct holder *h = ctx;

	while (n) { /* a mark that was never ended may be larger than an event can be */
		size_t piece = n > WRITER_CHUNK ? WRITER_CHUNK : n;

		if (piece < n)
			piece -= utf8_cut_tail(data, piece);
		recorder_bytes(&h->recorder, h->now, EVENT_OUTPUT, data, piece);
		show(h, data, piece);
		data += piece;
		n -= piece;
	}
}

/* The pid that a mark of a shell within the shell begins with, as lPID; (nest.h); *used: how much
 * that is. 0: it is the shell's own. */
static pid_t whose_mark(const unsigned char *data, size_t n, size_t *used)
{
	pid_t pid = 0;
	size_t i;

	*used = 0;
	if (!n || data[0] != 'l')
		return 0;
	for (i = 1; i < n && i <= PID_DIGITS && data[i] >= '0' && data[i] <= '9'; i++)
		pid = 10 * pid + (data[i] - '0');
	if (!pid || i + 1 >= n || data[i] != ';')
		return 0;
	*used = i + 1;
	return pid;
}

/* Only a process that lives and has this terminal can have printed it; which is asked when the last
 * one was another's. */
static int is_believed(const struct holder *h, pid_t pid)
{
	return pid == h->inner || (h->s->nested && proc_has_terminal(pid, pty_device(h->master)));
}

/* Of the shell itself. */
static void note_mark(struct holder *h, const unsigned char *data, size_t n)
{
	if (!h->shell_ready)
		hooks_used(&h->s->hooks);
	h->shell_ready = 1;
	holder_count_mark(h, data, n);
}

/* A shell that cannot tell where a command begins, or may be one. */
static int is_by_line(const struct holder *h)
{
	return h->s->hooks.by_line || (h->s->nested && h->s->hooks.shell);
}

static void note_prompt(struct holder *h)
{
	h->keyed = h->entered = 0;
	if (is_by_line(h))
		foreground_prompt(&h->foreground, h->inner ? h->inner : h->pid);
}

/* What the holder knows goes in right behind the letter: d= may be anything up to the end. */
static void put_mark(void *ctx, const unsigned char *data, size_t n)
{
	struct holder *h = ctx;
	int64_t wall;
	size_t used = 1;

	h->mark[0] = (char)data[0];
	if (!h->inner)
		note_mark(h, data, n);
	else
		looker_mark(&h->looker, (char)data[0], h->now);
	input_mark(&h->input, (char)data[0]);
	if (data[0] == 'B')
		note_prompt(h);
	if (data[0] == 'C') {
		wall = clock_wall_us();
		used += (size_t)snprintf(h->mark + used, MARK_STAMP, ";w=%" PRId64, wall);
		h->unnamed[h->next_unnamed++ % UNNAMED] = wall;
		follower_began(&h->follower, h->now);
	} else if (data[0] == 'D' || data[0] == 'A') {
		follower_ended(&h->follower);
	}
	if (h->inner)
		used += (size_t)snprintf(h->mark + used, MARK_STAMP, ";l=%d", (int)h->inner);
	memcpy(h->mark + used, data + 1, n - 1);
	recorder_text(&h->recorder, h->now, EVENT_MARK, h->mark, used + n - 1);
}

/* No shell that is here has printed it. */
static void put_forged(struct holder *h)
{
	recorder_text(&h->recorder, h->now, EVENT_MARK, "F", 1);
}

static void on_mark(void *ctx, const unsigned char *data, size_t n)
{
	struct holder *h = ctx;
	size_t whose;
	pid_t pid = whose_mark(data, n, &whose);

	if (!pid) {
		h->inner = 0;
		longhand_take(&h->longhand, 0, data, n, put_mark, h);
	} else if (is_believed(h, pid)) {
		h->inner = pid;
		longhand_take(&h->inner_longhand, pid, data + whose, n - whose, put_mark, h);
	} else {
		put_forged(h);
	}
}

static const struct scanner_sink scanner_sink = {holder_output, on_mark};

static void scan(struct holder *h, size_t n)
{
	h->carry = utf8_cut_tail(h->bytes, n);
	scanner_put(h->scanner, h->bytes, n - h->carry, &scanner_sink, h);
	memmove(h->bytes, h->bytes + n - h->carry, h->carry);
	h->carry_at = h->now;
}

/* The rest of a cut character did not come: it was none. */
void holder_flush_carry(struct holder *h)
{
	size_t n = h->carry;

	h->carry = 0;
	if (n)
		scanner_put(h->scanner, h->bytes, n, &scanner_sink, h);
}

void holder_close_master(struct holder *h)
{
	holder_flush_carry(h);
	scanner_end(h->scanner, &scanner_sink, h);
	io_close(&h->master);
}

void holder_read(struct holder *h)
{
	ssize_t n = read(h->master, h->bytes + h->carry, HOLDER_READ);

	if (n < 0 && errno == EINTR)
		return;
	h->now = clock_mono_us();
	if (n > 0) {
		scan(h, h->carry + (size_t)n);
		follower_ring(&h->follower, (size_t)n, h->now);
		holder_ring_watcher(h);
		h->drained += h->reaped ? (size_t)n : 0;
	}
	if (h->reaped && (n <= 0 || h->drained > DRAIN_MOST))
		holder_close_master(h);
	else if (n <= 0 && !(n < 0 && errno == EAGAIN))
		h->quiet_till = h->now + QUIET_US;
}

static void note_keys(struct holder *h, int keys, const char *reader)
{
	char mark[32];
	int n = snprintf(mark, sizeof(mark), "K%s", reader);

	if (keys && !h->keyed)
		recorder_text(&h->recorder, h->now, EVENT_MARK, mark, (size_t)n);
	h->keyed |= keys;
}

static void note_lines(struct holder *h, size_t lines, const char *shown, const char *reader)
{
	char mark[48];
	int n = snprintf(mark, sizeof(mark), "R;n=%zu%s%s", lines, shown, reader);

	if (!lines)
		return;
	recorder_text(&h->recorder, h->now, EVENT_MARK, mark, (size_t)n);
	h->keyed = 0;
	h->entered = 1;
}

/* Behind a line that was entered at a prompt, so that a command may run. */
static const char *find_reader(const struct holder *h)
{
	static const char *const keys[] = {
		[FOREGROUND_NOT_KNOWN] = "",
		[FOREGROUND_SHELL] = ";f=1",
		[FOREGROUND_EDITOR] = ";f=2",
	};

	return h->entered ? keys[foreground_reader(&h->foreground, h->master)] : "";
}

/* Where the shell cannot tell where a command begins what is typed does. Before that goes in, since
 * it can change it: who shows it, and who reads it? */
void holder_type(struct holder *h)
{
	int by_line = is_by_line(h);
	const char *shown = by_line && pty_is_quiet(h->master) ? ";q=1" : "";
	const char *reader = by_line ? find_reader(h) : "";
	struct input_typed typed = input_flush(&h->input, h->master);

	if (!by_line)
		return;
	note_keys(h, typed.keys, reader);
	note_lines(h, typed.lines, shown, reader);
	note_keys(h, typed.rest, "");
}

int64_t holder_carry_due(const struct holder *h)
{
	return h->carry ? h->carry_at + CARRY_US : INT64_MAX;
}

void holder_show_failing(struct holder *h)
{
	char line[256];
	int n;

	if (h->recorder.failing == h->told_failing)
		return;
	h->told_failing = h->recorder.failing;
	if (h->recorder.failing)
		n = snprintf(line, sizeof(line),
			     "\r\n[steno: the recording has stopped: %s; the session goes on]\r\n",
			     h->recorder.why);
	else
		n = snprintf(line, sizeof(line), "\r\n[steno: recording again]\r\n");
	terminal_write(h->shown, line, (size_t)n);
}

void holder_name(void *ctx, int64_t began, const char *name)
{
	struct holder *h = ctx;
	size_t i;

	for (i = 0; i < UNNAMED; i++) {
		if (h->unnamed[i] != began)
			continue;
		h->unnamed[i] = 0;
		snprintf(h->name, sizeof(h->name), "%s", name);
		if (clock_wall_us() - began < NAME_US)
			recorder_text(&h->recorder, h->now, EVENT_LABEL, name, strlen(name));
	}
}
