/* SPDX-License-Identifier: MIT */
/* Forks without exec. */
#include "child.h"

#include "../base/err.h"
#include "../base/io.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void keep_only(int *keep, size_t n)
{
	unsigned int from = 3;
	size_t i;

	qsort(keep, n, sizeof(*keep), by_number);
	for (i = 0; i < n; i++) {
		unsigned int fd = (unsigned int)keep[i];

		if (keep[i] < (int)from)
			continue;
		if (fd > from)
			close_range(from, fd - 1, 0);
		from = fd + 1;
	}
	close_range(from, ~0U, 0);
}

static void settle(const char *name)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t none;
	int n, null = open("/dev/null", O_RDWR);

	for (n = 1; n < NSIG; n++)
		sigaction(n, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (n = 0; null >= 0 && n <= 2; n++)
		dup2(null, n);
	if (null > 2)
		close(null);
	prctl(PR_SET_NAME, name);
}

static void run_child(const char *name, child_main *run, void *ctx, int in, int out,
		      const int *more, size_t n_more)
{
	int keep[16];
	size_t n = 0, i;

	keep[n++] = in;
	keep[n++] = out;
	for (i = 0; i < n_more && n < sizeof(keep) / sizeof(*keep); i++)
		if (more[i] >= 0)
			keep[n++] = more[i];
	settle(name);
	keep_only(keep, n);
	_exit(run(ctx, in, out));
}

int child_start(struct child *c, const char *name, child_main *run, void *ctx, const int *keep,
		size_t n_keep, struct err *err)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1};
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0) {
		err_sys(err, "make a pipe");
		goto fail;
	}
	pid = fork();
	if (pid < 0) {
		err_sys(err, "fork");
		goto fail;
	}
	if (!pid) {
		close(in[1]);
		close(out[0]);
		run_child(name, run, ctx, in[0], out[1], keep, n_keep);
	}
	io_close(&in[0]);
	io_close(&out[1]);
	io_set_nonblock(in[1]);
	io_set_nonblock(out[0]);
	*c = (struct child){pid, in[1], out[0]};
	return 0;
fail:
	io_close(&in[0]);
	io_close(&in[1]);
	io_close(&out[0]);
	io_close(&out[1]);
	return -1;
}

void child_close(struct child *c)
{
	io_close(&c->in);
	io_close(&c->out);
}
