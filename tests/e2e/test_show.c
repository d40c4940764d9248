/* SPDX-License-Identifier: MIT */
/* steno show: a command whole, its parts for scripts, a moment's screen, and following. */
#include "base/buf.h"
#include "lab.h"
#include "tap.h"
#include "term.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lab lab;

/* What `steno show ARGUMENTS` prints, standard error included, in a static buffer. */
static const char *shows(int want, const char *arguments)
{
	static struct buf out;
	char script[512];

	buf_clear(&out);
	snprintf(script, sizeof(script), "\"$STENO\" show %s", arguments);
	is_int(lab_sh(&lab, &out, script), want, "the status of show %s", arguments);
	return buf_str(&out);
}

static void is_shown(const char *arguments, const char *want)
{
	is_str(shows(0, arguments), want, "show %s", arguments);
}

static void has(const char *arguments, const char *text)
{
	const char *got = shows(0, arguments);

	if (!ok(strstr(got, text) != NULL, "show %s says %s", arguments, text))
		tap_note("%s", got);
}

static void refuses(int status, const char *arguments, const char *text)
{
	const char *got = shows(status, arguments);

	if (!ok(strstr(got, text) != NULL, "show %s is refused: %s", arguments, text))
		tap_note("%s", got);
}

static void record(void)
{
	lab_sh(&lab, NULL,
	       "printf 'cd sub\\n"
	       "printf \"\\\\033[1;31mred\\\\033[0m\\\\n\"; (exit 3)\\n"
	       "for i in 1 2; do\\necho $i\\ndone\\n"
	       "printf \"\\\\033]0;title\\\\007\\\\377x\\\\n\"\\n"
	       "kill -9 $$\\n' | (mkdir -p sub; \"$STENO\" -q)");
}

static void test_command(void)
{
	record();
	has("last:2", "-session:2\nText:      printf ");
	has("last:2", "\nDirectory: ");
	has("last:2", "/sub\nBegan:     20");
	has("last:2", "\nExit:      3\nTook:      ");
	has("last:2", "\nChanged:   nothing that git does not ignore\n");
	has("last:2", "\n\nred\n");
	has("last:2 --ansi", "\n\033[0;1;31mred\033[0m\n");
	is_shown("last:2 --output", "red\n");
	is_shown("last:2 --output --ansi", "\033[0;1;31mred\033[0m\n");
	is_shown("last:2 --command", "printf \"\\033[1;31mred\\033[0m\\n\"; (exit 3)\n");
	is_shown("last:3 --output", "1\n2\n");
	is_shown(":3 --output", "1\n2\n");
	has("", "## Transcript");
	is_shown("last:4 --raw 2>/dev/null", "\033]0;title\a\377x\r\n");
	is_shown("last:4 --output", "\357\277\275x\n");
	has("last:5", "Exit:      137 (the shell's own: it ended with this command)");
	refuses(1, "last:9", "-session: has no command 9, only 5");
	refuses(1, "last:9 --raw", "has no command 9, only 5");
	refuses(1, "last:9 --screen 1", "has no command 9");
	refuses(1, "last:9 -f", "has no command 9, only 5");
	refuses(2, "last --output", "shown as its transcript only");
	refuses(2, "last:1 --output --command", "usage: ");
	refuses(2, "last:1 --raw -f", "usage: ");
	refuses(2, "last --screen 1:2:3:4", "--screen 1:2:3:4: no time");
}

/* Where one program was recorded, what the session changed is what it changed. */
static void test_changes(void)
{
	lab_sh(&lab, NULL, "echo x >old; git add old; git commit -qm old");
	lab_sh(&lab, NULL,
	       "\"$STENO\" -q -- sh -c 'echo new >kept; echo x >made; rm old; git commit -qm gone "
	       "old; "
	       "false'");
	has("last:1", "Exit:      1\nTook:      ");
	has("last:1", " gone\n           edited kept\n           created made\n"
		      "           removed old\n\n");
	lab_sh(&lab, NULL, "git add .; git commit -qm all; \"$STENO\" -q -- true");
	has("last:1", "\nChanged:   nothing that git does not ignore\n\n");
	lab_sh(&lab, NULL, "cd /; \"$STENO\" -q --log-dir \"$LAB\"/elsewhere -- true");
	has("--log-dir \"$LAB\"/elsewhere :1",
	    "\nChanged:   unknown: it ran in no git repository\n");
}

