/* SPDX-License-Identifier: MIT */
/* keys: what is typed, as keys. A terminal's answers, which come the same way, are swallowed. */
#ifndef STENO_KEYS_H
#define STENO_KEYS_H

/* A key is its byte, or one of these. */
enum {
	KEY_NONE = -1, /* nothing, or not yet */
	KEY_ESCAPE = 27,
	KEY_LEFT = 256,
	KEY_RIGHT,
	KEY_UP,
	KEY_DOWN,
	KEY_HOME,
	KEY_END,
};

/* Zero-initialise it. */
struct keys {
	int state;
	int number; /* of ESC [ number ~ */
};

/* Takes one byte; the same keys however the input is cut. */
int keys_put(struct keys *k, unsigned char byte);
/* True while an escape sequence is not complete. */
int keys_wait(const struct keys *k);
/* Nothing came for a while: an ESC that stands alone was the key. The rest of a sequence that is
 * cut here is no key. */
int keys_pause(struct keys *k);

#endif
