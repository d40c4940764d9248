/* SPDX-License-Identifier: MIT */
/* xterm's ctlseqs, and https://sw.kovidgoyal.net/kitty/keyboard-protocol for its keyboard modes.
 * What is printed is composed here: of the output's own bytes only those of a title that are plain
 * text. */
#include "modes.h"

#include "../base/utf8.h"

#include <string.h>

static const int table[MODES_PRIVATE] = {
	1,    /* cursor keys are spelt as an application's */
	5,    /* reverse video */
	9,    /* mouse: presses */
	12,   /* the cursor blinks */
	45,   /* backspace goes up a line */
	1000, /* mouse: presses and releases */
	1002, /* and drags */
	1003, /* and all motion */
	1004, /* focus is told */
	1005, /* mouse places as UTF-8 */
	1006, /* as decimals */
	1007, /* the wheel as cursor keys */
	1015, /* mouse places as urxvt's */
	1016, /* as pixels */
	1036, /* meta sends ESC */
	2004, /* pastes are bracketed */
	2031, /* changes of the colour scheme are told */
	2048, /* changes of size are told in band */
};

void modes_init(struct modes *m)
{
	memset(m, 0, sizeof(*m));
}

void modes_release(struct modes *m)
{
	buf_release(&m->tail);
}

/* RIS, and DECSTR, which leaves most alone. */
static void reset(struct modes *m, int fully)
{
	struct modes_state fresh = {.title = ""};

	if (!fully) {
		m->now.on[0] = 0; /* DECCKM */
		m->now.keypad = m->now.hidden = 0;
		return;
	}
	memcpy(fresh.title, m->now.title, sizeof(fresh.title));
	m->now = fresh;
}

static void set_private(struct modes *m, int number, int on)
{
	size_t i;

	for (i = 0; i < MODES_PRIVATE; i++)
		if (table[i] == number)
			m->now.on[i] = (unsigned char)on;
	if (number == 25)
		m->now.hidden = !on;
	if (number == 66)
		m->now.keypad = (unsigned char)on;
}

static void push_keyboard(struct modes_state *s, int flags)
{
	if (s->keyboards == MODES_KEYBOARDS) /* the oldest goes */
		memmove(s->keyboard + 1, s->keyboard + 2, MODES_KEYBOARDS - 1);
	else
		s->keyboards++;
	s->keyboard[s->keyboards] = (unsigned char)(flags & 31);
}

static void set_keyboard(struct modes_state *s, int flags, int how)
{
	unsigned char *now = &s->keyboard[s->keyboards];

	flags &= 31;
	*now = (unsigned char)(how == 2 ? *now | flags : how == 3 ? *now & ~flags : flags);
}

static void run_keyboard(struct modes_state *s, const struct token *t)
{
	int n = token_param(t, 0, t->prefix == '<' ? 1 : 0);

	if (t->prefix == '>')
		push_keyboard(s, n);
	else if (t->prefix == '<')
		s->keyboards -= n < s->keyboards ? n : s->keyboards;
	else if (t->prefix == '=')
		set_keyboard(s, n, token_param(t, 1, 1));
}

static void run_csi(struct modes *m, const struct token *t)
{
	int i;

	if (t->prefix == '?' && !t->mid && (t->byte == 'h' || t->byte == 'l'))
		for (i = 0; i < t->count; i++)
			set_private(m, t->params[i], t->byte == 'h');
	else if (t->byte == 'u' && !t->mid)
		run_keyboard(&m->now, t);
	else if (t->prefix == '>' && t->byte == 'm' && !t->mid && token_param(t, 0, 0) == 4)
		m->now.other_keys = (unsigned char)(token_param(t, 1, 0) & 3);
	else if (t->byte == 'q' && t->mid == ' ' && !t->prefix && token_param(t, 0, 0) <= 6)
		m->now.shape = (unsigned char)token_param(t, 0, 0);
	else if (t->byte == 'p' && t->mid == '!' && !t->prefix)
		reset(m, 0);
}

static void run_escape(struct modes *m, const struct token *t)
{
	if (t->mid)
		return;
	if (t->byte == '=' || t->byte == '>')
		m->now.keypad = t->byte == '=';
	else if (t->byte == 'c')
		reset(m, 1);
}

static int is_plain(uint32_t cp)
{
	return cp >= 0x20 && cp != 0x7f && !(cp >= 0x80 && cp < 0xa0) && cp != 0x61c &&
	       !(cp >= 0x200e && cp <= 0x200f) && !(cp >= 0x2028 && cp <= 0x202e) &&
	       !(cp >= 0x2066 && cp <= 0x2069);
}

/* bytes: ESC ] 2 ; text, and what ended it; in front may stand what that ESC broke off. */
static void set_title(struct modes *m, const unsigned char *bytes, size_t n)
{
	const unsigned char *end = bytes + n - 1, *at = memrchr(bytes, 033, n - 1);
	size_t len = 0;

	at = at ? memchr(at, ';', (size_t)(end - at)) : NULL;
	if (!at)
		return;
	at++;
	while (at < end) {
		uint32_t cp;
		size_t used = utf8_decode(at, (size_t)(end - at), &cp);

		if (!used || len + used >= MODES_TITLE)
			break;
		if (is_plain(cp))
			len += utf8_encode(cp, (unsigned char *)m->now.title + len);
		at += used;
	}
	m->now.title[len] = '\0';
}

