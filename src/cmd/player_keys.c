/* SPDX-License-Identifier: MIT */
/* What the keys do. */
#include "player_private.h"

#include "../live/clock.h"
#include "../play/search.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

enum { JUMP_US = 5000000 };

static int toggle(struct player *p)
{
	if (p->at_end)
		p->schedule.paused = 0;
	if (p->at_end)
		return player_go_to_begin(p);
	if (p->schedule.paused)
		schedule_resume(&p->schedule, clock_mono_us());
	else
		player_pause(p);
	return 0;
}

static void set_speed(struct player *p, double factor)
{
	double speed = p->schedule.speed * factor;

	if (speed >= 1.0 / 64 && speed <= 1e6)
		schedule_set_speed(&p->schedule, clock_mono_us(), player_next_us(p), speed);
}

/* --- searching --- */

static int begin_search(struct player *p)
{
	p->typing = 0;
	if (!p->needle_len)
		return 0;
	p->needle[p->needle_len] = '\0';
	if (!p->schedule.paused)
		player_pause(p);
	p->search = search_new(p->film, head_place(p->head), p->needle, p->err);
	p->message = "searching";
	return p->search ? 0 : -1;
}

static void end_search(struct player *p, const char *message)
{
	search_free(p->search);
	p->search = NULL;
	p->message = message;
	p->dirty = 1;
}

int player_go_on_searching(struct player *p)
{
	uint64_t place;
	int64_t at_us;
	int rc = search_step(p->search, PLAYER_STEP_BYTES, &place, &at_us, p->err);

	if (rc == SEARCH_ON || rc < 0)
		return rc < 0 ? -1 : 0;
	if (rc == 0 || place > player_stop(p)) {
		end_search(p, "not found");
		return 0;
	}
	end_search(p, "found");
	if (head_seek_place(p->head, place, p->err) < 0)
		return -1;
	return player_moved(p, at_us);
}

static int type(struct player *p, int key)
{
	switch (key) {
	case '\r':
	case '\n':
		return begin_search(p);
	case KEY_ESCAPE:
	case 3:
		p->typing = 0;
		break;
	case 8:
	case 127:
		while (p->needle_len && (p->needle[--p->needle_len] & 0xc0) == 0x80)
			;
		break;
	case 21:
		p->needle_len = 0;
		break;
	default:
		if (key >= ' ' && key < 256 && p->needle_len + 1 < PLAYER_NEEDLE)
			p->needle[p->needle_len++] = (char)key;
	}
	return 0;
}

/* --- keys --- */

static int press(struct player *p, int key)
{
	switch (key) {
	case ' ':
		return toggle(p);
	case '.':
		return player_step(p);
	case KEY_LEFT:
		return player_go_to_time(p, player_position(p) - JUMP_US);
	case KEY_RIGHT:
		return player_go_to_time(p, player_position(p) + JUMP_US);
	case '[':
		return player_go_back_a_chapter(p);
	case ']':
		return player_go_on_a_chapter(p);
	case KEY_HOME:
		return player_go_to_begin(p);
	case KEY_END:
		return player_go_to_end(p);
	case '<':
		set_speed(p, 0.5);
		return 0;
	case '>':
		set_speed(p, 2);
		return 0;
	case '/':
		p->typing = 1;
		p->needle_len = 0;
		return 0;
	case 'n':
		return begin_search(p);
	case 's':
		p->with_status = !p->with_status;
		return 0;
	case 12:
		player_measure(p);
		return 0;
	case 26:
		console_ask_stop();
		return 0;
	case 3:
		console_end(SIGINT);
		return 0;
	case 'q':
		p->quit = 1;
		return 0;
	default:
		return key >= '0' && key <= '9' ? player_go_to_tenth(p, key - '0') : 0;
	}
}

static int take_key(struct player *p, int key)
{
	if (key == KEY_NONE)
		return 0;
	p->dirty = 1;
	p->message = NULL;
	if (p->search)
		end_search(p, "search ended");
	return p->typing ? type(p, key) : press(p, key);
}

int player_read_keys(struct player *p)
{
	unsigned char bytes[256];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes)), i;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0)
		p->quit = 1;
	p->typed_us = clock_mono_us();
	for (i = 0; i < n && !p->quit; i++)
		if (take_key(p, keys_put(&p->keys, bytes[i])) < 0)
			return -1;
	return 0;
}

int player_take_escape(struct player *p)
{
	if (!keys_wait(&p->keys) || clock_mono_us() - p->typed_us < PLAYER_ESCAPE_US)
		return 0;
	return take_key(p, keys_pause(&p->keys));
}
