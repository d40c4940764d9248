/* SPDX-License-Identifier: MIT */
/* What its user does, and what is done to it. All of it is known beforehand in text and status, so
 * that each record can be judged. */
#include "sitting.h"

#include "sitting_private.h"

#include "chance.h"
#include "gauge.h"
#include "lab.h"
#include "term.h"
#include "typed.h"

#include "base/buf.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REDRAW_MS = 1000 };

/* The shell's own word for how many commands have ended. */
static int count_of_shell(const struct sitting *s)
{
	char path[512], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "%s/count.%s.cast", s->lab->home, s->session);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	if (fd >= 0)
		close(fd);
	return (int)strtol(text, NULL, 10);
}

struct prompt {
	struct sitting *s;
	char text[32];
	int64_t redraw_at;
};

/* A terminal that was slow for a moment is painted, cell by cell: then the prompt is drawn again,
 * until it comes as the shell prints it. */
static int is_shown(void *ctx)
{
	struct prompt *p = ctx;
	const struct buf *seen = term_seen(p->s->t);

	if (seen->len && memmem(seen->data, seen->len, p->text, strlen(p->text)))
		return 1;
	if (sitting_now() < p->redraw_at)
		return 0;
	p->redraw_at = sitting_now() + REDRAW_MS;
	if (count_of_shell(p->s) == p->s->prompts)
		term_type(p->s->t, "\f");
	return 0;
}

static void ended(struct sitting *s)
{
	struct prompt p = {.s = s, .redraw_at = sitting_now() + REDRAW_MS};

	s->prompts++;
	snprintf(p.text, sizeof(p.text), "[%d] " LAB_PROMPT, s->prompts);
	if (!term_await(s->t, is_shown, &p, p.text))
		sitting_fail(s, "the prompt of command %d does not come", s->prompts);
	term_skip(s->t);
}

void sitting_enter(struct sitting *s, const char *line, int status)
{
	sitting_want(s, line, status);
	term_type(s->t, line);
	term_type(s->t, "\r");
}

void sitting_expect(struct sitting *s, const char *text)
{
	if (!s->failed && !term_expect(s->t, text))
		sitting_fail(s, "\"%s\" is not shown", text);
}

static void check_output(struct sitting *s, const struct typed *c)
{
	struct buf got = {0};
	int status = sitting_steno(s, &got, "show --output $S:%d", s->prompts);

	s->tally->outputs++;
	if (status || strcmp(buf_str(&got), c->output) != 0)
		sitting_fail(s, "output of command %d, %s: status %d, \"%.100s\", not \"%.100s\"",
			     s->prompts, c->line, status, buf_str(&got), c->output);
	buf_release(&got);
}

static void act_plain(struct sitting *s, struct chance *c)
{
	struct typed typed;

	typed_choose(c, &typed);
	sitting_want(s, typed.line, typed.status);
	typed_enter(s->t, &typed);
	ended(s);
	if (!s->failed && typed.output[0] != '?' && !chance_draw(c, 10))
		check_output(s, &typed);
}

static void act_ahead(struct sitting *s, struct chance *c)
{
	struct typed typed;
	int n = 2 + (int)chance_draw(c, 3), i;

	for (i = 0; i < n; i++) {
		do
			typed_choose(c, &typed);
		while (typed.interrupted);
		sitting_want(s, typed.line, typed.status);
		typed_enter(s->t, &typed);
	}
	s->prompts += n - 1;
	ended(s);
}

/* To another size in any case. */
static void resize(struct sitting *s, struct chance *c)
{
	int before = s->rows;

	while (s->rows == before)
		s->rows = 10 + (int)chance_draw(c, 50);
	term_resize(s->t, s->rows, 40 + (int)chance_draw(c, 120));
	s->tally->resizes++;
}

static void act_flood(struct sitting *s, struct chance *c)
{
	int i;

	if (chance_draw(c, 2)) {
		sitting_enter(s, "seq 150000", 0);
		for (i = 0; i < 5; i++) {
			resize(s, c);
			sitting_expect(s, "9\r\n");
		}
	} else {
		sitting_enter(s, "yes steno", 130);
		sitting_expect(s, "steno\r\nsteno\r\n");
		term_type(s->t, "\003");
	}
	ended(s);
}

static void act_resize(struct sitting *s, struct chance *c)
{
	int n = 1 + (int)chance_draw(c, 8);

	while (n--)
		resize(s, c);
	sitting_enter(s, "stty size", 0);
	ended(s);
}

