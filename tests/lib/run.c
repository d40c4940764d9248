/* SPDX-License-Identifier: MIT */
#include "run.h"

#include "base/err.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DEADLINE_MS = 30000, TURN_MS = 5 };

static void become(const struct run_plan *p, int in, int out, int err)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	const char *const *v;

	sigaction(SIGPIPE, &dfl, NULL);
	setpgid(0, 0);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(125);
	for (v = p->env; v && *v; v++)
		putenv((char *)(uintptr_t)*v);
	if (p->prepare)
		p->prepare();
	execvp(p->path, (char *const *)(uintptr_t)p->argv);
	_exit(125);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void take(int *fd, struct buf *to)
{
	ssize_t n;

	if (*fd < 0)
		return;
	buf_reserve(to, 4096);
	n = read(*fd, to->data + to->len, 4096);
	if (n > 0)
		to->len += (size_t)n;
	else if (!n || errno != EAGAIN)
		io_close(fd);
}

/* 1: it has ended. */
static int look(pid_t pid, struct run *r)
{
	int status;

	while (waitpid(pid, &status, WNOHANG | WUNTRACED) == pid) {
		if (!WIFSTOPPED(status)) {
			r->wait_status = status;
			return 1;
		}
		r->stopped = WSTOPSIG(status);
		kill(-pid, SIGCONT);
	}
	return 0;
}

static void attend(const struct run_plan *p, pid_t pid, int fds[3], struct run *r)
{
	int64_t till = now_ms() + DEADLINE_MS;
	int ended = 0, meddled = 0;

	while (!ended || fds[1] >= 0 || fds[2] >= 0) {
		struct pollfd polls[2] = {{.fd = fds[1], .events = POLLIN},
					  {.fd = fds[2], .events = POLLIN}};

		poll(polls, 2, TURN_MS);
		take(&fds[1], &r->out);
		take(&fds[2], &r->err);
		if (p->when && !meddled && strstr(buf_str(&r->out), p->when)) {
			meddled = 1;
			p->meddle(pid);
		}
		if (fds[1] < 0 && fds[2] < 0)
			io_close(&fds[0]);
		ended = ended || look(pid, r);
		if (now_ms() > till)
			kill(-pid, SIGKILL);
		if (now_ms() > till + DEADLINE_MS)
			return;
	}
}

void run_it(const struct run_plan *p, struct run *r)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}; /* it need not read its input */
	int in[2], out[2], err[2], fds[3];
	pid_t pid;

	memset(r, 0, sizeof(*r));
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
		bug("no pipes");
	pid = fork();
	if (!pid)
		become(p, in[0], out[1], err[1]);
	sigaction(SIGPIPE, &ignore, NULL);
	setpgid(pid, pid);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	io_set_nonblock(out[0]);
	io_set_nonblock(err[0]);
	if (p->input)
		io_write_all(in[1], p->input, strlen(p->input), NULL, NULL);
	if (!p->keep_input)
		io_close(&in[1]);
	fds[0] = in[1];
	fds[1] = out[0];
	fds[2] = err[0];
	attend(p, pid, fds, r);
	io_close(&fds[0]);
}

void run_release(struct run *r)
{
	buf_release(&r->out);
	buf_release(&r->err);
}
