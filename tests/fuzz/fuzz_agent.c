/* SPDX-License-Identifier: MIT */
/* Any bytes as an agent's own log: it tells the same however it is cut, each word further on than
 * the last, and what is printed of a word is parsed again. */
#include "agent/agent.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "tape/words.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct told {
	struct buf log;
	int64_t line, nth;
};

static void put_event(void *ctx, const char *data, size_t n)
{
	struct told *t = ctx;
	struct words w;
	struct json *j = words_parse(&w, data, n);

	if (!j || n >= WORDS_PIECE || memchr(data, '\n', n))
		bug("a word that cannot be read again");
	json_free(j);
	buf_put(&t->log, data, n);
	buf_putc(&t->log, '\n');
}

static void hear(void *ctx, const struct words *w)
{
	struct told *t = ctx;

	if (w->line < t->line || (w->line == t->line && w->nth <= t->nth))
		bug("a word that is not further on");
	t->line = w->line;
	t->nth = w->nth;
	words_print(w, put_event, t);
}

static void tell(struct told *t, const uint8_t *data, size_t size, size_t step)
{
	struct agent *a;
	size_t at;

	memset(t, 0, sizeof(*t));
	t->line = -1;
	a = agent_new(hear, t);
	for (at = 0; at < size; at += step)
		agent_put(a, data + at, size - at < step ? size - at : step);
	agent_end(a);
	agent_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told whole, cut;

	tell(&whole, data, size, size + 1);
	tell(&cut, data, size, 3);
	if (whole.log.len != cut.log.len ||
	    (cut.log.len && memcmp(whole.log.data, cut.log.data, cut.log.len)))
		bug("cut otherwise it tells something else");
	buf_release(&whole.log);
	buf_release(&cut.log);
	return 0;
}
