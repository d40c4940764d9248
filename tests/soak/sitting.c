/* SPDX-License-Identifier: MIT */
/* A session from its begin to one of its ends. A failure is told with the session's name, and the
 * session left as it is. */
#include "sitting.h"

#include "sitting_private.h"

#include "chance.h"
#include "lab.h"
#include "tap.h"
#include "term.h"
#include "typed.h"

#include "base/buf.h"
#include "live/logs.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t sitting_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void sitting_fail(struct sitting *s, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ok(0, "session %s: %s", s->session, text);
	tap_note("before that, behind command %d:%s", s->prompts, s->trail);
	s->failed = 1;
	s->tally->failures++;
}

void sitting_trail(struct sitting *s, const char *what)
{
	size_t n = strlen(what) + 2, have = strlen(s->trail);

	if (have + n >= sizeof(s->trail)) {
		memmove(s->trail, s->trail + have / 2, have - have / 2 + 1);
		have -= have / 2;
	}
	snprintf(s->trail + have, sizeof(s->trail) - have, " %s,", what);
}

int sitting_steno(const struct sitting *s, struct buf *out, const char *format, ...)
{
	struct buf script = {0};
	va_list args;
	char *text;
	int status;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	buf_printf(&script, "S=%s; \"$STENO\" %s", s->session, text);
	status = lab_sh(s->lab, out, buf_str(&script));
	buf_release(&script);
	free(text);
	return status;
}

int sitting_begin(struct sitting *s, const struct lab *lab, struct tally *tally)
{
	memset(s, 0, sizeof(*s));
	s->lab = lab;
	s->tally = tally;
	tally->sessions++;
	s->t = lab_start(lab, NULL);
	term_be_patient(s->t, PATIENCE_MS);
	if (!typed_ended(s->t, 0)) {
		sitting_fail(s, "it does not begin");
		return -1;
	}
	snprintf(s->session, sizeof(s->session), "%s", lab_session(lab));
	return 0;
}

static void await_end(struct sitting *s)
{
	int64_t deadline = sitting_now() + PATIENCE_MS;
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s.cast", s->lab->logs, s->session);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && logs_is_running(fd) && sitting_now() < deadline)
		poll(NULL, 0, 20);
	if (fd < 0 || logs_is_running(fd))
		sitting_fail(s, "its recording does not end");
	if (fd >= 0)
		close(fd);
}

/* The front must have ended by itself: term_free() kills it. */
static void leave(struct sitting *s)
{
	int status;

	if (!s->failed)
		await_end(s);
	if (!s->failed && !term_exit(s->t, &status))
		sitting_fail(s, "its front does not end");
	term_free(s->guest);
	term_free(s->t);
	s->guest = s->t = NULL;
}

void sitting_exit(struct sitting *s)
{
	int status = -1;

	sitting_trail(s, "exit");
	sitting_enter(s, "exit 7", 7);
	if (!term_exit(s->t, &status) || status != 7)
		sitting_fail(s, "it ends with status %d, not 7", status);
	leave(s);
}

void sitting_end(struct sitting *s, struct chance *c)
{
	static const char *const ways[] = {"steno kill", "kill -9 front", "kill -15 front",
					   "hang up"};
	unsigned int how = chance_draw(c, 6);

	if (how < 2) {
		sitting_exit(s);
		return;
	}
	if (chance_draw(c, 2)) {
		sitting_enter(s, "sh -c 'echo go; exec sleep 1000'", ANY_STATUS);
		sitting_expect(s, "\rgo\r\n");
		sitting_trail(s, "a command runs");
	}
	sitting_trail(s, ways[how - 2]);
	s->front_killed = how == 3;
	s->was_killed = 1;
	if (how == 2)
		sitting_steno(s, NULL, "kill $S");
	else if (how == 3)
		term_signal(s->t, SIGKILL);
	else if (how == 4)
		term_signal(s->t, SIGTERM);
	else
		term_hang_up(s->t);
	leave(s);
}

void sitting_release(struct sitting *s)
{
	term_free(s->guest);
	term_free(s->t);
	free(s->wanted);
	memset(s, 0, sizeof(*s));
}
