/* SPDX-License-Identifier: MIT */
/* Commands that an agent asked for, until their end is in its log. */
#include "adapter.h"

#include "../base/json.h"
#include "../base/quote.h"
#include "../tape/words.h"

#include <stdlib.h>
#include <string.h>

static void release(struct call *call)
{
	free(call->id);
	free(call->cwd);
	buf_release(&call->cmd);
}

void calls_drop(struct calls *c, struct call *call)
{
	size_t at = (size_t)(call - c->list);

	release(call);
	c->n--;
	memmove(call, call + 1, (c->n - at) * sizeof(*call));
}

struct call *calls_find(struct calls *c, const char *id)
{
	size_t i;

	for (i = 0; id && i < c->n; i++)
		if (!strcmp(c->list[i].id, id))
			return &c->list[i];
	return NULL;
}

static void tell_call(struct agent *a, const struct call *call)
{
	struct words w;

	words_init(&w, WORDS_CALL);
	w.call_id = call->id;
	w.text = (const char *)call->cmd.data;
	w.n = call->cmd.len;
	w.cwd = call->cwd;
	w.wall_us = call->wall_us;
	agent_tell(a, &w);
}

struct call *calls_open(struct calls *c, struct agent *a, const char *id, const char *cmd, size_t n,
			const char *cwd, int64_t wall_us)
{
	struct call *call;

	if (c->n == CALLS_MOST)
		calls_drop(c, &c->list[0]);
	call = &c->list[c->n++];
	memset(call, 0, sizeof(*call));
	call->id = xstrdup(id ? id : "");
	buf_put(&call->cmd, cmd, n);
	call->cwd = cwd ? xstrdup(cwd) : NULL;
	call->wall_us = wall_us;
	tell_call(a, call);
	return call;
}

void calls_refuse(struct calls *c, struct agent *a, struct call *call, const char *why,
		  int64_t wall_us)
{
	struct buf note = {0};

	buf_printf(&note, "call %.200s was not run: %.1000s", call->id, why);
	agent_note(a, buf_str(&note), wall_us);
	buf_release(&note);
	calls_drop(c, call);
}

int calls_was_closed(const struct calls *c, const char *id)
{
	uint64_t h = text_hash(id);

	return c->closed[h % CALLS_CLOSED] == h;
}

void calls_close(struct calls *c, struct agent *a, struct call *call, struct words *w)
{
	if (call) {
		w->call_id = call->id;
		w->cmd = (const char *)call->cmd.data;
		w->cmd_n = call->cmd.len;
		if (!w->cwd)
			w->cwd = call->cwd;
		if (w->wall_us < 0)
			w->wall_us = call->wall_us;
	}
	if (w->call_id) {
		uint64_t h = text_hash(w->call_id);

		c->closed[h % CALLS_CLOSED] = h;
	}
	agent_tell(a, w);
	if (call)
		calls_drop(c, call);
}

void calls_end(struct calls *c, struct agent *a)
{
	while (c->n) {
		struct words w;

		words_init(&w, WORDS_RESULT);
		if (c->list[0].is_told || c->list[0].is_patch)
			calls_drop(c, &c->list[0]);
		else
			calls_close(c, a, &c->list[0], &w);
	}
}

void calls_release(struct calls *c)
{
	while (c->n)
		calls_drop(c, &c->list[0]);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int is_shell(const char *program)
{
	static const char *const shells[] = {"bash", "sh", "zsh", "dash", "ksh", "fish"};
	size_t i;

	for (i = 0; i < sizeof(shells) / sizeof(*shells); i++)
		if (!strcmp(base_name(program), shells[i]))
			return 1;
	return 0;
}

/* -c, -lc, -ic: letters that end in c. */
static int is_dash_c(const char *word)
{
	size_t n = strlen(word);

	return n >= 2 && n <= 4 && word[0] == '-' && word[1] != '-' && word[n - 1] == 'c';
}

void command_text(const struct json *argv, struct buf *out)
{
	size_t n = json_length(argv), i, len = 0;
	const char *first = json_text(json_item(argv, 0), &len);
	const char *second = json_text(json_item(argv, 1), &len);
	const char *third = json_text(json_item(argv, 2), &len);

	if (n == 3 && first && second && third && is_shell(first) && is_dash_c(second)) {
		buf_put(out, third, len);
		return;
	}
	for (i = 0; i < n; i++) {
		const char *word = json_text(json_item(argv, i), &len);

		if (i)
			buf_putc(out, ' ');
		if (word)
			quote_shell(out, word);
	}
}
