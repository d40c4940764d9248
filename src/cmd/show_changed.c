/* SPDX-License-Identifier: MIT */
/* What a command changed: what a look says was changed while it ran; of a program that was recorded
 * as a whole, what its session changed. "Nothing" is said only if all was seen. */
#include "show_changed.h"

#include "../base/json.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "print.h"
#include "show.h"

#include <string.h>

void show_changed_release(struct show_changed *s)
{
	looks_release(&s->looks);
	buf_release(&s->lines);
	buf_release(&s->why);
}

void show_changed_started(struct show_changed *s, const struct command *c)
{
	looks_started(&s->looks, c);
	if (c->seq != s->number)
		return;
	s->end_us = -1;
	s->is_whole = s->header->command && !strcmp(c->src, "argv");
}

void show_changed_ended(struct show_changed *s, const struct command *c)
{
	looks_ended(&s->looks, c);
	if (c->seq != s->number)
		return;
	s->end_us = c->end_us;
	if (s->end_us > s->now_us) /* its beginning was told late */
		s->end_us = s->now_us;
}

static void put_foreign(struct buf *out, const unsigned char *p, size_t n)
{
	print_text(out, p, n);
}

/* Who else it may have been. */
static void put_others(struct buf *out, const struct looks_who *who, uint32_t number)
{
	struct looks_who others = {.n = who->n - 1, .nobody = who->nobody};
	size_t i, n = 0;

	if (!others.n && !others.nobody)
		return;
	for (i = 0; i < LOOKS_NAMED && i < who->n; i++)
		if (who->named[i] != number && n < LOOKS_NAMED)
			others.named[n++] = who->named[i];
	buf_puts(out, " (or while ");
	looks_tell_who(&others, out);
	buf_puts(out, " ran)");
}

static void take_find(struct show_changed *s, const struct looks_find *f)
{
	static const struct looks_form form = {put_foreign, put_foreign};
	struct buf *out = &s->lines;

	if (looks_ran(&s->looks, f, s->number)) {
		looks_tell_find(&s->looks, f, &form, out);
		put_others(out, &f->who, s->number);
		buf_putc(out, '\n');
	} else if (looks_ran_before(&s->looks, f, s->number)) {
		buf_puts(out, "perhaps ");
		looks_tell_find(&s->looks, f, &form, out);
		buf_puts(out, ", which changed again while ");
		looks_tell_who(&f->who, out);
		buf_puts(out, " ran\n");
	}
}

/* A look is about the commands that ran since the one before. */
static void take_look(struct show_changed *s)
{
	const struct looks *l = &s->looks;
	size_t i;

	s->has_looks = 1;
	for (i = 0; i < l->n; i++)
		take_find(s, &l->finds[i]);
	if (!looks_knows(l, s->number))
		return;
	if (l->left_out) {
		buf_puts(&s->lines, "perhaps some of ");
		buf_put_number(&s->lines, l->left_out);
		buf_puts(&s->lines, " more changes that were not listed\n");
	}
	s->is_seen = s->end_us >= 0 && l->until_us >= s->end_us;
}

static void take_session_path(struct show_changed *s, const struct json *fact, const char *how)
{
	const char *path;
	size_t n = 0;

	path = json_get_bytes(fact, "path", &n);
	if (!path)
		return;
	buf_printf(&s->lines, "%s ", how);
	print_text(&s->lines, path, n);
	buf_putc(&s->lines, '\n');
}

static void take_session_commit(struct show_changed *s, const struct json *fact)
{
	const char *oid = json_get_text(fact, "oid"), *subject;
	size_t n = 0;

	subject = json_get_bytes(fact, "subject", &n);
	if (!oid)
		return;
	buf_puts(&s->lines, "commit ");
	print_text(&s->lines, oid, strnlen(oid, 10));
	buf_putc(&s->lines, ' ');
	print_text(&s->lines, subject ? subject : "", n);
	buf_putc(&s->lines, '\n');
}

