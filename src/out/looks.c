/* SPDX-License-Identifier: MIT */
/* What a look found is known when it is whole; then each find's time is held against those of the
 * commands. The recording may be anybody's: numbers are checked, lists are bounded. */
#include "looks.h"

#include "../base/json.h"
#include "../story/story.h"
#include "../tape/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SLACK_US = 20000,  /* files are stamped by a clock that is behind */
	LAG_US = 1000000,  /* a mark is read so late at most, whatever the load */
	MOST_FINDS = 4000, /* more than a look tells */
	MOST_TOLD = 20,	   /* of a kind in a sentence */
	HEX = 10,	   /* digits of a commit's name */
};

static const int64_t latest = (int64_t)1 << 53;

void looks_release(struct looks *l)
{
	free(l->runs);
	free(l->finds);
	buf_release(&l->text);
	buf_release(&l->why);
	memset(l, 0, sizeof(*l));
}

void looks_started(struct looks *l, const struct command *c)
{
	int64_t earliest = c->start_us - LAG_US;

	if (earliest < c->earliest_us)
		earliest = c->earliest_us < c->start_us ? c->earliest_us : c->start_us;
	if (l->n_runs == l->cap_runs) {
		l->cap_runs = l->cap_runs ? l->cap_runs * 2 : 16;
		l->runs = xrealloc(l->runs, l->cap_runs * sizeof(*l->runs));
	}
	l->runs[l->n_runs++] = (struct looks_run){c->seq, earliest, c->start_us, INT64_MAX};
}

void looks_ended(struct looks *l, const struct command *c)
{
	size_t i;

	for (i = 0; i < l->n_runs; i++)
		if (l->runs[i].seq == c->seq && c->end_us >= 0)
			l->runs[i].end_us = c->end_us;
}

/* Those that had ended before the last look are not the next one's. */
static void forget_runs(struct looks *l)
{
	size_t i, kept = 0;

	for (i = 0; i < l->n_runs; i++)
		if (l->runs[i].end_us >= l->until_us - SLACK_US)
			l->runs[kept++] = l->runs[i];
	l->n_runs = kept;
}

static void begin_look(struct looks *l)
{
	if (!l->is_told)
		return;
	forget_runs(l);
	l->is_told = 0;
	l->n = 0;
	l->left_out = 0;
	buf_clear(&l->text);
}

/* Whose time it was */

static int overlaps(const struct looks_run *r, const struct looks_find *f)
{
	return r->earliest_us <= f->till && r->end_us >= f->from;
}

static int covers(const struct looks_run *r, const struct looks_find *f)
{
	if (f->is_stamped)
		return r->start_us <= f->till && r->end_us >= f->from;
	return r->start_us <= f->from + SLACK_US && r->end_us >= f->till - SLACK_US;
}

static void find_who(const struct looks *l, struct looks_find *f)
{
	struct looks_who *who = &f->who;
	int covered = 0;
	size_t i;

	memset(who, 0, sizeof(*who));
	for (i = 0; i < l->n_runs; i++) {
		if (!overlaps(&l->runs[i], f))
			continue;
		if (who->n < LOOKS_NAMED)
			who->named[who->n] = l->runs[i].seq;
		who->n++;
		covered |= covers(&l->runs[i], f);
	}
	who->nobody = !covered;
}

/* Facts */

static int64_t get_time(const struct json *fact, const char *key)
{
	int64_t us = json_get_int(fact, key, -1);

	return us > latest ? -1 : us;
}

/* The bounds as far as the fact has them; the look's own come when it is whole. */
static void add(struct looks *l, const struct json *fact, const char *how, const char *text_key,
		int64_t now)
{
	const char *oid = json_get_text(fact, "oid");
	struct looks_find *f;
	const char *text;
	size_t n = 0;

	if (l->n == MOST_FINDS) {
		l->left_out++;
		return;
	}
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 16;
		l->finds = xrealloc(l->finds, l->cap * sizeof(*l->finds));
	}
	f = &l->finds[l->n++];
	*f = (struct looks_find){.how = how, .text = l->text.len};
	text = json_get_bytes(fact, text_key, &n);
	if (text)
		buf_put(&l->text, text, n);
	f->n = l->text.len - f->text;
	snprintf(f->oid, sizeof(f->oid), "%s", oid ? oid : "");
	f->from = get_time(fact, "at");
	f->till = get_time(fact, "till");
	f->born = get_time(fact, "born");
	f->is_stamped = f->from >= 0 && f->till < 0;
	if (f->till < 0)
		f->till = f->from;
	f->till = f->till < 0 ? now : f->till + SLACK_US;
}

