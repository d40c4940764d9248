/* SPDX-License-Identifier: MIT */
/* What a command changed. git is asked at a session's beginning and end only, so that this is known
 * where the command is the session: where one program was recorded. */
#include "show.h"

#include "../base/json.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "print.h"

#include <inttypes.h>
#include <string.h>

enum { TOLD = 40 }; /* files and commits */

static void add(struct show_changes *c, const char *what, const char *name)
{
	if (!name || c->count++ >= TOLD)
		return;
	buf_puts(&c->list, what);
	buf_putc(&c->list, ' ');
	buf_puts(&c->list, name);
	buf_putc(&c->list, '\n');
}

/* What was cut is one of ours. */
static int is_list(const char *what)
{
	return what && (!strcmp(what, "files changed") || !strcmp(what, "commits"));
}

void show_changes_put(struct show_changes *c, const struct event *e)
{
	struct json *j = e->code == EVENT_FACT ? json_parse(e->data, e->len, NULL) : NULL;
	const char *fact = j ? json_get_text(j, "fact") : NULL;

	if (!fact)
		;
	else if (!strcmp(fact, "created") || !strcmp(fact, "edited") || !strcmp(fact, "removed"))
		add(c, fact, json_get_text(j, "path"));
	else if (!strcmp(fact, "commit"))
		add(c, "committed", json_get_text(j, "subject"));
	else if (!strcmp(fact, "limit"))
		c->is_cut |= is_list(json_get_text(j, "what"));
	else if (!strcmp(fact, "unreadable"))
		c->is_unreadable = 1;
	else if (!strcmp(fact, "ended"))
		c->is_known = 1;
	json_free(j);
}

static void put_list(const struct show_changes *c, const char *session, struct buf *out)
{
	size_t at = 0;

	while (at < c->list.len) {
		const unsigned char *p = c->list.data + at;
		size_t n = (size_t)((const unsigned char *)memchr(p, '\n', c->list.len - at) - p);

		if (at)
			show_put_title(out, "");
		print_text(out, p, n);
		buf_putc(out, '\n');
		at += n + 1;
	}
	if (c->count <= TOLD && !c->is_cut)
		return;
	show_put_title(out, "");
	buf_puts(out, "and more: ");
	print_text(out, session, strlen(session));
	buf_puts(out, " as a whole tells it\n");
}

static const char *why_unknown(const struct show_changes *c, const struct header *h, int flags)
{
	if (!h->repo)
		return "it ran in no git repository";
	if (c->is_unreadable)
		return "git could not be asked";
	if (!(flags & SHOW_CHANGES_ALL))
		return "git is asked at a session's beginning and end only";
	return "git was not asked at the session's end";
}

void show_put_changes(struct buf *out, const struct show_changes *c, const char *session,
		      const struct header *h, int flags)
{
	show_put_title(out, "Changed:");
	if (!(flags & SHOW_CHANGES_ALL) || !c->is_known || c->is_unreadable)
		buf_printf(out, "unknown: %s\n", why_unknown(c, h, flags));
	else if (!c->count)
		buf_puts(out, "nothing\n");
	else
		put_list(c, session, out);
}

void show_changes_release(struct show_changes *c)
{
	buf_release(&c->list);
}