static void take_session_fact(struct show_changed *s, const struct json *fact, const char *name)
{
	if (!strcmp(name, "head")) {
		s->in_end = 1;
		buf_clear(&s->lines);
	} else if (!s->in_end) {
		return;
	} else if (!strcmp(name, "created") || !strcmp(name, "edited") ||
		   !strcmp(name, "removed")) {
		take_session_path(s, fact, name);
	} else if (!strcmp(name, "commit")) {
		take_session_commit(s, fact);
	} else if (!strcmp(name, "ended")) {
		s->is_seen = 1;
	}
}

static void take_why(struct show_changed *s, const void *why, size_t n)
{
	s->is_hidden = 1;
	buf_clear(&s->why);
	buf_put(&s->why, why, n);
}

static void take_whole(struct show_changed *s, const struct event *e)
{
	struct json *fact = json_parse(e->data, e->len, NULL);
	const char *name = fact ? json_get_text(fact, "fact") : NULL, *why;

	if (name && !strcmp(name, "unreadable")) {
		why = json_get_text(fact, "why");
		take_why(s, why ? why : "", why ? strlen(why) : 0);
	} else if (name) {
		take_session_fact(s, fact, name);
	}
	json_free(fact);
}

void show_changed_fact(struct show_changed *s, const struct event *e)
{
	if (e->code != EVENT_FACT || s->is_seen || s->is_hidden)
		return;
	if (s->is_whole || !s->header->repo) {
		take_whole(s, e);
		return;
	}
	switch (looks_put(&s->looks, e)) {
	case LOOKS_LOOKED:
		take_look(s);
		break;
	case LOOKS_BLIND:
		take_why(s, s->looks.why.data, s->looks.why.len);
		break;
	case LOOKS_NOTHING:
		break;
	}
}

int show_changed_is_complete(const struct show_changed *s)
{
	return s->is_seen || s->is_hidden || !s->header->repo;
}

/* In words */

static void put_unknown(struct buf *out, const struct show_changed *s, const char *session,
			int flags)
{
	if (s->is_hidden) {
		buf_puts(out, "unknown: ");
		print_text(out, s->why.data, s->why.len);
		buf_putc(out, '\n');
	} else if (s->header->imported || !s->header->version) {
		buf_puts(out, "unknown: steno did not record it\n");
	} else if (!s->header->repo) {
		buf_puts(out, "unknown: it ran in no git repository\n");
	} else if (flags & SHOW_CHANGED_RUNNING && s->end_us < 0) {
		buf_puts(out, "not known yet: it is running\n");
	} else if (flags & SHOW_CHANGED_RUNNING) {
		buf_puts(out, "not known yet: nobody has looked at the files since\n");
	} else if (s->has_looks || s->is_whole) {
		buf_puts(out, "unknown: the recording ends before anybody looked\n");
	} else {
		buf_puts(out, "unknown: git was asked at the session's beginning and end only; "
			      "what the session changed says\n");
		show_put_title(out, "");
		buf_puts(out, "`steno show ");
		print_text(out, session, strlen(session));
		buf_puts(out, "`\n");
	}
}

void show_changed_put(struct buf *out, const struct show_changed *s, const char *session, int flags)
{
	const unsigned char *at = s->lines.data, *end = at + s->lines.len;

	show_put_title(out, "Changed:");
	while (at < end) {
		const unsigned char *newline = memchr(at, '\n', (size_t)(end - at));

		if (at > s->lines.data)
			show_put_title(out, "");
		buf_put(out, at, (size_t)(newline - at) + 1);
		at = newline + 1;
	}
	if (s->is_seen && !s->lines.len)
		buf_puts(out, "nothing that git does not ignore\n");
	if (s->is_seen)
		return;
	if (s->lines.len)
		show_put_title(out, "");
	put_unknown(out, s, session, flags);
}
