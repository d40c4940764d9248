/* SPDX-License-Identifier: MIT */
/* The loop that plays: time and keys in, pictures out. The terminal gets what the painter makes and
 * nothing else. Signals are blocked but in ppoll and in write, which may wait for the terminal. */
#include "player.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../live/clock.h"
#include "../live/tty.h"
#include "../play/film.h"
#include "../play/keys.h"
#include "../play/painter.h"
#include "../play/schedule.h"
#include "../play/search.h"
#include "../story/screen.h"
#include "player_status.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FRAME_US = 16000,  /* between two pictures */
	TICK_US = 100000,  /* between two times in the status */
	ESCAPE_US = 50000, /* an ESC that nothing follows for so long is a key */
	JUMP_US = 5000000,
	LOOP_US = 500000, /* the last picture stays so long before it begins again */
	CALM_MS = 200,	  /* how long to wait for the terminal at the end */
	READ_BYTES = 128 * 1024,
	STEP_BYTES = 256 * 1024,
	WRITE_BYTES = 512,
	NEEDLE = 128,
};

static volatile sig_atomic_t ended_by, resized, stopped;
static struct tty tty; /* for the last words */
static volatile sig_atomic_t is_open;

struct player {
	struct film *film;
	const struct player_plan *plan;
	struct err *err;
	struct head *head;
	struct painter *painter;
	struct status *status;
	struct schedule schedule;
	struct keys keys;
	struct search *search;
	char needle[NEEDLE]; /* what is searched for */
	size_t needle_len;
	int typing; /* the needle is being typed */
	int rows, cols;
	int with_status, has_keys;
	int at_end, quit, dirty;
	const char *message; /* constant text for the status */
	int64_t again_us;    /* when to begin again, having come to the end; 0: not there */
	int64_t painted_us, typed_us;
	sigset_t outside; /* the signals that were blocked before */
};

/* --- the terminal, before and after --- */

static void on_signal(int sig)
{
	if (sig == SIGWINCH)
		resized = 1;
	else if (sig == SIGTSTP)
		stopped = 1;
	else
		ended_by = sig;
}

/* A crash, too, leaves the terminal as it was. */
static void on_crash(int sig)
{
	if (is_open && write(STDOUT_FILENO, painter_close, strlen(painter_close)) >= 0)
		tty_restore(&tty);
	raise(sig); /* comes when this returns, and is not caught again */
}

