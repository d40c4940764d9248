/* SPDX-License-Identifier: MIT */
#include "cmd/painting.h"

#include "base/buf.h"
#include "base/err.h"
#include "live/viewer.h"
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char recording[] = "{\"version\":3,\"term\":{\"cols\":20,\"rows\":5}}\n"
				"[0.1, \"o\", \"\\u001b[?1000h\\u001b[?1049hon\"]\n";

static int open_recording(void)
{
	char path[] = "/tmp/steno-painting-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, recording, sizeof(recording) - 1) < 0)
		bug("no recording");
	unlink(path);
	return fd;
}

/* A painter gets one order and then no more; reports: whether somebody reads what it says. What it
 * painted. */
static struct buf paint(int reports)
{
	int in[2], out[2], screen[2], status;
	struct view_order order = {.kind = VIEW_FRAME, .rows = 5, .cols = 20};
	struct view_task task = {.cast = open_recording()};
	struct buf painted = {0};
	unsigned char piece[4096];
	ssize_t n;
	pid_t pid;

	order.at = (int64_t)sizeof(recording) - 1;
	if (pipe(in) < 0 || pipe(out) < 0 || pipe(screen) < 0 ||
	    write(in[1], &order, sizeof(order)) != (ssize_t)sizeof(order))
		bug("no pipes");
	close(in[1]);
	if (!reports)
		close(out[0]);
	pid = fork();
	if (!pid) {
		task.terminal = screen[1];
		close(screen[0]);
		_exit(painting_child(&task, in[0], out[1]));
	}
	close(screen[1]);
	while ((n = read(screen[0], piece, sizeof(piece))) > 0)
		buf_put(&painted, piece, (size_t)n);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		tap_note("the painter ended with %d", status);
	close(in[0]);
	close(out[1]);
	if (reports)
		close(out[0]);
	close(screen[0]);
	close(task.cast);
	return painted;
}

static void test_end(int reports, const char *name)
{
	struct buf b = paint(reports);
	const char *text = buf_str(&b), *on = strstr(text, "on");

	ok(on != NULL, "%s: it paints", name);
	ok(on && strstr(on, "\033[?1049l"), "%s: the terminal is left", name);
	buf_release(&b);
}

int main(void)
{
	test_end(1, "nobody orders any more");
	test_end(0, "nobody hears of it");
	return tap_done();
}