static void add_change(struct looks *l, const struct json *fact, int64_t now)
{
	static const char *const words[] = {"created", "edited", "removed"};
	const char *how = json_get_text(fact, "how");
	size_t i;

	for (i = 0; how && i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(how, words[i]))
			add(l, fact, words[i], "path", now);
}

static void finish_look(struct looks *l, const struct json *fact)
{
	size_t i;

	l->since_us = get_time(fact, "since");
	l->until_us = get_time(fact, "until");
	for (i = 0; i < l->n; i++) {
		if (l->finds[i].from < 0)
			l->finds[i].from = l->since_us;
		find_who(l, &l->finds[i]);
	}
	l->is_told = 1;
}

static void go_blind(struct looks *l, const struct json *fact)
{
	const char *why = json_get_text(fact, "why");

	l->n = 0;
	l->is_told = 1;
	buf_clear(&l->why);
	buf_puts(&l->why, why ? why : "");
}

static enum looks_news put(struct looks *l, const struct json *fact, const char *name, int64_t now)
{
	const char *what = json_get_text(fact, "what");

	begin_look(l);
	if (!strcmp(name, "moved")) {
		add(l, fact, "moved", "branch", now);
	} else if (!strcmp(name, "made")) {
		add(l, fact, "made", "subject", now);
	} else if (!strcmp(name, "changed")) {
		add_change(l, fact, now);
	} else if (!strcmp(name, "limit") && what && !strcmp(what, "files that commands changed")) {
		l->left_out += json_get_int(fact, "left_out", 0) & INT32_MAX;
	} else if (!strcmp(name, "looked")) {
		finish_look(l, fact);
		return LOOKS_LOOKED;
	} else if (!strcmp(name, "blind")) {
		go_blind(l, fact);
		return LOOKS_BLIND;
	}
	return LOOKS_NOTHING;
}

enum looks_news looks_put(struct looks *l, const struct event *e)
{
	struct json *fact = e->code == EVENT_FACT ? json_parse(e->data, e->len, NULL) : NULL;
	const char *name = fact ? json_get_text(fact, "fact") : NULL;
	enum looks_news news = name ? put(l, fact, name, e->at_us) : LOOKS_NOTHING;

	json_free(fact);
	return news;
}

static const struct looks_run *find_run(const struct looks *l, uint32_t seq)
{
	size_t i;

	for (i = 0; i < l->n_runs; i++)
		if (l->runs[i].seq == seq)
			return &l->runs[i];
	return NULL;
}

int looks_knows(const struct looks *l, uint32_t seq)
{
	const struct looks_run *r = find_run(l, seq);

	return r && r->start_us <= l->until_us && r->end_us >= l->since_us;
}

int looks_ran(const struct looks *l, const struct looks_find *f, uint32_t seq)
{
	const struct looks_run *r = find_run(l, seq);

	return r && overlaps(r, f);
}

int looks_ran_before(const struct looks *l, const struct looks_find *f, uint32_t seq)
{
	const struct looks_run *r = f->is_stamped ? find_run(l, seq) : NULL;

	return r && !overlaps(r, f) && r->earliest_us < f->from && r->end_us >= l->since_us &&
	       r->end_us >= f->born;
}

/* In words */

