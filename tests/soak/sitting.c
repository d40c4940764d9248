/* SPDX-License-Identifier: MIT */
/* Whatever is done here is known beforehand in text and status, so that each record can be judged.
 * A failure is told with the session's name, and the session left as it is. */
#include "sitting.h"

#include "chance.h"
#include "gauge.h"
#include "lab.h"
#include "tap.h"
#include "term.h"
#include "typed.h"

#include "base/buf.h"
#include "base/json.h"
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

enum {
	REDRAW_MS = 1000,
	PATIENCE_MS = 120000, /* other work on the machine may be in the way for long */
};

struct wanted {
	char cmd[128];
	int status;
};

int64_t sitting_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void fail(struct sitting *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void fail(struct sitting *s, const char *format, ...)
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

/* Notes what is being done; the oldest is forgotten. */
static void trail(struct sitting *s, const char *what)
{
	size_t n = strlen(what) + 2, have = strlen(s->trail);

	if (have + n >= sizeof(s->trail)) {
		memmove(s->trail, s->trail + have / 2, have - have / 2 + 1);
		have -= have / 2;
	}
	snprintf(s->trail + have, sizeof(s->trail) - have, " %s,", what);
}

/* steno with a verb and this session, in the repository; its status. */
static int steno(const struct sitting *s, struct buf *out, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int steno(const struct sitting *s, struct buf *out, const char *format, ...)
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

/* What is typed */

static void want(struct sitting *s, const char *cmd, int status)
{
	struct wanted *w;

	if (s->n_wanted == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 16;
		s->wanted = xrealloc(s->wanted, s->cap * sizeof(*s->wanted));
	}
	w = &s->wanted[s->n_wanted++];
	snprintf(w->cmd, sizeof(w->cmd), "%s", cmd);
	w->status = status;
	s->tally->commands++;
}

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
		fail(s, "the prompt of command %d does not come", s->prompts);
	term_skip(s->t);
}

/* Types a line whose command is known. */
static void enter(struct sitting *s, const char *line, int status)
{
	want(s, line, status);
	term_type(s->t, line);
	term_type(s->t, "\r");
}

static void expect(struct sitting *s, const char *text)
{
	if (!s->failed && !term_expect(s->t, text))
		fail(s, "\"%s\" is not shown", text);
}

static void check_output(struct sitting *s, const struct typed *c)
{
	struct buf got = {0};
	int status = steno(s, &got, "show --output $S:%d", s->prompts);

	s->tally->outputs++;
	if (status || strcmp(buf_str(&got), c->output) != 0)
		fail(s, "output of command %d, %s: status %d, \"%.100s\", not \"%.100s\"",
		     s->prompts, c->line, status, buf_str(&got), c->output);
	buf_release(&got);
}

static void act_plain(struct sitting *s, struct chance *c)
{
	struct typed typed;

	typed_choose(c, &typed);
	want(s, typed.line, typed.status);
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
		want(s, typed.line, typed.status);
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
		enter(s, "seq 150000", 0);
		for (i = 0; i < 5; i++) {
			resize(s, c);
			expect(s, "9\r\n");
		}
	} else {
		enter(s, "yes steno", 130);
		expect(s, "steno\r\nsteno\r\n");
		term_type(s->t, "\003");
	}
	ended(s);
}

static void act_resize(struct sitting *s, struct chance *c)
{
	int n = 1 + (int)chance_draw(c, 8);

	while (n--)
		resize(s, c);
	enter(s, "stty size", 0);
	ended(s);
}

static void act_screen(struct sitting *s, struct chance *c)
{
	unsigned int which = chance_draw(c, 3);

	s->tally->screens++;
	if (which == 0) {
		enter(s, "vim -u NONE -N -i NONE -n kept", 0);
		expect(s, "kept\"");
		term_type(s->t, "Goinserted");
		expect(s, "inserted");
		resize(s, c); /* keys that come with it are lost, without steno, too */
		expect(s, "-- INSERT --");
		term_type(s->t, "\033:q!\r");
	} else if (which == 1) {
		enter(s, "less many", 0);
		expect(s, "many");
		term_type(s->t, "  bG");
		expect(s, "(END)");
		term_type(s->t, "q");
	} else {
		enter(s, "htop -d 5", 0);
		expect(s, "PRI");
		resize(s, c);
		expect(s, "PRI");
		term_type(s->t, "q");
	}
	ended(s);
}

static void act_suspend(struct sitting *s, struct chance *c)
{
	(void)c;
	enter(s, "sh -c 'echo go; exec cat'", 148);
	expect(s, "\rgo\r\n");
	term_type(s->t, "\032");
	ended(s);
	enter(s, "fg", 0);
	expect(s, "exec cat'\r\n");
	term_type(s->t, "a line\r");
	expect(s, "a line\r\na line\r\n");
	term_type(s->t, "\004");
	ended(s);
}

static void act_driven(struct sitting *s, struct chance *c)
{
	int status = (int)chance_draw(c, 200), got;
	char line[32];

	snprintf(line, sizeof(line), "(exit %d)", status);
	want(s, line, status);
	got = steno(s, NULL, "send --enter $S '%s' && \"$STENO\" wait -t 120 $S", line);
	if (got != status)
		fail(s, "steno wait ends with %d, not %d", got, status);
	ended(s);
}