static void catch_signals(struct player *p)
{
	static const int wanted[] = {SIGINT,  SIGTERM, SIGHUP,	SIGQUIT,
				     SIGPIPE, SIGALRM, SIGTSTP, SIGWINCH};
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		sigaddset(&blocked, wanted[i]);
		sigaction(wanted[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, &p->outside);
	action.sa_handler = on_crash;
	action.sa_flags = (int)SA_RESETHAND;
	for (i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
		sigaction(crashes[i], &action, NULL);
}

/* Writes all, unless a signal comes first; a terminal that takes nothing can so be left. */
static int put(struct player *p, const void *data, size_t n)
{
	const char *bytes = data;
	sigset_t blocked;

	while (n) {
		struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
		ssize_t done;

		if (ppoll(&out, 1, NULL, &p->outside) < 0 && errno != EINTR)
			return err_sys(p->err, "wait for the terminal");
		if (ended_by || stopped)
			return 0;
		if (!out.revents)
			continue;
		sigprocmask(SIG_SETMASK, &p->outside, &blocked);
		done = write(STDOUT_FILENO, bytes, n < WRITE_BYTES ? n : WRITE_BYTES);
		sigprocmask(SIG_SETMASK, &blocked, NULL);
		if (done < 0 && errno != EINTR && errno != EAGAIN)
			return err_sys(p->err, "write to the terminal");
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

static void measure(struct player *p)
{
	struct winsize size;

	resized = 0;
	tty_size(STDOUT_FILENO, &size);
	p->rows = size.ws_row < 1000 ? size.ws_row : 1000;
	p->cols = size.ws_col < 1000 ? size.ws_col : 1000;
	painter_free(p->painter);
	p->painter = painter_new(p->rows, p->cols);
	status_free(p->status);
	p->status = status_new(p->cols);
	p->dirty = 1;
}

static int open_terminal(struct player *p)
{
	if (tty_raw(&tty, p->err) < 0)
		return -1;
	is_open = 1;
	measure(p);
	return put(p, painter_open, strlen(painter_open));
}

static void close_terminal(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	const char *bytes = painter_close;

	if (!is_open)
		return;
	while (*bytes && poll(&out, 1, CALM_MS) > 0 && out.revents & POLLOUT) {
		ssize_t n = write(STDOUT_FILENO, bytes, strlen(bytes));

		if (n <= 0)
			break;
		bytes += n;
	}
	if (tty.fd >= 0)
		tcflush(tty.fd, TCIFLUSH); /* what a terminal answered late is not for the shell */
	tty_restore(&tty);
	is_open = 0;
}

/* ^Z. The time until SIGCONT does not count. */
static int stop(struct player *p, int64_t at_us)
{
	stopped = 0;
	close_terminal();
	raise(SIGSTOP);
	schedule_move(&p->schedule, clock_mono_us(), at_us);
	return open_terminal(p);
}

/* --- where it is --- */

/* What comes next, if it is to be shown: 1, 0, -1. */
static int peek(struct player *p, struct head_event *e)
{
	if (head_place(p->head) >= p->plan->stop)
		return 0;
	return head_peek(p->head, e, p->err);
}

static int64_t next_us(struct player *p)
{
	struct head_event e;

	return peek(p, &e) == 1 ? e.at_us : p->schedule.at_us;
}

static int64_t position(struct player *p)
{
	return schedule_at(&p->schedule, clock_mono_us(), next_us(p));
}

static int moved(struct player *p, int64_t at_us)
{
	schedule_move(&p->schedule, clock_mono_us(), at_us);
	p->again_us = 0;
	p->at_end = 0;
	p->dirty = 1;
	return 0;
}

static int go_to_place(struct player *p, uint64_t place, int64_t at_us)
{
	struct head_event e;

	if (head_seek_place(p->head, place, p->err) < 0)
		return -1;
	/* A command's beginning itself has been passed: -m is not to stop at it again. */
	if (peek(p, &e) == 1 && e.kind == HEAD_CHAPTER && head_step(p->head, &e, p->err) < 0)
		return -1;
	return moved(p, at_us);
}

static int go_to_begin(struct player *p)
{
	return go_to_place(p, p->plan->begin, p->plan->begin_us);
}

static int go_to_time(struct player *p, int64_t at_us)
{
	if (at_us <= p->plan->begin_us)
		return go_to_begin(p);
	if (head_seek(p->head, at_us, p->err) < 0)
		return -1;
	if (at_us > film_length_us(p->film))
		at_us = film_length_us(p->film);
	if (head_place(p->head) > p->plan->stop &&
	    head_seek_place(p->head, p->plan->stop, p->err) < 0)
		return -1;
	return moved(p, at_us);
}

static int go_to_tenth(struct player *p, int tenth)
{
	int64_t length;

	if (film_read_to(p->film, INT64_MAX, p->err) < 0)
		return -1;
	length = film_length_us(p->film) - p->plan->begin_us;
	return go_to_time(p, p->plan->begin_us + length / 10 * tenth);
}

/* The command before the one that has just begun, or the beginning of this one. */
static int go_back_a_chapter(struct player *p)
{
	long i = film_chapter_at(p->film, head_place(p->head));
	const struct chapter *c;

	if (i > 0 && position(p) < film_chapter(p->film, (size_t)i)->at_us + 1000000)
		i--;
	if (i < 0)
		return go_to_begin(p);
	c = film_chapter(p->film, (size_t)i);
	return go_to_place(p, c->at > p->plan->begin ? c->at : p->plan->begin, c->at_us);
}

static int go_on_a_chapter(struct player *p)
{
	size_t next = (size_t)(film_chapter_at(p->film, head_place(p->head)) + 1);
	const struct chapter *c;
	int rc = 1;

	while (rc == 1 && next >= film_chapters(p->film))
		rc = film_read(p->film, STEP_BYTES, p->err);
	if (rc < 0 || next >= film_chapters(p->film))
		return rc;
	c = film_chapter(p->film, next);
	return c->at < p->plan->stop ? go_to_place(p, c->at, c->at_us) : 0;
}

/* --- playing --- */

static int reach_end(struct player *p, int64_t now)
{
	if (p->plan->flags & PLAYER_LOOP) {
		if (p->again_us && now >= p->again_us)
			return go_to_begin(p);
		if (!p->again_us)
			p->again_us = now + LOOP_US;
		return 0;
	}
	p->dirty = 1;
	p->at_end = 1;
	p->quit = !p->has_keys;
	return 0;
}

/* Shows what is due, but not so much that keys would have to wait. */
static int advance(struct player *p, int64_t now)
{
	size_t bytes = 0;
	struct head_event e;

	while (!p->schedule.paused && !p->at_end && !p->search && bytes < STEP_BYTES) {
		int rc = peek(p, &e);

		if (rc < 0)
			return -1;
		if (!rc)
			return reach_end(p, now);
		if (schedule_due(&p->schedule, e.at_us) > now)
			break;
		if (head_step(p->head, &e, p->err) < 0)
			return -1;
		schedule_pass(&p->schedule, e.at_us);
		bytes += e.len + 1;
		p->dirty = 1;
		if (e.kind == HEAD_CHAPTER && p->plan->flags & PLAYER_PAUSE)
			schedule_pause(&p->schedule, now, e.at_us);
	}
	return 0;
}

/* '.': up to the next output. */
static int step(struct player *p)
{
	struct head_event e = {.kind = HEAD_CHAPTER};
	int rc = 1;

	schedule_pause(&p->schedule, clock_mono_us(), next_us(p));
	while (e.kind != HEAD_OUTPUT && (rc = peek(p, &e)) == 1) {
		if (head_step(p->head, &e, p->err) < 0)
			return -1;
		moved(p, e.at_us);
	}
	if (!rc)
		p->at_end = 1;
	p->dirty = 1;
	return rc < 0 ? -1 : 0;
}

static int toggle(struct player *p)
{
	if (p->at_end)
		p->schedule.paused = 0;
	if (p->at_end)
		return go_to_begin(p);
	if (p->schedule.paused)
		schedule_resume(&p->schedule, clock_mono_us());
	else
		schedule_pause(&p->schedule, clock_mono_us(), next_us(p));
	return 0;
}

static void set_speed(struct player *p, double factor)
{
	double speed = p->schedule.speed * factor;

	if (speed >= 1.0 / 64 && speed <= 1e6)
		schedule_set_speed(&p->schedule, clock_mono_us(), next_us(p), speed);
}

/* --- searching --- */

static int begin_search(struct player *p)
{
	p->typing = 0;
	if (!p->needle_len)
		return 0;
	p->needle[p->needle_len] = '\0';
	if (!p->schedule.paused)
		schedule_pause(&p->schedule, clock_mono_us(), next_us(p));
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

static int go_on_searching(struct player *p)
{
	uint64_t place;
	int64_t at_us;
	int rc = search_step(p->search, STEP_BYTES, &place, &at_us, p->err);

	if (rc == SEARCH_ON || rc < 0)
		return rc < 0 ? -1 : 0;
	if (rc == 0 || place > p->plan->stop) {
		end_search(p, "not found");
		return 0;
	}
	end_search(p, "found");
	if (head_seek_place(p->head, place, p->err) < 0)
		return -1;
	return moved(p, at_us);
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
		if (key >= ' ' && key < 256 && p->needle_len + 1 < NEEDLE)
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
		return step(p);
	case KEY_LEFT:
		return go_to_time(p, position(p) - JUMP_US);
	case KEY_RIGHT:
		return go_to_time(p, position(p) + JUMP_US);
	case '[':
		return go_back_a_chapter(p);
	case ']':
		return go_on_a_chapter(p);
	case KEY_HOME:
		return go_to_begin(p);
	case KEY_END:
		return go_to_tenth(p, 10);
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
		measure(p);
		return 0;
	case 26:
		stopped = 1;
		return 0;
	case 3:
		ended_by = SIGINT;
		return 0;
	case 'q':
		p->quit = 1;
		return 0;
	default:
		return key >= '0' && key <= '9' ? go_to_tenth(p, key - '0') : 0;
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

static int read_keys(struct player *p)
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

/* --- the picture --- */

/* The rows that are shown are those with the cursor, if not all fit. */
static int first_row(int rows, int room, int cursor)
{
	int first = cursor - room + 1;

	if (first > rows - room)
		first = rows - room;
	return first > 0 ? first : 0;
}

static void put_status(struct player *p, int is_cut)
{
	const struct screen *s = head_screen(p->head);
	long i = film_chapter_at(p->film, head_place(p->head));
	struct status_facts facts = {
		.at_us = position(p),
		.length_us = film_length_us(p->film),
		.is_whole = film_is_whole(p->film),
		.speed = p->schedule.speed,
		.state = p->at_end	      ? "end"
			 : p->schedule.paused ? "paused"
					      : NULL,
		.chapter = i < 0 ? NULL : film_chapter(p->film, (size_t)i),
		.place = head_place(p->head),
		.message = p->message,
		.needle = p->typing ? p->needle : NULL,
		.needle_len = p->needle_len,
		.cut_rows = is_cut ? screen_rows(s) : 0,
		.cut_cols = is_cut ? screen_cols(s) : 0,
	};

	painter_put(p->painter, status_screen(p->status, &facts), 0, 1, p->rows - 1);
}

static int paint(struct player *p)
{
	const struct screen *s = head_screen(p->head);
	int with_status = p->with_status && p->rows > 1, room = p->rows - with_status;
	struct buf out = {0};
	int row, col, first, rc;

	screen_cursor(s, &row, &col);
	first = first_row(screen_rows(s), room, row);
	painter_begin(p->painter);
	painter_put(p->painter, s, first, room, 0);
	if (!screen_hides_cursor(s) && row - first < room)
		painter_put_cursor(p->painter, row - first, col);
	if (with_status)
		put_status(p, screen_rows(s) > room || screen_cols(s) > p->cols);
	painter_end(p->painter, &out);
	rc = put(p, out.data, out.len);
	buf_release(&out);
	p->dirty = 0;
	p->painted_us = clock_mono_us();
	return rc;
}

/* --- the loop --- */

/* How long nothing will have to be done, in microseconds. */
static int64_t idle_us(struct player *p, int64_t now)
{
	int64_t wait = 1000000, due;
	int playing = !p->schedule.paused && !p->at_end;

	if (p->search || (!film_is_whole(p->film) && !p->dirty))
		return 0;
	if (playing) {
		due = p->again_us ? p->again_us : schedule_due(&p->schedule, next_us(p));
		due -= now;
		wait = due < wait ? due : wait;
		if (p->with_status && wait > TICK_US)
			wait = TICK_US;
	}
	if (p->dirty && wait > p->painted_us + FRAME_US - now)
		wait = p->painted_us + FRAME_US - now;
	if (keys_wait(&p->keys) && wait > ESCAPE_US)
		wait = ESCAPE_US;
	return wait > 0 ? wait : 0;
}

static int wait_for_something(struct player *p)
{
	struct pollfd in = {.fd = p->has_keys ? STDIN_FILENO : -1, .events = POLLIN};
	int64_t wait = idle_us(p, clock_mono_us());
	struct timespec ts = {wait / 1000000, wait % 1000000 * 1000};

	if (ppoll(&in, 1, &ts, &p->outside) < 0 && errno != EINTR)
		return err_sys(p->err, "wait for a key");
	if (in.revents)
		return read_keys(p);
	if (keys_wait(&p->keys) && clock_mono_us() - p->typed_us >= ESCAPE_US)
		return take_key(p, keys_pause(&p->keys));
	return 0;
}

static int turn(struct player *p)
{
	int64_t now = clock_mono_us();

	if (stopped && stop(p, position(p)) < 0)
		return -1;
	if (resized)
		measure(p);
	if (p->search && go_on_searching(p) < 0)
		return -1;
	if (advance(p, now) < 0)
		return -1;
	if (p->with_status && !p->schedule.paused && now - p->painted_us >= TICK_US)
		p->dirty = 1;
	if (p->dirty && (p->quit || now - p->painted_us >= FRAME_US) && paint(p) < 0)
		return -1;
	if (!film_is_whole(p->film) && film_read(p->film, READ_BYTES, p->err) < 0)
		return -1;
	return p->quit ? 0 : wait_for_something(p);
}

static int begin(struct player *p)
{
	const struct player_plan *plan = p->plan;

	schedule_init(&p->schedule, clock_mono_us());
	p->schedule.speed = plan->speed;
	p->schedule.idle_us = plan->idle_us;
	if (go_to_begin(p) < 0)
		return -1;
	return plan->at_us > plan->begin_us ? go_to_time(p, plan->at_us) : 0;
}

int player_run(struct film *film, const struct player_plan *plan, struct err *err)
{
	struct player p = {.film = film, .plan = plan, .err = err};
	int rc;

	tty_init(&tty, STDIN_FILENO);
	p.has_keys = tty.fd >= 0;
	p.with_status = !(plan->flags & PLAYER_NO_STATUS);
	p.head = head_new(film, NULL, NULL);
	catch_signals(&p);
	rc = begin(&p);
	if (rc == 0)
		rc = open_terminal(&p);
	while (rc == 0 && !p.quit && !ended_by)
		rc = turn(&p);
	close_terminal();
	search_free(p.search);
	status_free(p.status);
	painter_free(p.painter);
	head_free(p.head);
	sigprocmask(SIG_SETMASK, &p.outside, NULL);
	return rc ? rc : ended_by;
}
