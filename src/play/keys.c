/* SPDX-License-Identifier: MIT */
/* Bytes to keys: the few escape sequences that are wanted (xterm's ctlseqs, "PC-Style Function
 * Keys"), and all others to their end, so that no part of one is taken for a key. */
#include "keys.h"

enum { GROUND, ESCAPE, CSI, SS3, STRING, STRING_ESCAPE };

static int arrow(unsigned char final)
{
	switch (final) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return KEY_RIGHT;
	case 'D':
		return KEY_LEFT;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	default:
		return KEY_NONE;
	}
}

static int put_escape(struct keys *k, unsigned char byte)
{
	k->state = GROUND;
	k->number = 0;
	switch (byte) {
	case '[':
		k->state = CSI;
		break;
	case 'O':
		k->state = SS3;
		break;
	case ']':
	case 'P':
	case '_':
	case '^':
	case 'X':
		k->state = STRING;
		break;
	case 27:
		k->state = ESCAPE;
		return KEY_ESCAPE;
	default:
		break; /* Alt and a key */
	}
	return KEY_NONE;
}

static int put_csi(struct keys *k, unsigned char byte)
{
	if (byte >= '0' && byte <= '9') {
		k->number = k->number < 100 ? k->number * 10 + byte - '0' : k->number;
		return KEY_NONE;
	}
	if (byte == 27) {
		k->state = ESCAPE;
		return KEY_NONE;
	}
	if (byte < 0x40)
		return KEY_NONE;
	k->state = GROUND;
	if (byte != '~')
		return arrow(byte);
	if (k->number == 1 || k->number == 7)
		return KEY_HOME;
	return k->number == 4 || k->number == 8 ? KEY_END : KEY_NONE;
}

static int put_string(struct keys *k, unsigned char byte)
{
	if (k->state == STRING_ESCAPE && byte == '\\')
		k->state = GROUND;
	else if (byte == 7)
		k->state = GROUND;
	else
		k->state = byte == 27 ? STRING_ESCAPE : STRING;
	return KEY_NONE;
}

int keys_put(struct keys *k, unsigned char byte)
{
	switch (k->state) {
	case ESCAPE:
		return put_escape(k, byte);
	case CSI:
		return put_csi(k, byte);
	case SS3:
		k->state = GROUND;
		return arrow(byte);
	case STRING:
	case STRING_ESCAPE:
		return put_string(k, byte);
	default:
		if (byte != 27)
			return byte;
		k->state = ESCAPE;
		return KEY_NONE;
	}
}

int keys_wait(const struct keys *k)
{
	return k->state != GROUND;
}

int keys_pause(struct keys *k)
{
	int key = k->state == ESCAPE ? KEY_ESCAPE : KEY_NONE;

	k->state = GROUND;
	return key;
}
