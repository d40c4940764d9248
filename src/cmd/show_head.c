/* SPDX-License-Identifier: MIT */
/* The head of a command that is shown, as that of a commit in git. Nothing is guessed: where
 * something is not known it says why. */
#include "show.h"

#include "../base/buf.h"
#include "../out/wording.h"
#include "../base/stamp.h"
#include "../story/story.h"
#include "print.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>

enum { TITLE = 11 }; /* columns of "Directory: " */

static const char no_times[] = "unknown: the recording has no times of commands";

void show_put_title(struct buf *out, const char *title)
{
	buf_printf(out, "%-*s", TITLE, title);
}

/* Further lines stand below the first one. */
static void put_lines(struct buf *out, const struct buf *text)
{
	size_t at = 0;

	while (at < text->len) {
		const unsigned char *p = text->data + at;
		const unsigned char *newline = memchr(p, '\n', text->len - at);
		size_t n = newline ? (size_t)(newline - p) : text->len - at;

		if (at)
			show_put_title(out, "");
		print_text(out, p, n);
		buf_putc(out, '\n');
		at += n + 1;
	}
}

static void put_text(struct buf *out, const struct command *c)
{
	show_put_title(out, "Text:");
	if (c->text_from == COMMAND_TEXT_NONE || !c->text.len) {
		buf_puts(out,
			 c->end ? "unknown: neither the shell's history nor the screen has it\n"
				: "unknown: the shell tells it when the command has ended\n");
		return;
	}
	put_lines(out, &c->text);
	if (c->text_from == COMMAND_TEXT_SCREEN)
		buf_printf(out, "%-*s(as it stood on the screen)\n", TITLE, "");
	if (c->text_cut)
		buf_printf(out, "%-*s(and more: it was too long)\n", TITLE, "");
}

static void put_directory(struct buf *out, const struct command *c)
{
	show_put_title(out, "Directory:");
	if (c->cwd.len)
		print_text(out, c->cwd.data, c->cwd.len);
	else
		buf_puts(out, "unknown: the shell did not tell it");
	buf_putc(out, '\n');
}

static void put_began(struct buf *out, const struct command *c)
{
	char iso[STAMP_ISO_LEN + 1], local[WHEN_LOCAL_LEN + 1];

	show_put_title(out, "Began:");
	if (c->start_wall_us < 0) {
		buf_printf(out, "%s\n", no_times);
		return;
	}
	stamp_iso(c->start_wall_us, iso);
	when_local(c->start_wall_us, local);
	buf_printf(out, "%s (%s)\n", local, iso);
}

static const char *why_unknown(const struct command *c)
{
	if (!c->end)
		return "not known yet: it is running";
	if (!strcmp(c->end, "interrupted"))
		return "unknown: the recording breaks off while it ran";
	if (c->unprompted)
		return "unknown: " WORDING_UNPROMPTED;
	if (!strcmp(c->end, "lost"))
		return "unknown: the mark of its end is missing from the recording";
	if (!strcmp(c->end, "eof"))
		return c->depth ? "unknown: its shell ended, or was left, while it ran"
				: "unknown: the shell ended while it ran";
	return "unknown: the shell did not tell it";
}

static void put_exit(struct buf *out, const struct command *c, int colours)
{
	int on = colours && c->has_exit && c->exit_code;

	show_put_title(out, "Exit:");
	print_colour(out, on, PRINT_BAD);
	if (c->has_exit)
		buf_printf(out, "%d", c->exit_code);
	else
		buf_puts(out, why_unknown(c));
	print_plain(out, on);
	if (c->signal)
		buf_printf(out, " (killed by signal %d)", c->signal);
	if (c->has_exit && c->end && !strcmp(c->end, "eof"))
		buf_puts(out, " (the shell's own: it ended with this command)");
	buf_putc(out, '\n');
}

static void put_inside(struct buf *out, const struct command *c)
{
	if (!c->inside)
		return;
	show_put_title(out, "Ran:");
	wording_inside(out, c);
	buf_putc(out, '\n');
}

/* Who had it run, and what else is not ours to measure. */
static void put_agent(struct buf *out, const struct command *c)
{
	int measured =
		!strcmp(c->src, "shell") || !strcmp(c->src, "argv") || !strcmp(c->src, "sh-c");

	if (!measured) {
		show_put_title(out, "Told by:");
		print_text(out, c->src, strlen(c->src));
		buf_puts(out, "'s own log; nothing of it was measured\n");
	}
	if (c->agent.len) {
		show_put_title(out, "Run by:");
		print_text(out, c->agent.data, c->agent.len);
		if (c->agent_told && c->agent_us >= 0)
			buf_printf(out, ", by whose clock it took %" PRId64 "ms",
				   c->agent_us / 1000);
		buf_putc(out, '\n');
	}
	if (c->call_id.len) {
		show_put_title(out, "Call:");
		print_text(out, c->call_id.data, c->call_id.len);
		buf_putc(out, '\n');
	}
}

static void put_took(struct buf *out, const struct command *c)
{
	show_put_title(out, "Took:");
	if (c->end && command_took(c) >= 0)
		print_span(out, command_took(c));
	else
		buf_puts(out, c->end && c->untimed ? no_times : why_unknown(c));
	buf_putc(out, '\n');
}

void show_put_tail(struct buf *out, const struct command *c, int flags)
{
	buf_putc(out, '\n');
	put_exit(out, c, flags & SHOW_HEAD_COLOURS);
	put_took(out, c);
}

void show_put_head(struct buf *out, const char *session, const struct command *c, int flags)
{
	int colours = flags & SHOW_HEAD_COLOURS;

	print_colour(out, colours, PRINT_NAME);
	buf_puts(out, "command ");
	print_text(out, session, strlen(session));
	buf_printf(out, ":%" PRIu32, c->seq);
	print_plain(out, colours);
	buf_putc(out, '\n');
	put_text(out, c);
	put_directory(out, c);
	put_began(out, c);
	put_inside(out, c);
	put_agent(out, c);
	if (!(flags & SHOW_HEAD_BEGUN)) {
		put_exit(out, c, colours);
		put_took(out, c);
	}
}
