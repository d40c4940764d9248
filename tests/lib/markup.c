/* SPDX-License-Identifier: MIT */
#include "markup.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { DEEP = 64, NAME = 24 };

struct dialect {
	const char *elements, *attributes, *empty, *raw;
};

static const struct dialect html = {
	"html head meta title style body header h1 h2 h3 p a code pre span div dl dt dd main "
	"section "
	"details summary ul ol li svg rect form label input output em time footer script noscript",
	"lang charset name content http-equiv class id href title datetime type role hidden for "
	"placeholder autocomplete spellcheck disabled open viewBox preserveAspectRatio aria-hidden "
	"tabindex x y width height html",
	"meta input", "script style"};

static const struct dialect svg = {
	"svg title rect text path",
	"xmlns width height viewBox role font-family font-size fill rx d stroke x y text-anchor "
	"textLength font-weight fill-opacity font-style text-decoration style xml:space version "
	"encoding",
	"", ""};

struct markup {
	const struct dialect *dialect;
	const unsigned char *p, *end;
	char open[DEEP][NAME];
	int depth;
	const char *wrong;
	char at[MARKUP_AT];
};

static void fail(struct markup *m, const char *why)
{
	size_t n = (size_t)(m->end - m->p);

	if (m->wrong)
		return;
	m->wrong = why;
	n = n < MARKUP_AT - 1 ? n : MARKUP_AT - 1;
	memcpy(m->at, m->p, n);
	m->at[n] = '\0';
}

/* Takes it if it comes next. */
static int take(struct markup *m, char c)
{
	if (m->p == m->end || *m->p != (unsigned char)c)
		return 0;
	m->p++;
	return 1;
}

static int is_one_of(const char *word, const char *list)
{
	size_t n = strlen(word);
	const char *at = list;

	while (n && (at = strstr(at, word)) != NULL) {
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return 1;
		at += n;
	}
	return 0;
}

static int is_name(unsigned char c)
{
	return c == '-' || c == ':' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

static void take_name(struct markup *m, char name[NAME])
{
	size_t n = 0;

	while (m->p < m->end && n < NAME - 1 && is_name(*m->p))
		name[n++] = (char)*m->p++;
	name[n] = '\0';
}

static void take_attributes(struct markup *m)
{
	char name[NAME];

	while (take(m, ' ')) {
		take_name(m, name);
		if (!is_one_of(name, m->dialect->attributes))
			fail(m, "a foreign attribute");
		if (!take(m, '='))
			continue;
		if (!take(m, '"'))
			fail(m, "an attribute without quotes");
		while (m->p < m->end && *m->p != '"')
			if (*m->p++ == '<')
				fail(m, "markup in an attribute");
		take(m, '"');
	}
}

/* The text of an element in which no other begins. */
static void skip_raw(struct markup *m, const char *name)
{
	char close[NAME + 4];
	int n = snprintf(close, sizeof(close), "</%s>", name);
	const unsigned char *at = memmem(m->p, (size_t)(m->end - m->p), close, (size_t)n);

	if (!at)
		fail(m, "an element is not closed");
	m->p = at ? at + n : m->end;
}

static void open_element(struct markup *m, const char *name)
{
	take_attributes(m);
	if (take(m, '/') || is_one_of(name, m->dialect->empty))
		return;
	if (m->depth == DEEP)
		fail(m, "elements are too deep");
	else
		snprintf(m->open[m->depth++], NAME, "%s", name);
}

static void take_tag(struct markup *m)
{
	int closes = take(m, '/');
	char name[NAME];

	take_name(m, name);
	if (!is_one_of(name, m->dialect->elements))
		fail(m, "a foreign element");
	else if (!closes)
		open_element(m, name);
	else if (!m->depth || strcmp(m->open[--m->depth], name) != 0)
		fail(m, "elements are not closed in order");
	if (!take(m, '>'))
		fail(m, "a tag is not closed");
	if (!closes && is_one_of(name, m->dialect->raw)) {
		skip_raw(m, name);
		m->depth--;
	}
}

static void take_prologue(struct markup *m, const char *prologue)
{
	size_t n = strlen(prologue);

	if ((size_t)(m->end - m->p) < n || memcmp(m->p, prologue, n) != 0)
		fail(m, "it does not begin as it should");
	else
		m->p += n;
}

static const char *look_through(const struct buf *text, const struct dialect *dialect,
				const char *prologue, char at[MARKUP_AT])
{
	struct markup m = {.dialect = dialect, .p = text->data, .end = text->data + text->len};

	if (utf8_valid_prefix(text->data, text->len) != text->len)
		fail(&m, "it is not UTF-8");
	take_prologue(&m, prologue);
	while (m.p < m.end && !m.wrong)
		if (take(&m, '<'))
			take_tag(&m);
		else if ((*m.p < 0x20 && *m.p != '\n' && *m.p != '\t') || *m.p == 0x7f)
			fail(&m, "a control character");
		else if (*m.p++ == '>')
			fail(&m, "a stray >");
	if (m.depth)
		fail(&m, "elements are left open");
	memcpy(at, m.at, MARKUP_AT);
	return m.wrong;
}

const char *markup_html(const struct buf *page, char at[MARKUP_AT])
{
	return look_through(page, &html, "<!DOCTYPE html>\n", at);
}

const char *markup_svg(const struct buf *picture, char at[MARKUP_AT])
{
	return look_through(picture, &svg, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", at);
}