void looks_tell_who(const struct looks_who *who, struct buf *out)
{
	size_t named = who->n < LOOKS_NAMED ? who->n : LOOKS_NAMED, more = who->n - named, i;
	size_t parts = named + (more > 0) + (who->nobody > 0);

	if (!who->n) {
		buf_puts(out, "no command");
		return;
	}
	for (i = 0; i < parts; i++) {
		buf_puts(out, !i ? "command " : i + 1 == parts ? " or " : ", ");
		if (i < named)
			buf_put_number(out, who->named[i]);
		else if (i == named && more)
			buf_printf(out, "one of %zu more", more);
		else
			buf_puts(out, "none");
	}
}

static void put_oid(const struct looks_find *f, const struct looks_form *form, struct buf *out)
{
	size_t n = strlen(f->oid);

	if (n)
		form->code(out, (const unsigned char *)f->oid, n < HEX ? n : HEX);
	else
		buf_puts(out, "no commit");
}

/* f->n bytes; without any there may be no text at all. */
static const unsigned char *text_of(const struct looks *l, const struct looks_find *f)
{
	return f->n ? l->text.data + f->text : (const unsigned char *)"";
}

void looks_tell_find(const struct looks *l, const struct looks_find *f,
		     const struct looks_form *form, struct buf *out)
{
	const unsigned char *text = text_of(l, f);

	if (!strcmp(f->how, "moved")) {
		buf_puts(out, "HEAD moved to ");
		put_oid(f, form, out);
		buf_puts(out, f->n ? " on " : ", no branch");
		if (f->n)
			form->code(out, text, f->n);
	} else if (!strcmp(f->how, "made")) {
		buf_puts(out, "commit ");
		put_oid(f, form, out);
		buf_putc(out, ' ');
		form->plain(out, text, f->n);
	} else {
		buf_printf(out, "%s ", f->how);
		form->code(out, text, f->n);
	}
}

static int is_same_who(const struct looks_who *a, const struct looks_who *b)
{
	return a->n == b->n && a->nobody == b->nobody &&
	       !memcmp(a->named, b->named, sizeof(a->named));
}

/* Of those with this who, from the i-th on, those of one kind as "created `a`, `b`". */
static void tell_kind(const struct looks *l, size_t i, const char *how, const struct looks_who *who,
		      const struct looks_form *form, struct buf *out)
{
	size_t told = 0, more = 0;

	for (; i < l->n; i++) {
		const struct looks_find *f = &l->finds[i];

		if (strcmp(f->how, how) != 0 || !is_same_who(who, &f->who))
			continue;
		if (told++ >= MOST_TOLD) {
			more++;
			continue;
		}
		if (told > 1)
			buf_puts(out, ", ");
		if (told == 1 || f->oid[0])
			looks_tell_find(l, f, form, out);
		else
			form->code(out, text_of(l, f), f->n);
	}
	if (more)
		buf_printf(out, " and %zu more", more);
}

static void tell_group(const struct looks *l, size_t first, const struct looks_form *form,
		       struct buf *out)
{
	static const char *const kinds[] = {"created", "edited", "removed", "moved", "made"};
	const struct looks_who *who = &l->finds[first].who;
	size_t i, mark, told = 0;

	buf_puts(out, "While ");
	looks_tell_who(who, out);
	buf_puts(out, " ran: ");
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		mark = out->len;
		if (told)
			buf_puts(out, "; ");
		tell_kind(l, first, kinds[i], who, form, out);
		if (out->len > mark + (told ? 2 : 0))
			told++;
		else
			out->len = mark;
	}
	buf_putc(out, '.');
}

/* Has a find before this one the same who? */
static int is_told(const struct looks *l, size_t i)
{
	const struct looks_who *who = &l->finds[i].who;

	while (i--)
		if (is_same_who(who, &l->finds[i].who))
			return 1;
	return 0;
}

void looks_tell(const struct looks *l, const struct looks_form *form, struct buf *out)
{
	size_t i, before = out->len;

	for (i = 0; i < l->n; i++) {
		if (is_told(l, i))
			continue;
		if (out->len > before)
			buf_putc(out, ' ');
		tell_group(l, i, form, out);
	}
	if (!l->left_out)
		return;
	if (out->len > before)
		buf_putc(out, ' ');
	buf_put_number(out, l->left_out);
	buf_puts(out, " more changes were not listed.");
}
