/* SPDX-License-Identifier: MIT */
/* The guard in front of everything that interprets terminal output: whatever comes in, what goes
 * out is whole, known in shape, and small. It must never read past its input, grow, or loop.
 *
 * The states are those of Paul Flo Williams' parser for DEC terminals
 * (vt100.net/emu/dec_ansi_parser). Departures from it:
 *  - the stream is UTF-8, so bytes from 0x80 are never C1 controls; U+0080 to U+009F are dropped
 *  - a byte from 0x80 inside a sequence ends it unfinished, and is text
 *  - colons separate sub-parameters (ITU-T T.416)
 *  - all strings end by BEL too, as in xterm's OSC; an ESC ends any, with or without its backslash
 *  - what strings hold is dropped, but for the number of an OSC */
#include "token.h"

#include "../base/utf8.h"

#include <string.h>

enum state { GROUND, ESCAPE, ESCAPE_MID, CSI, CSI_PARAM, CSI_MID, CSI_IGNORE, STRING, STATES };

enum byte_class {
	C_C0,
	C_BEL,
	C_ABORT,
	C_ESC,
	C_MID,
	C_DIGIT,
	C_COLON,
	C_SEMI,
	C_PREFIX,
	C_FINAL,
	C_DEL,
	C_HIGH,
	CLASSES
};

enum action {
	DROP,
	CONTROL, /* a control works at once, even inside a sequence */
	BEGIN,	 /* ESC: forget what was */
	OPEN,	 /* the byte behind ESC: what kind of sequence is it? */
	MID,
	PREFIX,
	PARAM,
	END_ESC,
	END_CSI,
	PAYLOAD,
	END_STRING,
	AGAIN, /* the byte belongs to the next state */
};

struct step {
	unsigned char action, next;
};

/* GROUND's text and high bytes do not come here. */
static const struct step steps[STATES][CLASSES] = {
	[GROUND] =
		{
			[C_C0] = {CONTROL, GROUND},
			[C_BEL] = {CONTROL, GROUND},
			[C_ABORT] = {DROP, GROUND},
			[C_ESC] = {BEGIN, ESCAPE},
			[C_DEL] = {DROP, GROUND},
		},
	[ESCAPE] =
		{
			[C_C0] = {CONTROL, ESCAPE},
			[C_BEL] = {CONTROL, ESCAPE},
			[C_ABORT] = {DROP, GROUND},
			[C_ESC] = {BEGIN, ESCAPE},
			[C_MID] = {MID, ESCAPE_MID},
			[C_DIGIT] = {END_ESC, GROUND},
			[C_COLON] = {END_ESC, GROUND},
			[C_SEMI] = {END_ESC, GROUND},
			[C_PREFIX] = {END_ESC, GROUND},
			[C_FINAL] = {OPEN, GROUND},
			[C_DEL] = {DROP, ESCAPE},
			[C_HIGH] = {AGAIN, GROUND},
		},
	[ESCAPE_MID] =
		{
			[C_C0] = {CONTROL, ESCAPE_MID},
			[C_BEL] = {CONTROL, ESCAPE_MID},
			[C_ABORT] = {DROP, GROUND},
			[C_ESC] = {BEGIN, ESCAPE},
			[C_MID] = {MID, ESCAPE_MID},
			[C_DIGIT] = {END_ESC, GROUND},
			[C_COLON] = {END_ESC, GROUND},
			[C_SEMI] = {END_ESC, GROUND},
			[C_PREFIX] = {END_ESC, GROUND},
			[C_FINAL] = {END_ESC, GROUND},
			[C_DEL] = {DROP, ESCAPE_MID},
			[C_HIGH] = {AGAIN, GROUND},
		},
	[CSI] =
		{
			[C_C0] = {CONTROL, CSI},
			[C_BEL] = {CONTROL, CSI},
			[C_ABORT] = {DROP, GROUND},
			[C_ESC] = {BEGIN, ESCAPE},
			[C_MID] = {MID, CSI_MID},
			[C_DIGIT] = {PARAM, CSI_PARAM},
			[C_COLON] = {PARAM, CSI_PARAM},
			[C_SEMI] = {PARAM, CSI_PARAM},
			[C_PREFIX] = {PREFIX, CSI_PARAM},
			[C_FINAL] = {END_CSI, GROUND},
			[C_DEL] = {DROP, CSI},
			[C_HIGH] = {AGAIN, GROUND},
		},
	[CSI_PARAM] =
		{
			[C_C0] = {CONTROL, CSI_PARAM},
			[C_BEL] = {CONTROL, CSI_PARAM},
			[C_ABORT] = {DROP, GROUND},
			[C_ESC] = {BEGIN, ESCAPE},
			[C_MID] = {MID, CSI_MID},
			[C_DIGIT] = {PARAM, CSI_PARAM},
			[C_COLON] = {PARAM, CSI_PARAM},
			[C_SEMI] = {PARAM, CSI_PARAM},
			[C_PREFIX] = {DROP, CSI_IGNORE},
			[C_FINAL] = {END_CSI, GROUND},
			[C_DEL] = {DROP, CSI_PARAM},
			[C_HIGH] = {AGAIN, GROUND},
		},
	[CSI_MID] =
		{
			[C_C0] = {CONTROL, CSI_MID},
			[C_BEL] = {CONTROL, CSI_MID},
			[C_ABORT] = {DROP, GROUND},
			[C_ESC] = {BEGIN, ESCAPE},
			[C_MID] = {MID, CSI_MID},
			[C_DIGIT] = {DROP, CSI_IGNORE},
			[C_COLON] = {DROP, CSI_IGNORE},
			[C_SEMI] = {DROP, CSI_IGNORE},
			[C_PREFIX] = {DROP, CSI_IGNORE},
			[C_FINAL] = {END_CSI, GROUND},
			[C_DEL] = {DROP, CSI_MID},
			[C_HIGH] = {AGAIN, GROUND},
		},
	[CSI_IGNORE] =
		{
			[C_C0] = {CONTROL, CSI_IGNORE},
			[C_BEL] = {CONTROL, CSI_IGNORE},
			[C_ABORT] = {DROP, GROUND},
			[C_ESC] = {BEGIN, ESCAPE},
			[C_MID] = {DROP, CSI_IGNORE},
			[C_DIGIT] = {DROP, CSI_IGNORE},
			[C_COLON] = {DROP, CSI_IGNORE},
			[C_SEMI] = {DROP, CSI_IGNORE},
			[C_PREFIX] = {DROP, CSI_IGNORE},
			[C_FINAL] = {DROP, GROUND},
			[C_DEL] = {DROP, CSI_IGNORE},
			[C_HIGH] = {AGAIN, GROUND},
		},
	[STRING] =
		{
			[C_C0] = {DROP, STRING},
			[C_BEL] = {END_STRING, GROUND},
			[C_ABORT] = {END_STRING, GROUND},
			[C_ESC] = {END_STRING, ESCAPE},
			[C_MID] = {PAYLOAD, STRING},
			[C_DIGIT] = {PAYLOAD, STRING},
			[C_COLON] = {PAYLOAD, STRING},
			[C_SEMI] = {PAYLOAD, STRING},
			[C_PREFIX] = {PAYLOAD, STRING},
			[C_FINAL] = {PAYLOAD, STRING},
			[C_DEL] = {PAYLOAD, STRING},
			[C_HIGH] = {PAYLOAD, STRING},
		},
};

