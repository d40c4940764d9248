/* SPDX-License-Identifier: MIT */
/* A program in a pty, its output collected. The child's end is noticed through a pidfd, so that one
 * poll waits for both; the pty is read to its end even when a background job holds it open. */
#include "term.h"

#include "base/buf.h"
#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	GRACE_MS = 200,
	LOOK_MS = 2, /* between two looks at a process that prints nothing */
};

struct term {
	pid_t pid;
	int master; /* -1 once it has hung up */
	int pidfd;
	int ended, status; /* waited for; as waitpid(2) gave it */
	struct buf seen;
	int patience_ms;
	size_t found; /* end of what term_expect() found last */
	int answers;
	size_t asked; /* end of what was looked at for questions */
};

static void give_up(const char *what)
{
	perror(what);
	exit(2);
}

static void set_environment(const struct term_plan *plan)
{
	const char *path = getenv("PATH");
	char *keep = xstrdup(path ? path : "/usr/bin:/bin");
	size_t i;

	clearenv();
	setenv("PATH", keep, 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	setenv("HOME", plan->home, 1);
	for (i = 0; plan->env && plan->env[i]; i++)
		putenv((char *)(uintptr_t)plan->env[i]);
	free(keep);
}

static void run_child(const struct term_plan *plan)
{
	const char *cwd = plan->cwd ? plan->cwd : plan->home;

	set_environment(plan);
	if (chdir(cwd) < 0)
		give_up(cwd);
	execvp(plan->path, (char *const *)(uintptr_t)plan->argv);
	give_up(plan->path);
}

struct term *term_start(const struct term_plan *plan)
{
	struct winsize size = {.ws_row = (unsigned short)(plan->rows ? plan->rows : 24),
			       .ws_col = (unsigned short)(plan->cols ? plan->cols : 80)};
	struct term *t = xcalloc(1, sizeof(*t));

	t->patience_ms = TERM_DEADLINE_MS;
	fflush(stdout);
	t->pid = forkpty(&t->master, NULL, NULL, &size);
	if (t->pid < 0)
		give_up("forkpty");
	if (!t->pid)
		run_child(plan);
	fcntl(t->master, F_SETFD, FD_CLOEXEC);
	t->answers = plan->answers;
	t->pidfd = (int)syscall(SYS_pidfd_open, t->pid, 0);
	if (t->pidfd < 0)
		give_up("pidfd_open");
	return t;
}

static void reap(struct term *t, int flags)
{
	if (!t->ended && waitpid(t->pid, &t->status, flags) == t->pid)
		t->ended = 1;
}

void term_free(struct term *t)
{
	if (!t)
		return;
	reap(t, WNOHANG);
	if (!t->ended) {
		kill(-t->pid, SIGKILL);
		kill(t->pid, SIGKILL);
	}
	term_hang_up(t);
	reap(t, 0);
	close(t->pidfd);
	buf_release(&t->seen);
	free(t);
}

void term_hang_up(struct term *t)
{
	if (t->master >= 0)
		close(t->master);
	t->master = -1;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Whether it is asked at p, where n bytes are; -1: that cannot be told yet. */
static int is_question(const unsigned char *p, size_t n)
{
	static const char *const questions[] = {"\033[c", "\033[0c"};
	int is = 0;
	size_t i;

	for (i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		size_t len = strlen(questions[i]);

		if (!memcmp(p, questions[i], n < len ? n : len))
			is = n < len ? -1 : 1;
	}
	return is;
}

static void answer(struct term *t)
{
	static const char vt220[] = "\033[?62;22c"; /* with colours */
	const unsigned char *at = t->seen.data + t->asked, *end = t->seen.data + t->seen.len;

	while ((at = memchr(at, '\033', (size_t)(end - at)))) {
		int asked = is_question(at, (size_t)(end - at));

		if (asked < 0 || (asked && write(t->master, vt220, sizeof(vt220) - 1) < 0))
			break;
		at++;
	}
	t->asked = (size_t)((at ? at : end) - t->seen.data);
}

/* EIO: every process has closed its side. */
static void read_some(struct term *t)
{
	ssize_t got;

	buf_reserve(&t->seen, 65536);
	got = read(t->master, t->seen.data + t->seen.len, 65536);
	if (got > 0)
		t->seen.len += (size_t)got;
	else if (got == 0 || errno != EINTR)
		term_hang_up(t);
	if (got > 0 && t->answers)
		answer(t);
}

/* Waits for the terminal (for writing too if `events` says so) or the program's end. Returns what
 * poll(2) said of the terminal; -1: the deadline, or nothing can happen any more. */
static int wait_some(struct term *t, short events, int64_t deadline)
{
	struct pollfd fds[2] = {{.fd = t->master, .events = events},
				{.fd = t->ended ? -1 : t->pidfd, .events = POLLIN}};
	int64_t left = deadline - now_ms();
	int n;

	if (t->master < 0 && t->ended)
		return -1;
	/* behind the program's end only what is still on its way counts: a background job may hold
	 * the terminal open for long */
	if (t->ended && left > GRACE_MS)
		left = GRACE_MS;
	n = poll(fds, 2, (int)(left > 0 ? left : 0));
	if (n <= 0)
		return n < 0 && errno == EINTR ? 0 : -1;
	if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
		read_some(t);
	if (fds[1].revents)
		reap(t, WNOHANG);
	return fds[0].revents;
}

void term_be_patient(struct term *t, int ms)
{
	t->patience_ms = ms;
}

void term_send(struct term *t, const void *data, size_t n)
{
	const unsigned char *p = data;
	int64_t deadline = now_ms() + t->patience_ms;

	while (n && t->master >= 0) {
		int what = wait_some(t, POLLIN | POLLOUT, deadline);
		ssize_t put;

		if (what < 0)
			break;
		if (!(what & POLLOUT) || t->master < 0)
			continue;
		put = write(t->master, p, n < 256 ? n : 256);
		if (put < 0 && errno != EINTR)
			break;
		p += put > 0 ? put : 0;
		n -= put > 0 ? (size_t)put : 0;
	}
	if (n)
		ok(0, "the program takes what is typed");
}

void term_type(struct term *t, const char *text)
{
	term_send(t, text, strlen(text));
}

void term_resize(struct term *t, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	ioctl(t->master, TIOCSWINSZ, &size);
}

void term_signal(struct term *t, int sig)
{
	kill(t->pid, sig);
}

/* The last of what was seen: that is where it went wrong. */
static void explain(const struct term *t, const char *what)
{
	struct buf b = {0};
	size_t from = t->seen.len > 2000 ? t->seen.len - 2000 : 0, i;

	for (i = from; i < t->seen.len; i++) {
		unsigned char c = t->seen.data[i];

		if (c == '\n')
			buf_puts(&b, "\\n\n#   ");
		else if (c < 0x20 || c >= 0x7f)
			buf_printf(&b, "\\x%02x", c);
		else
			buf_putc(&b, c);
	}
	tap_note("waited in vain for: %s%s", what, t->ended ? " (the program has ended)" : "");
	tap_note("seen%s:\n#   %s", from ? " (its end)" : "", buf_str(&b));
	buf_release(&b);
}

int term_until(struct term *t, int (*cond)(void *ctx, const struct buf *seen), void *ctx,
	       const char *what)
{
	int64_t deadline = now_ms() + t->patience_ms;

	while (!cond(ctx, &t->seen)) {
		if (wait_some(t, POLLIN, deadline) < 0) {
			explain(t, what);
			return 0;
		}
	}
	return 1;
}

struct wanted {
	struct term *t;
	const char *text;
};

static int has_text(void *ctx, const struct buf *seen)
{
	struct wanted *w = ctx;
	size_t n = strlen(w->text), from = w->t->found;
	const unsigned char *hit;

	hit = seen->len > from ? memmem(seen->data + from, seen->len - from, w->text, n) : NULL;
	if (hit)
		w->t->found = (size_t)(hit - seen->data) + n;
	return hit != NULL;
}

int term_expect(struct term *t, const char *text)
{
	struct wanted w = {t, text};

	return term_until(t, has_text, &w, text);
}

/* How often a thread has run until now; -1: it runs, or waits for a processor. */
static int64_t count_runs(pid_t pid, const char *tid)
{
	char path[64], line[128], state = 0;
	int64_t runs = 0, n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%.16s/status", (int)pid, tid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "State: %c", &state) == 1)
			continue;
		if (sscanf(line, "voluntary_ctxt_switches: %" SCNd64, &n) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %" SCNd64, &n) == 1)
			runs += n;
	}
	if (f)
		fclose(f);
	return state == 'S' || state == 'T' ? runs : -1;
}

/* The same of a process, all its threads: -1 if one of them runs. */
static int64_t count_all_runs(pid_t pid)
{
	char path[64];
	struct dirent *e;
	int64_t all = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	d = opendir(path);
	while (d && all >= 0 && (e = readdir(d))) {
		int64_t runs = *e->d_name == '.' ? 0 : count_runs(pid, e->d_name);

		all = runs < 0 ? -1 : all + runs;
	}
	if (d)
		closedir(d);
	return d ? all : -1;
}

void term_skip(struct term *t)
{
	t->found = t->seen.len;
}

void term_forget(struct term *t)
{
	buf_release(&t->seen);
	t->found = t->asked = 0;
}

int term_await(struct term *t, int (*cond)(void *ctx), void *ctx, const char *what)
{
	int64_t deadline = now_ms() + t->patience_ms;

	while (!cond(ctx)) {
		if (now_ms() >= deadline || (t->master < 0 && t->ended)) {
			explain(t, what);
			return 0;
		}
		wait_some(t, POLLIN, now_ms() + LOOK_MS);
	}
	return 1;
}

struct sleeper {
	const struct term *t;
	pid_t pid;
	int64_t runs; /* at the last look; -1: it ran */
	size_t seen;
};

static int still_sleeps(void *ctx)
{
	struct sleeper *s = ctx;
	int64_t runs = count_all_runs(s->pid);
	int still = runs >= 0 && runs == s->runs && s->seen == s->t->seen.len;

	s->runs = runs;
	s->seen = s->t->seen.len;
	return still;
}

int term_settle(struct term *t, pid_t pid)
{
	struct sleeper s = {.t = t, .pid = pid, .runs = -1};

	return term_await(t, still_sleeps, &s, "the shell to sleep");
}

int term_exit(struct term *t, int *status)
{
	int64_t deadline = now_ms() + t->patience_ms;

	while (wait_some(t, POLLIN, deadline) >= 0)
		;
	if (!t->ended) {
		explain(t, "the program's end");
		return 0;
	}
	*status = WIFSIGNALED(t->status) ? 128 + WTERMSIG(t->status) : WEXITSTATUS(t->status);
	return 1;
}

const struct buf *term_seen(const struct term *t)
{
	return &t->seen;
}

pid_t term_pid(const struct term *t)
{
	return t->pid;
}
