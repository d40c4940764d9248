/* SPDX-License-Identifier: MIT */
/* Reports of commands into the recording. */
#include "holder_private.h"

#include "clock.h"
#include "inbox.h"

#include "../tape/event.h"

static void put_report(void *ctx, const char *line, size_t n)
{
	struct holder *h = ctx;

	if (!inbox_is_plain(line, n))
		return;
	recorder_text(&h->recorder, h->now, EVENT_COMMAND, line, n);
	if (line[0] == 'E')
		looker_owe(&h->looker, h->now);
}

void holder_hear_inbox(struct holder *h)
{
	if (h->s->inbox < 0)
		return;
	h->now = clock_mono_us(); /* events bear the time of their arrival */
	facts_read(&h->reports, h->s->inbox, put_report, h);
	follower_ring(&h->follower, 0, h->now);
}