static void act_screen(struct sitting *s, struct chance *c)
{
	unsigned int which = chance_draw(c, 3);

	s->tally->screens++;
	if (which == 0) {
		sitting_enter(s, "vim -u NONE -N -i NONE -n kept", 0);
		sitting_expect(s, "kept\"");
		term_type(s->t, "Goinserted");
		sitting_expect(s, "inserted");
		resize(s, c); /* keys that come with it are lost, without steno, too */
		sitting_expect(s, "-- INSERT --");
		term_type(s->t, "\033:q!\r");
	} else if (which == 1) {
		sitting_enter(s, "less many", 0);
		sitting_expect(s, "many");
		term_type(s->t, "  bG");
		sitting_expect(s, "(END)");
		term_type(s->t, "q");
	} else {
		sitting_enter(s, "htop -d 5", 0);
		sitting_expect(s, "PRI");
		resize(s, c);
		sitting_expect(s, "PRI");
		term_type(s->t, "q");
	}
	ended(s);
}

static void act_suspend(struct sitting *s, struct chance *c)
{
	(void)c;
	sitting_enter(s, "sh -c 'echo go; exec cat'", 148);
	sitting_expect(s, "\rgo\r\n");
	term_type(s->t, "\032");
	ended(s);
	sitting_enter(s, "fg", 0);
	sitting_expect(s, "exec cat'\r\n");
	term_type(s->t, "a line\r");
	sitting_expect(s, "a line\r\na line\r\n");
	term_type(s->t, "\004");
	ended(s);
}

static void act_driven(struct sitting *s, struct chance *c)
{
	int status = (int)chance_draw(c, 200), got;
	char line[32];

	snprintf(line, sizeof(line), "(exit %d)", status);
	sitting_want(s, line, status);
	got = sitting_steno(s, NULL, "send --enter $S '%s' && \"$STENO\" wait -t 120 $S", line);
	if (got != status)
		sitting_fail(s, "steno wait ends with %d, not %d", got, status);
	ended(s);
}

static void act_sleep(struct sitting *s, struct chance *c)
{
	int seconds = 1 + (int)chance_draw(c, chance_draw(c, 4) ? 5 : 60);
	char line[32];

	snprintf(line, sizeof(line), "sleep %d", seconds);
	sitting_enter(s, line, 0);
	s->busy_until = sitting_now() + seconds * 1000;
}

/* A guest stays until the next time, and is not read meanwhile: a slow terminal. */
static void act_guest(struct sitting *s, struct chance *c)
{
	int status;

	if (!s->guest) {
		sitting_trail(s, "a guest");
		s->guest = lab_start(s->lab, "attach", "-r", s->session, NULL);
		term_be_patient(s->guest, PATIENCE_MS);
		s->tally->guests++;
		if (!term_expect(s->guest, "ready>"))
			sitting_fail(s, "whoever attaches is not shown the prompt");
		return;
	}
	sitting_trail(s, "without the guest");
	switch (chance_draw(c, 3)) {
	case 0:
		term_type(s->guest, "\034");
		if (!term_exit(s->guest, &status))
			sitting_fail(s, "a terminal cannot leave");
		break;
	case 1:
		term_signal(s->guest, SIGKILL);
		break;
	default:
		term_hang_up(s->guest);
	}
	term_free(s->guest);
	s->guest = NULL;
}

void sitting_act(struct sitting *s, struct chance *c)
{
	static const struct {
		unsigned int share;
		void (*act)(struct sitting *s, struct chance *c);
	} acts[] = {
		{60, act_plain},  {8, act_ahead},  {3, act_flood}, {6, act_resize}, {4, act_screen},
		{5, act_suspend}, {5, act_driven}, {2, act_sleep}, {4, act_guest},
	};
	unsigned int drawn = chance_draw(c, 97), i;

	for (i = 0; drawn >= acts[i].share; i++)
		drawn -= acts[i].share;
	acts[i].act(s, c);
	term_forget(s->t);
}

void sitting_kill(struct sitting *s, struct chance *c)
{
	static const char *const names[] = {"steno-holder", "steno-scribe", "steno-watcher"};
	const char *name = names[chance_draw(c, 3)];
	pid_t pid = gauge_process(term_pid(s->t), name);

	if (pid) {
		sitting_trail(s, name);
		kill(pid, SIGKILL);
	}
	s->tally->kills += pid > 0;
	s->was_killed |= pid > 0;
	s->lost_holder |= pid > 0 && name == names[0];
	act_plain(s, c);
}

void sitting_wake(struct sitting *s)
{
	s->busy_until = 0;
	ended(s);
	term_forget(s->t);
}