static void run(struct modes *m, const struct token *t)
{
	switch (t->kind) {
	case TOKEN_ESC:
		run_escape(m, t);
		break;
	case TOKEN_CSI:
		run_csi(m, t);
		break;
	case TOKEN_STRING:
		if (t->byte == ']' && (t->number == 0 || t->number == 2) && !m->tail_lost &&
		    m->tail.len)
			set_title(m, m->tail.data, m->tail.len);
		break;
	default:
		break;
	}
}

/* A string that an ESC has ended leaves that ESC, as the beginning of something. */
static void begin_tail(struct modes *m, const unsigned char *end)
{
	int is_escape = token_is_open(&m->tokenizer) && end && end[-1] == 033;

	buf_clear(&m->tail);
	m->tail_lost = 0;
	if (is_escape)
		buf_putc(&m->tail, 033);
}

static void keep(struct modes *m, const unsigned char *p, size_t n)
{
	if (m->tail.len + n > MODES_TAIL)
		m->tail_lost = 1;
	else
		buf_put(&m->tail, p, n);
}

static int is_at_rest(const struct modes *m)
{
	return !token_is_open(&m->tokenizer);
}

/* The length of the whole CSI that is there, of digits and a final byte only: none such sets a mode.
 * 0: there is none. */
static size_t plain_csi(const unsigned char *p, size_t n)
{
	size_t i = 2;

	if (n < 3 || p[1] != '[')
		return 0;
	while (i < n && p[i] >= '0' && p[i] <= ';')
		i++;
	return i < n && p[i] >= 0x40 && p[i] <= 0x7e ? i + 1 : 0;
}

/* How much of it, from where nothing is open, changes nothing here: text, controls, colours. */
static size_t count_idle(const unsigned char *p, size_t n)
{
	const unsigned char *escape, *at = p, *end = p + n;
	size_t csi;

	while ((escape = memchr(at, 033, (size_t)(end - at)))) {
		csi = plain_csi(escape, (size_t)(end - escape));
		if (!csi)
			return (size_t)(escape - p);
		at = escape + csi;
	}
	return n - utf8_cut_tail(at, (size_t)(end - at));
}

void modes_write(struct modes *m, const void *data, size_t n)
{
	const unsigned char *p = data;
	struct token t;

	for (;;) {
		size_t used = n && is_at_rest(m) ? count_idle(p, n) : 0;

		p += used;
		n -= used;
		if (!n)
			break;
		used = token_next(&m->tokenizer, p, n, &t);
		if (t.kind != TOKEN_TEXT)
			keep(m, p, used);
		run(m, &t);
		p += used;
		n -= used;
		if (t.kind == TOKEN_CONTROL && token_is_open(&m->tokenizer))
			m->tail.len -= m->tail.len > 0; /* it has been done; the rest goes on */
		else if (t.kind != TOKEN_NONE || is_at_rest(m))
			begin_tail(m, used ? p : NULL);
	}
}

int modes_unfinished(const struct modes *m, const unsigned char **bytes, size_t *n)
{
	*bytes = m->tail.data;
	*n = m->tail.len;
	return m->tail_lost ? -1 : 0;
}

static void change_keyboard(const struct modes_state *from, const struct modes_state *to,
			    struct buf *out)
{
	int i;

	if (from->keyboards == to->keyboards &&
	    !memcmp(from->keyboard, to->keyboard, (size_t)to->keyboards + 1))
		return;
	if (from->keyboards)
		buf_printf(out, "\033[<%du", from->keyboards);
	if (from->keyboard[0] != to->keyboard[0])
		buf_printf(out, "\033[=%du", to->keyboard[0]);
	for (i = 1; i <= to->keyboards; i++)
		buf_printf(out, "\033[>%du", to->keyboard[i]);
}

void modes_change(const struct modes_state *from, const struct modes_state *to, int what,
		  struct buf *out)
{
	size_t i;

	if (what & MODES_TITLES && strcmp(from->title, to->title) != 0)
		buf_printf(out, "\033]2;%s\033\\", to->title);
	if (what & MODES_TITLES && from->shape != to->shape)
		buf_printf(out, "\033[%d q", to->shape);
	if (!(what & MODES_INPUT))
		return;
	for (i = 0; i < MODES_PRIVATE; i++)
		if (from->on[i] != to->on[i])
			buf_printf(out, "\033[?%d%c", table[i], to->on[i] ? 'h' : 'l');
	if (from->keypad != to->keypad)
		buf_puts(out, to->keypad ? "\033=" : "\033>");
	if (from->other_keys != to->other_keys)
		buf_printf(out, "\033[>4;%dm", to->other_keys);
	change_keyboard(from, to, out);
}