/* A command within another one, measured outside of its shell. */
static void test_inner(void)
{
	lab_sh(&lab, NULL, "\"$STENO\" -q -- sh -c '\"$STENO\" -c \"echo inner; exit 3\"; exit 4'");
	has(":1", "\n\ninner\n");
	has(":2", "Text:      echo inner; exit 3\n");
	has(":2", "\nExit:      3\n");
	has(":2", "\n\n(its output went to the terminal)\n");
	is_shown(":2 --output", "");
	is_shown(":1 --raw 2>/dev/null", "inner\r\n");
	refuses(1, ":2 --raw", "what it printed is among the output of others");
	has(":2 -f", "\nExit:      3\n");
	ok(!strstr(shows(0, ":2 -f"), "\ninner\n"), "nor does following it claim to know");
}

static void write_cast(const char *name, const char *lines)
{
	char *path = NULL;
	FILE *f;

	if (asprintf(&path, "%s/%s", lab.repo, name) < 0 || !(f = fopen(path, "w")))
		exit(1);
	fputs("{\"version\":3,\"term\":{\"cols\":20,\"rows\":4}}\n", f);
	fputs(lines, f);
	fclose(f);
	free(path);
}

static void test_screen(void)
{
	write_cast("screen.cast", "[1.0, \"o\", \"one\\r\\n\\r\\n\\u001b[7mtwo\\u001b[m\"]\n"
				  "[1.0, \"o\", \"\\u001b[2J\\u001b[Hthree\"]\n"
				  "[1.0, \"r\", \"30x2\"]\n");
	is_shown("screen.cast --screen 0", "");
	is_shown("screen.cast --screen 1.5", "one\n\ntwo\n");
	is_shown("screen.cast --screen 1.5 --ansi", "one\n\n\033[0;7mtwo\033[0m\n");
	is_shown("screen.cast --screen 0:02", "three\n");
	is_shown("screen.cast --screen 1:00:00", "three\n");
	is_shown("screen.cast --screen end", "three\n");
	has("last:3 --screen end", "\n1\n2\n");
	ok(!strstr(shows(0, "last:2 --screen end"), "for i in"), "a command's end is its own");
	has("last:2 --screen 100", "red");
	lab_sh(&lab, NULL, "script -q -c true typescript >/dev/null");
	refuses(3, "typescript", "is no session: `steno export` reads it");
	is_shown("screen.cast -f", "one\n\ntwo\nthree\n");
	refuses(1, "nothing.cast --screen 1", "nothing.cast");
	lab_sh(&lab, NULL, "mkfifo fifo; ln -s /dev/zero zero.cast; mkdir folder.cast");
	refuses(3, "fifo --screen 1", "fifo: is not a regular file");
	refuses(3, "zero.cast --screen 1", "zero.cast: is not a regular file");
	refuses(3, "folder.cast --screen 1", "Is a directory");
	write_cast("hostile.cast",
		   "[NaN, \"o\", \"a\"]\n[-5, \"o\", \"b\"]\n[1e300, \"o\", \"c\"]\n"
		   "[0, \"r\", \"65535x65535\"]\n[0, \"r\", \"0x0\"]\n[[[[[[[[[[\n"
		   "[0, \"o\", \"d\"]\n[0, \"o\", \"torn");
	is_shown("hostile.cast --screen 0", "b\n");
	is_shown("hostile.cast -f", "bcd\n");
}

static struct term *start_show(const char *a, const char *b)
{
	const char *argv[] = {"steno", "show", a, b, NULL};
	const char *env[] = {"STENO_PAGER=sed 's/^/paged: /'", NULL};
	struct term_plan plan = {
		.path = lab.steno, .argv = argv, .home = lab.home, .cwd = lab.repo, .env = env};

	return term_start(&plan);
}

