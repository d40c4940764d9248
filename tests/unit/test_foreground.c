/* SPDX-License-Identifier: MIT */
/* Whether a shell itself reads its terminal, by real ones in a pty. */
#include "live/foreground.h"

#include "base/err.h"
#include "live/pty.h"
#include "live/tty.h"
#include "tap.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEADLINE_MS = 60000 };

struct stage {
	int master;
	pid_t pid;
};

static int start(struct stage *s, const char *script)
{
	const char *argv[] = {"sh", "-c", script, NULL};
	struct program p = {.path = "sh", .argv = (char *const *)(uintptr_t)argv};
	struct tty none = {.fd = -1};
	struct err err = {.code = 0};
	struct termios modes;
	struct winsize size;
	int slave, rc;

	tty_modes(&none, &modes);
	tty_size(-1, &size);
	if (pty_open(&s->master, &slave, &modes, &size, &err) < 0)
		bug("no pty: %s", err.text);
	rc = pty_spawn(&s->pid, slave, &p, &err);
	close(slave);
	return rc;
}

static void stop(struct stage *s)
{
	kill(-s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	close(s->master);
}

/* It says "r" when it is there. */
static void await(const struct stage *s)
{
	struct pollfd p = {.fd = s->master, .events = POLLIN};
	char c = 0;

	while (c != 'r' && poll(&p, 1, DEADLINE_MS) > 0 && read(s->master, &c, 1) == 1)
		;
	is_int(c, 'r', "the shell is there");
}

static void test_reader(const char *script, enum foreground_reader want, const char *name)
{
	struct foreground f = {0};
	struct stage s;

	is_int(start(&s, script), 0, "a shell is started");
	await(&s);
	is_int((int)foreground_reader(&f, s.master), FOREGROUND_NOT_KNOWN,
	       "nothing is known before a prompt");
	foreground_prompt(&f, s.pid);
	is_int((int)foreground_reader(&f, s.master), (int)want, "%s", name);
	stop(&s);
}

static void test_another_program(void)
{
	struct foreground f = {0};
	struct stage s;

	is_int(start(&s, "printf r; read x; exec awk 'BEGIN { printf \"r\"; fflush(); getline }'"),
	       0, "a shell is started");
	await(&s);
	foreground_prompt(&f, s.pid);
	is_int(write(s.master, "\n", 1), 1, "a line is typed");
	await(&s);
	is_int((int)foreground_reader(&f, s.master), FOREGROUND_NOT_KNOWN,
	       "a program that took the shell's place is not the shell");
	stop(&s);
	is_int((int)foreground_reader(&f, s.master), FOREGROUND_NOT_KNOWN,
	       "nor is one that is gone");
}

int main(void)
{
	test_reader("printf r; read x", FOREGROUND_SHELL, "a shell that reads a line");
	test_reader("stty -icanon; printf r; read x", FOREGROUND_EDITOR,
		    "a shell that reads keys, as a line editor does");
	test_reader("sleep 600 & printf r; read x", FOREGROUND_NOT_KNOWN,
		    "a child in the shell's own process group may read as well");
	test_another_program();
	return tap_done();
}
