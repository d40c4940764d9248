/* SPDX-License-Identifier: MIT */
/* Input that comes from a pipe or a file must not be lost in the moment when a line editor changes
 * the terminal's modes: it flows only after the shell's first prompt, if the shell has marks. The
 * end is typed as the terminal's end-of-file character: at each prompt, and to each command that
 * reads by lines; to a program without marks again and again, as long as it reads by lines. */
#include "input.h"

#include "pty.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
	LOOK_US = 10000,   /* how soon an ended input looks at the program again */
	REST_US = 160000,  /* and how late at most: a program that never reads costs nothing */
	AGAIN_US = 500000, /* how soon the end is told again to a program without marks */
};

int input_init(struct input *in, int shell_has_marks)
{
	memset(in, 0, sizeof(*in));
	in->marks = shell_has_marks;
	in->newline = 1;
	return queue_init(&in->queue, INPUT_QUEUE);
}

void input_late(struct input *in)
{
	in->started = 1;
}

int input_wants(const struct input *in)
{
	return !in->ended && queue_room(&in->queue) > 0;
}

void input_read(struct input *in, int fd, int is_tty)
{
	unsigned char bytes[4096];
	size_t room = queue_room(&in->queue);
	ssize_t n;

	n = read(fd, bytes, room < sizeof(bytes) ? room : sizeof(bytes));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		in->ended = 1;
		if (is_tty)
			in->told = 'x'; /* hung up: the front will know */
		return;
	}
	if (is_tty)
		in->started = 1;
	queue_put(&in->queue, bytes, (size_t)n);
	in->newline = bytes[n - 1] == '\n' || bytes[n - 1] == '\r';
}

size_t input_room(const struct input *in)
{
	return in->started || !in->marks ? queue_room(&in->queue) : 0;
}

size_t input_put(struct input *in, const void *data, size_t n)
{
	return input_room(in) ? queue_put(&in->queue, data, n) : 0;
}

size_t input_room_typed(const struct input *in)
{
	return queue_room(&in->queue);
}

void input_type(struct input *in, const void *data, size_t n)
{
	in->started = 1;
	queue_put(&in->queue, data, n);
}

int input_waiting(const struct input *in)
{
	return in->queue.len > 0 && (in->started || !in->marks);
}

static unsigned char byte_at(const struct queue *q, size_t i)
{
	return q->data[(q->start + i) % q->cap];
}

/* No key, but the terminal's answer to busybox's ash: where the cursor is (ESC [ 1 ; 8 R). Its length
 * at i, of n bytes; 0: it is none. */
static size_t position_length(const struct queue *q, size_t i, size_t n)
{
	size_t at = i + 2;

	if (n - i < 3 || byte_at(q, i) != '\033' || byte_at(q, i + 1) != '[')
		return 0;
	while (at < n && strchr("0123456789;", byte_at(q, at)) && byte_at(q, at))
		at++;
	return at < n && byte_at(q, at) == 'R' ? at + 1 - i : 0;
}

static struct input_typed look_at(const struct queue *q, size_t n)
{
	struct input_typed typed = {0};
	size_t i = 0;

	while (i < n) {
		unsigned char c = byte_at(q, i);
		size_t skip = position_length(q, i, n);

		if (c == '\r' || c == '\n') {
			typed.lines++;
			typed.rest = 0;
		} else if (!skip && typed.lines) {
			typed.rest = 1;
		} else if (!skip) {
			typed.keys = 1;
		}
		i += skip ? skip : 1;
	}
	return typed;
}

struct input_typed input_flush(struct input *in, int master)
{
	struct queue before = in->queue;

	if (queue_flush(&in->queue, master, SIZE_MAX) < 0)
		in->queue.len = 0;
	return look_at(&before, before.len - in->queue.len);
}

void input_mark(struct input *in, char letter)
{
	if (letter != 'B' && letter != 'C')
		return;
	in->state = letter;
	in->started = 1;
	in->look_at = in->pause = 0;
	if (in->told != 'x')
		in->told = 0;
}

static int is_ready(const struct input *in, int master, int64_t now)
{
	if (in->queue.len || pty_input_waiting(master))
		return 0;
	if (in->marks && in->state == 'B')
		return !in->told;
	if (!pty_is_canonical(master))
		return 0;
	if (in->marks && in->state == 'C' && !in->told)
		return 1;
	return !in->told || now - in->told_at >= AGAIN_US;
}

static void tell_end(struct input *in, int master, int64_t now)
{
	struct termios modes;
	unsigned char end[2] = {'\n', 4};
	int skip = in->newline;

	if (tcgetattr(master, &modes) == 0 && modes.c_cc[VEOF])
		end[1] = modes.c_cc[VEOF];
	queue_put(&in->queue, end + skip, 2 - (size_t)skip);
	in->newline = 1;
	in->told = in->state ? in->state : 'c';
	in->told_at = now;
	in->pause = 0;
	in->look_at = in->marks && in->state == 'B' ? INT64_MAX : now + AGAIN_US;
	input_flush(in, master);
}

int64_t input_time(struct input *in, int master, int64_t now)
{
	if (!in->ended || in->told == 'x' || master < 0)
		return INT64_MAX;
	if (in->marks && !in->started)
		return INT64_MAX;
	if (now < in->look_at)
		return in->look_at;
	in->pause = in->pause ? in->pause * 2 : LOOK_US;
	if (in->pause > REST_US)
		in->pause = REST_US;
	in->look_at = now + in->pause;
	if (is_ready(in, master, now))
		tell_end(in, master, now);
	return in->look_at;
}