static enum byte_class class_of(unsigned char c)
{
	if (c >= 0x80)
		return C_HIGH;
	if (c == 0x7f)
		return C_DEL;
	if (c >= 0x40)
		return C_FINAL;
	if (c >= 0x3c)
		return C_PREFIX;
	if (c == ';')
		return C_SEMI;
	if (c == ':')
		return C_COLON;
	if (c >= '0')
		return C_DIGIT;
	if (c >= 0x20)
		return C_MID;
	if (c == 0x1b)
		return C_ESC;
	if (c == 0x18 || c == 0x1a)
		return C_ABORT;
	return c == 0x07 ? C_BEL : C_C0;
}

static size_t text_run(const unsigned char *p, size_t n)
{
	const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	size_t i = 0;

	while (n - i >= 8) {
		uint64_t w, del;

		memcpy(&w, p + i, 8);
		del = w ^ ones * 0x7f;
		/* A byte below 0x20, above 0x7f, or equal to 0x7f; bithacks' haszero. */
		if ((((w - ones * 0x20) & ~w) | w | ((del - ones) & ~del)) & tops)
			break;
		i += 8;
	}
	while (i < n && p[i] >= 0x20 && p[i] < 0x7f)
		i++;
	return i;
}

static void give_char(uint32_t cp, struct token *out)
{
	if (cp >= 0x80 && cp <= 0x9f)
		return;
	out->kind = TOKEN_CHAR;
	out->cp = cp;
}

/* A character whose first bytes came with an earlier call: one more byte. 1 if it was taken. */
static size_t take_more(struct tokenizer *t, unsigned char c, struct token *out)
{
	size_t used;
	uint32_t cp;

	t->part[t->part_len] = c;
	used = utf8_decode(t->part, t->part_len + 1, &cp);
	if (!used) {
		t->part_len++;
		return 1;
	}
	give_char(cp, out);
	/* A maximal subpart holds at least what was a good beginning so far. */
	used = used > t->part_len;
	t->part_len = 0;
	return used;
}

static size_t take_char(struct tokenizer *t, const unsigned char *p, size_t n, struct token *out)
{
	uint32_t cp;
	size_t used = utf8_decode(p, n, &cp);

	if (used) {
		give_char(cp, out);
		return used;
	}
	memcpy(t->part, p, n); /* at most 3 bytes: a fourth would end it */
	t->part_len = n;
	return n;
}

