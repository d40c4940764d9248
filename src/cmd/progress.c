/* SPDX-License-Identifier: MIT */
/* One line on the terminal, rewritten now and then; the clock is asked for once in many steps. */
#include "progress.h"

#include "../live/clock.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_US = 500000, NEXT_US = 100000 };

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

void progress_begin(struct progress *p, const char *what, int flags)
{
	struct sigaction catch = {.sa_handler = on_signal}, old;
	size_t i;

	memset(p, 0, sizeof(*p));
	p->what = what;
	p->flags = flags;
	p->shows = isatty(STDERR_FILENO);
	p->show_at = clock_mono_us() + FIRST_US;
	if (!(flags & PROGRESS_CATCH))
		return;
	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &catch, NULL);
}

int progress_step(struct progress *p, int64_t done, int64_t all)
{
	int64_t now;

	if (caught)
		return 1;
	now = p->shows ? clock_mono_us() : 0;
	if (!p->shows || now < p->show_at)
		return 0;
	p->show_at = now + NEXT_US;
	p->shown = 1;
	fprintf(stderr, "\rsteno: %s: %" PRId64 " %%\033[K", p->what,
		all > 0 ? (done < all ? done : all) * 100 / all : 100);
	return 0;
}

void progress_end(struct progress *p)
{
	const struct sigaction usual = {.sa_handler = SIG_DFL};

	if (p->shown)
		fputs("\r\033[K", stderr);
	if (!caught)
		return;
	sigaction(caught, &usual, NULL);
	raise(caught);
}
