/* SPDX-License-Identifier: MIT */
/* token: a terminal's byte stream cut into whole, bounded pieces. Pure: no I/O, no allocation; the
 * same tokens in sum, however the input is cut (a run of text may come in pieces). */
#ifndef STENO_TOKEN_H
#define STENO_TOKEN_H

#include <stddef.h>
#include <stdint.h>

enum {
	TOKEN_PARAMS = 32,   /* parameters kept; those behind are dropped */
	TOKEN_VALUE = 32767, /* larger values become this one */
	TOKEN_MISSING = -1,  /* an empty parameter */
	TOKEN_MANY = 1,	     /* in `mid`: more than one intermediate byte */
};

enum token_kind {
	TOKEN_NONE,    /* the input ended inside of something */
	TOKEN_TEXT,    /* a run of printable ASCII: text, len */
	TOKEN_CHAR,    /* one other character: cp; U+FFFD for each bad maximal subpart */
	TOKEN_CONTROL, /* a C0 control other than NUL and ESC: byte */
	TOKEN_ESC,     /* ESC mid byte */
	TOKEN_CSI,     /* ESC [ prefix params mid byte */
	TOKEN_STRING,  /* OSC, DCS, APC, PM or SOS has ended, well or not: byte, number */
};

struct token {
	enum token_kind kind;
	const unsigned char *text; /* borrowed from the input */
	size_t len;
	uint32_t cp;
	unsigned char byte;   /* the control; the final byte; ] P _ ^ or X of a string */
	unsigned char prefix; /* one of < = > ?, or 0 */
	unsigned char mid;    /* 0x20 to 0x2f, 0, or TOKEN_MANY */
	int number;	      /* the digits that an OSC began with, or TOKEN_MISSING */
	unsigned char letter; /* what stands behind that number and its semicolon, or 0 */
	/* Borrowed until the next call: */
	const int *params;
	int count;
	uint32_t subs; /* bit i: params[i] was joined to params[i-1] by a colon */
};

/* Private; zero-initialise it. */
struct tokenizer {
	int state;
	unsigned char part[4]; /* the good beginning of a character */
	size_t part_len;
	unsigned char prefix, mid, string;
	int params[TOKEN_PARAMS];
	int count; /* may be one more than TOKEN_PARAMS: some were dropped */
	uint32_t subs;
	int number, number_done;
	unsigned char letter;
};

/* A parameter of a CSI; fallback where it is missing. */
static inline int token_param(const struct token *t, int i, int fallback)
{
	return i < t->count && t->params[i] != TOKEN_MISSING ? t->params[i] : fallback;
}

/* Something has begun that has not ended. */
static inline int token_is_open(const struct tokenizer *t)
{
	return t->state || t->part_len;
}

/* Takes bytes from p[0..n), n >= 1, up to the end of the next token. Returns how many, which may be
 * 0 if *out is a token that the next byte has ended. */
size_t token_next(struct tokenizer *t, const unsigned char *p, size_t n, struct token *out);

/* Ends what is unfinished, as an ESC would: returns 1 and *out if a token comes of it (a cut
 * character, a string), else 0. */
int token_break(struct tokenizer *t, struct token *out);

#endif
