/* SPDX-License-Identifier: MIT */
/* What is typed: commands that end in every way, that print nothing, much, or no newline. */
#include "typed.h"

#include "chance.h"
#include "lab.h"
#include "term.h"

#include <stdio.h>
#include <string.h>

static void set(struct typed *t, const char *line, const char *output, int status)
{
	snprintf(t->line, sizeof(t->line), "%s", line);
	snprintf(t->output, sizeof(t->output), "%s", output);
	t->status = status;
}

static void flood(struct chance *c, struct typed *t)
{
	snprintf(t->line, sizeof(t->line), "seq %u", 3000 + chance_draw(c, 60000));
	snprintf(t->output, sizeof(t->output), "?");
}

static void numbered(unsigned int which, unsigned int n, struct typed *t)
{
	switch (which) {
	case 0:
		snprintf(t->line, sizeof(t->line), "(exit %u)", n % 256);
		t->status = (int)n % 256;
		break;
	case 1:
		snprintf(t->line, sizeof(t->line), "echo word%u  '\303\251 \346\274\242'", n);
		snprintf(t->output, sizeof(t->output), "word%u \303\251 \346\274\242\n", n);
		break;
	case 2:
		snprintf(t->line, sizeof(t->line), "printf 'no newline %u'", n);
		snprintf(t->output, sizeof(t->output), "no newline %u\n", n);
		break;
	case 3:
		snprintf(t->line, sizeof(t->line), "sleep 0.0%u", n % 10);
		break;
	case 4:
		snprintf(t->line, sizeof(t->line), " echo hidden%u", n);
		snprintf(t->output, sizeof(t->output), "hidden%u\n", n);
		break;
	case 5:
		snprintf(t->line, sizeof(t->line), "no-such-%u 2>/dev/null", n);
		t->status = 127;
		break;
	case 6:
		snprintf(t->line, sizeof(t->line), "echo one | cat; (exit %u)", n % 100);
		snprintf(t->output, sizeof(t->output), "one\n");
		t->status = (int)n % 100;
		break;
	default:
		snprintf(t->line, sizeof(t->line), "printf '%%s\\n' a '' b; sh -c 'exit %u'",
			 n % 7);
		snprintf(t->output, sizeof(t->output), "a\n\nb\n");
		t->status = (int)n % 7;
		break;
	}
}

void typed_choose(struct chance *c, struct typed *out)
{
	unsigned int which = chance_draw(c, 12), n = chance_draw(c, 1000);

	memset(out, 0, sizeof(*out));
	switch (which) {
	case 8:
		set(out, "true", "", 0);
		break;
	case 9:
		set(out, "false", "", 1);
		break;
	case 10:
		set(out, "sh -c 'echo go; exec sleep 100'", "go\n^C\n", 130);
		out->interrupted = 1;
		break;
	case 11:
		flood(c, out);
		break;
	default:
		numbered(which, n, out);
	}
}

void typed_enter(struct term *t, const struct typed *c)
{
	term_type(t, c->line);
	term_type(t, "\r");
	if (!c->interrupted)
		return;
	term_expect(t, "\rgo\r\n");
	term_type(t, "\003");
}

int typed_ended(struct term *t, int n)
{
	char prompt[32];

	snprintf(prompt, sizeof(prompt), "[%d] " LAB_PROMPT, n);
	return term_expect(t, prompt);
}