static void clear(struct tokenizer *t)
{
	t->prefix = t->mid = 0;
	t->count = 0;
	t->subs = 0;
}

static void take_param(struct tokenizer *t, unsigned char c)
{
	int *value;

	if (!t->count)
		t->params[t->count++] = TOKEN_MISSING;
	if (c == ';' || c == ':') {
		if (t->count < TOKEN_PARAMS) {
			t->params[t->count] = TOKEN_MISSING;
			t->subs |= (uint32_t)(c == ':') << t->count;
		}
		if (t->count <= TOKEN_PARAMS)
			t->count++;
		return;
	}
	if (t->count > TOKEN_PARAMS)
		return;
	value = &t->params[t->count - 1];
	*value = (*value == TOKEN_MISSING ? 0 : *value * 10) + (c - '0');
	if (*value > TOKEN_VALUE)
		*value = TOKEN_VALUE;
}

static void take_payload(struct tokenizer *t, unsigned char c)
{
	if (t->number_done > 1)
		return;
	if (t->number_done) {
		t->letter = c;
		t->number_done = 2;
		return;
	}
	if (t->string != ']' || c < '0' || c > '9') {
		t->number_done = c == ';' ? 1 : 2;
		return;
	}
	t->number = (t->number == TOKEN_MISSING ? 0 : t->number * 10) + (c - '0');
	if (t->number > TOKEN_VALUE)
		t->number = TOKEN_VALUE;
}

static void give_sequence(struct tokenizer *t, enum token_kind kind, unsigned char c,
			  struct token *out)
{
	out->kind = kind;
	out->byte = c;
	out->prefix = t->prefix;
	out->mid = t->mid;
	out->params = t->params;
	out->count = t->count < TOKEN_PARAMS ? t->count : TOKEN_PARAMS;
	out->subs = t->subs;
}

static void give_string(struct tokenizer *t, struct token *out)
{
	out->kind = TOKEN_STRING;
	out->byte = t->string;
	out->number = t->number;
	out->letter = t->letter;
}

static void open_sequence(struct tokenizer *t, unsigned char c, struct token *out)
{
	if (c == '[') {
		t->state = CSI;
	} else if (c && strchr("]P_^X", c)) {
		t->state = STRING;
		t->string = c;
		t->number = TOKEN_MISSING;
		t->number_done = 0;
		t->letter = 0;
	} else {
		give_sequence(t, TOKEN_ESC, c, out);
	}
}

/* 1 if the byte was taken. */
static int step(struct tokenizer *t, unsigned char c, struct token *out)
{
	struct step s = steps[t->state][class_of(c)];

	t->state = s.next;
	switch ((enum action)s.action) {
	case DROP:
		break;
	case CONTROL:
		if (c) {
			out->kind = TOKEN_CONTROL;
			out->byte = c;
		}
		break;
	case BEGIN:
		clear(t);
		break;
	case OPEN:
		open_sequence(t, c, out);
		break;
	case MID:
		t->mid = t->mid ? TOKEN_MANY : c;
		break;
	case PREFIX:
		t->prefix = c;
		break;
	case PARAM:
		take_param(t, c);
		break;
	case END_ESC:
		give_sequence(t, TOKEN_ESC, c, out);
		break;
	case END_CSI:
		give_sequence(t, TOKEN_CSI, c, out);
		break;
	case PAYLOAD:
		take_payload(t, c);
		break;
	case END_STRING:
		clear(t);
		give_string(t, out);
		break;
	case AGAIN:
		return 0;
	}
	return 1;
}

size_t token_next(struct tokenizer *t, const unsigned char *p, size_t n, struct token *out)
{
	size_t i = 0;

	out->kind = TOKEN_NONE;
	while (i < n && out->kind == TOKEN_NONE) {
		if (t->state != GROUND) {
			i += (size_t)step(t, p[i], out);
		} else if (t->part_len) {
			i += take_more(t, p[i], out);
		} else if (p[i] >= 0x80) {
			i += take_char(t, p + i, n - i, out);
		} else if (p[i] >= 0x20 && p[i] < 0x7f) {
			out->kind = TOKEN_TEXT;
			out->text = p + i;
			out->len = text_run(p + i, n - i);
			i += out->len;
		} else if (p[i] && class_of(p[i]) == C_C0) {
			out->kind = TOKEN_CONTROL;
			out->byte = p[i++];
		} else {
			i += (size_t)step(t, p[i], out);
		}
	}
	return i;
}

int token_break(struct tokenizer *t, struct token *out)
{
	out->kind = TOKEN_NONE;
	if (t->part_len) {
		out->kind = TOKEN_CHAR;
		out->cp = UTF8_REPLACEMENT;
	} else if (t->state == STRING) {
		give_string(t, out);
	}
	t->part_len = 0;
	t->state = GROUND;
	return out->kind != TOKEN_NONE;
}
