/* SPDX-License-Identifier: MIT */
/* One line on the terminal, rewritten now and then; the clock is asked for once in many steps. */
#include "progress.h"

#include "../live/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_US = 500000, NEXT_US = 100000 };

static const int signals[PROGRESS_SIGNALS] = {SIGINT, SIGTERM, SIGHUP};
static const char clear_line[] = "\r\033[K";
static volatile sig_atomic_t caught, shown;

static void on_signal(int number)
{
	caught = number;
}

/* The line is no place for a shell's prompt. */
static void on_last_signal(int number)
{
	if (shown && write(STDERR_FILENO, clear_line, strlen(clear_line)) < 0)
		shown = 0;
	raise(number); /* comes when this returns, and is not caught again */
}

static void clear(void)
{
	if (shown)
		fputs(clear_line, stderr);
	shown = 0;
}

void progress_begin(struct progress *p, const char *what, int flags)
{
	struct sigaction action = {.sa_handler = on_signal};
	size_t i;

	memset(p, 0, sizeof(*p));
	p->what = what;
	p->flags = flags;
	p->shows = isatty(STDERR_FILENO) && !(flags & PROGRESS_STREAM && isatty(STDOUT_FILENO));
	p->show_at = clock_mono_us() + FIRST_US;
	if (!(flags & PROGRESS_CATCH)) {
		action.sa_handler = on_last_signal;
		action.sa_flags = (int)SA_RESETHAND;
	}
	for (i = 0; i < PROGRESS_SIGNALS; i++) {
		sigaction(signals[i], NULL, &p->old[i]);
		if (p->old[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

int progress_step(struct progress *p, int64_t done, int64_t all)
{
	int64_t now;

	if (caught)
		return 1;
	if (done >= all)
		clear();
	now = p->shows && done < all ? clock_mono_us() : 0;
	if (!now || now < p->show_at)
		return 0;
	p->show_at = now + NEXT_US;
	shown = 1;
	fprintf(stderr, "\rsteno: %s: %" PRId64 " %%\033[K", p->what, done * 100 / all);
	return 0;
}

int progress_watch(void *ctx, int64_t done, int64_t all)
{
	return progress_step(ctx, done, all);
}

void progress_end(struct progress *p)
{
	size_t i;

	clear();
	for (i = 0; i < PROGRESS_SIGNALS; i++)
		sigaction(signals[i], &p->old[i], NULL);
	if (caught)
		raise(caught);
}
