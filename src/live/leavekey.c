/* SPDX-License-Identifier: MIT */
/* Of what is typed only CSI sequences are looked into:
 *   CSI 200 ~, CSI 201 ~            a paste begins, has ended
 *   CSI code ; modifiers : event u  kitty's, https://sw.kovidgoyal.net/kitty/keyboard-protocol
 *   CSI 27 ; modifiers ; code ~     xterm's, ctlseqs "modifyOtherKeys" */
#include "leavekey.h"

#include <string.h>

enum { GROUND, ESCAPE, CSI };
enum { CTRL = 4, LOCKS = 64 | 128, PRESS = 1, MOST = 100000 };

/* The control character of a key that is pressed with Ctrl and nothing else; 0: none. */
static int control_of(int code, int modifiers)
{
	if (((modifiers - 1) & ~LOCKS) != CTRL || code < 0x40 || code > 0x7e)
		return 0;
	return code & 0x1f;
}

/* Parameters are counted by ; and :, so in kitty's form an event stands where xterm has a code. */
static int is_key(const struct leavekey *k, unsigned char final)
{
	if (k->count < 2)
		return 0;
	if (final == 'u' && (k->count < 3 || k->params[2] <= PRESS))
		return control_of(k->params[0], k->params[1]) == k->key;
	if (final == '~' && k->count == 3 && k->params[0] == 27)
		return control_of(k->params[2], k->params[1]) == k->key;
	return 0;
}

static void take_param(struct leavekey *k, unsigned char c)
{
	int *value;

	if (c == ';' || c == ':') {
		if (k->count < LEAVEKEY_PARAMS)
			k->params[k->count] = 0;
		k->count += k->count < LEAVEKEY_PARAMS;
		return;
	}
	value = &k->params[k->count - 1];
	if (*value < MOST)
		*value = *value * 10 + (c - '0');
}

/* A CSI sequence goes on. 1: it was the key. */
static int take_csi(struct leavekey *k, unsigned char c)
{
	if ((c >= '0' && c <= '9') || c == ';' || c == ':') {
		take_param(k, c);
		return 0;
	}
	k->state = c == 033 ? ESCAPE : GROUND;
	if (c == '~' && k->count == 1 && (k->params[0] == 200 || k->params[0] == 201)) {
		k->in_paste = k->params[0] == 200;
		return 0;
	}
	return !k->in_paste && is_key(k, c);
}

static int take(struct leavekey *k, unsigned char c)
{
	if (k->state == CSI)
		return take_csi(k, c);
	if (k->state == ESCAPE && c == '[') {
		k->state = CSI;
		k->count = 1;
		memset(k->params, 0, sizeof(k->params));
		return 0;
	}
	k->state = c == 033 ? ESCAPE : GROUND;
	return c == k->key && !k->in_paste;
}

size_t leavekey_find(struct leavekey *k, const unsigned char *p, size_t n, int *is_there)
{
	size_t i, from = 0;

	*is_there = 0;
	for (i = 0; k->key && i < n; i++) {
		if (k->state == GROUND)
			from = i;
		if (!take(k, p[i]))
			continue;
		k->state = GROUND;
		*is_there = 1;
		return p[i] == k->key ? i : from;
	}
	return n;
}

int leavekey_parse(const char *text, unsigned char *key)
{
	if (!strcmp(text, "none")) {
		*key = 0;
		return 0;
	}
	if (text[0] == '^')
		text++;
	else if (!strncmp(text, "C-", 2))
		text += 2;
	else
		return -1;
	if (strlen(text) != 1 || text[0] < 0x40 || text[0] > 0x7e || !(text[0] & 0x1f))
		return -1;
	*key = text[0] & 0x1f;
	return *key == 033 ? -1 : 0; /* each key that sends a sequence begins with ESC */
}