static void act_sleep(struct sitting *s, struct chance *c)
{
	int seconds = 1 + (int)chance_draw(c, chance_draw(c, 4) ? 5 : 60);
	char line[32];

	snprintf(line, sizeof(line), "sleep %d", seconds);
	enter(s, line, 0);
	s->busy_until = sitting_now() + seconds * 1000;
}

/* A guest stays until the next time, and is not read meanwhile: a slow terminal. */
static void act_guest(struct sitting *s, struct chance *c)
{
	int status;

	if (!s->guest) {
		trail(s, "a guest");
		s->guest = lab_start(s->lab, "attach", "-r", s->session, NULL);
		term_be_patient(s->guest, PATIENCE_MS);
		s->tally->guests++;
		if (!term_expect(s->guest, "ready>"))
			fail(s, "whoever attaches is not shown the prompt");
		return;
	}
	trail(s, "without the guest");
	switch (chance_draw(c, 3)) {
	case 0:
		term_type(s->guest, "\034");
		if (!term_exit(s->guest, &status))
			fail(s, "a terminal cannot leave");
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
		trail(s, name);
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

/* Begin and end */

int sitting_begin(struct sitting *s, const struct lab *lab, struct tally *tally)
{
	memset(s, 0, sizeof(*s));
	s->lab = lab;
	s->tally = tally;
	tally->sessions++;
	s->t = lab_start(lab, NULL);
	term_be_patient(s->t, PATIENCE_MS);
	if (!typed_ended(s->t, 0)) {
		fail(s, "it does not begin");
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
		fail(s, "its recording does not end");
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
		fail(s, "its front does not end");
	term_free(s->guest);
	term_free(s->t);
	s->guest = s->t = NULL;
}

void sitting_exit(struct sitting *s)
{
	int status = -1;

	trail(s, "exit");
	enter(s, "exit 7", 7);
	if (!term_exit(s->t, &status) || status != 7)
		fail(s, "it ends with status %d, not 7", status);
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
		enter(s, "sh -c 'echo go; exec sleep 1000'", ANY_STATUS);
		expect(s, "\rgo\r\n");
		trail(s, "a command runs");
	}
	trail(s, ways[how - 2]);
	s->front_killed = how == 3;
	s->was_killed = 1;
	if (how == 2)
		steno(s, NULL, "kill $S");
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

/* Judging */

void sitting_record(struct sitting *s, const struct json *j, int again)
{
	int64_t seq = json_get_int(j, "seq", 0), status = json_get_int(j, "exit_code", ANY_STATUS);
	const char *cmd = json_get_text(j, "cmd");
	const struct wanted *w = s->wanted;

	if (again && seq <= s->checked)
		return;
	if (seq != s->checked + 1 || !s->n_wanted) {
		fail(s, "record %d comes after %d, of %zu that are to come", (int)seq,
		     (int)s->checked, s->n_wanted);
		return;
	}
	s->checked++;
	s->tally->records++;
	if (!cmd || strcmp(cmd, w->cmd) != 0 || (w->status != ANY_STATUS && status != w->status))
		fail(s, "command %d is `%.100s` with %d, not `%s` with %d", (int)seq,
		     cmd ? cmd : "null", (int)status, w->cmd, w->status);
	memmove(s->wanted, s->wanted + 1, --s->n_wanted * sizeof(*s->wanted));
}

/* When the holder and then the front was killed, nobody is left to learn the shell's status. */
static int is_explained(const struct sitting *s, const char *finding)
{
	static const char *const by_kills[] = {"repair", "gap", "no-status", "no-end"};
	size_t i;

	for (i = 0; i < sizeof(by_kills) / sizeof(by_kills[0]); i++)
		if (s->was_killed && !strcmp(finding, by_kills[i]))
			return 1;
	return s->lost_holder && s->front_killed && !strcmp(finding, "broken-off");
}

static void verify(struct sitting *s)
{
	struct buf out = {0};
	int status = steno(s, &out, "verify --json $S");
	char *line, *rest;

	if (status > 1)
		fail(s, "verify: status %d", status);
	buf_str(&out);
	for (rest = (char *)(void *)out.data; (line = strsep(&rest, "\n")) && rest;) {
		struct json *j = json_parse(line, strlen(line), NULL);
		const char *finding = j ? json_get_text(j, "finding") : "?";

		if (finding && !is_explained(s, finding))
			fail(s, "verify: %.300s", line);
		json_free(j);
	}
	buf_release(&out);
}

void sitting_check(struct sitting *s)
{
	struct buf out = {0};

	if (s->failed)
		return;
	if (s->n_wanted)
		fail(s, "%zu commands were not recorded, the first `%s`", s->n_wanted,
		     s->wanted[0].cmd);
	if (steno(s, &out, "rebuild --check $S"))
		fail(s, "rebuild --check: %.300s", buf_str(&out));
	buf_release(&out);
	verify(s);
}