static void test_terminal(void)
{
	struct term *t = start_show("last:4", "--raw");
	int status = -1;

	term_exit(t, &status);
	is_int(status, 2, "raw bytes are not for a terminal");
	ok(!memmem(term_seen(t)->data, term_seen(t)->len, "\033]0", 3), "nor get there");
	term_free(t);
	t = start_show("last:2", NULL);
	term_expect(t, "paged: \033[33mcommand ");
	term_expect(t, "paged: red\r\n");
	term_exit(t, &status);
	term_free(t);
	t = start_show("last", NULL);
	term_expect(t, "paged: ## Transcript");
	term_exit(t, &status);
	is_int(status, 0, "a transcript goes through a pager");
	term_free(t);
	t = start_show("last:2", "--no-pager");
	term_exit(t, &status);
	is_int(status, 0, "a command is shown on a terminal");
	ok(memmem(term_seen(t)->data, term_seen(t)->len, "\033[33mcommand ", 13) != NULL,
	   "with a head in colours");
	term_free(t);
}

static void test_follow(void)
{
	struct term *session = lab_start(&lab, "-q", NULL), *all, *third;
	int status = -1;

	term_expect(session, LAB_PROMPT);
	all = start_show("last", "-f");
	third = start_show("last:3", "-f");
	lab_line(session, "echo first-thing");
	term_expect(all, LAB_PROMPT "echo first-thing\r\nfirst-thing\r\n");
	lab_line(session, "echo 2");
	term_type(session, "seq 1 3; read x; seq 100 | tail -n 40; read y\r");
	term_expect(all, "\r\n1\r\n2\r\n3\r\n");
	term_expect(third, ":3");
	term_expect(third, "Began:");
	term_expect(third, "\r\n1\r\n2\r\n3\r\n");
	term_resize(session, 10, 40);
	term_type(session, "go\r");
	term_expect(all, "\r\n99\r\n100\r\n");
	term_expect(third, "\r\n99\r\n100\r\n");
	term_type(session, "on\r");
	term_expect(third, "on\r\n\r\nExit:      0\r\nTook: ");
	term_exit(third, &status);
	is_int(status, 0, "following a command ends with it");
	lab_line(session, "printf 'a\\nb\\nc\\n\\033[3Aone\\ntwo\\nthree\\n'");
	term_expect(all, "one\r\ntwo\r\nthree\r\n");
	lab_exit(session, 4);
	term_exit(all, &status);
	is_int(status, 0, "following a session ends with it");
	ok(!memmem(term_seen(all)->data, term_seen(all)->len, "breaks off", 10), "without a word");
	term_free(session);
	term_free(third);
	term_free(all);
}

static void test_follow_left(void)
{
	struct term *session = lab_start(&lab, "-q", NULL), *t;
	int status = -1;
	pid_t holder;

	term_expect(session, LAB_PROMPT);
	lab_line(session, "echo here");
	t = start_show("last", "-f");
	term_expect(t, "\r\nhere\r\n");
	term_type(t, "\003");
	term_exit(t, &status);
	is_int(status, 128 + SIGINT, "following is left by ^C");
	ok(!memchr(term_seen(t)->data, '\033', term_seen(t)->len),
	   "which leaves the terminal as it is");
	term_free(t);
	t = start_show("last:2", "-f");
	term_type(session, "sleep 1000\r");
	term_expect(t, "Began:");
	holder = lab_process(&lab, term_pid(session), "steno-holder");
	term_signal(session, SIGSTOP); /* so that it cannot go on with another holder */
	if (ok(holder > 0, "there is a holder"))
		kill(holder, SIGKILL);
	term_signal(session, SIGKILL);
	term_free(session);
	term_expect(t, "Exit:      unknown: the recording breaks off while it ran\r\n");
	term_expect(t, "the recording breaks off: whoever recorded is gone");
	term_exit(t, &status);
	is_int(status, 0, "a session that was killed ends it with a word");
	term_free(t);
}

int main(void)
{
	lab_open(&lab, 0);
	test_command();
	test_screen();
	test_changes();
	test_inner();
	record();
	test_terminal();
	test_follow();
	test_follow_left();
	lab_close(&lab);
	return tap_done();
}
