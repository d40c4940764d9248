/* SPDX-License-Identifier: MIT */
/* steno play, through a terminal: what is seen, keys, the end, and that nothing hostile comes
 * through. */
#include "base/buf.h"
#include "lab.h"
#include "story/screen.h"
#include "tap.h"
#include "term.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lab lab;

static void on_text(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
}

static const struct screen_sink sink = {on_text, on_text};

/* A recording of its own, for chapters and times that are known. */
static void write_cast(const char *name, const char *lines)
{
	char *path = NULL;
	FILE *f;

	if (asprintf(&path, "%s/%s", lab.repo, name) < 0 || !(f = fopen(path, "w")))
		exit(1);
	fputs("{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n", f);
	fputs(lines, f);
	fclose(f);
	free(path);
}

static struct term *play(const char *a, const char *b, const char *file)
{
	const char *argv[] = {"steno", "play", a, b, file, NULL};
	struct term_plan plan = {
		.path = lab.steno, .argv = argv, .home = lab.home, .cwd = lab.repo};

	return term_start(&plan);
}

/* --- what the terminal shows --- */

static int shows(void *text, const struct buf *seen)
{
	struct screen *s = screen_new(24, 80, &sink, NULL);
	struct buf all = {0};
	int row, found;

	screen_write(s, seen->data, seen->len);
	for (row = 0; row < 24; row++) {
		screen_row_text(s, row, &all);
		buf_putc(&all, '\n');
	}
	found = strstr(buf_str(&all), *(const char **)text) != NULL;
	screen_free(s);
	buf_release(&all);
	return found;
}

static void see(struct term *t, const char *text)
{
	ok(term_until(t, shows, &text, text), "the screen shows %s", text);
}

/* What is shown now does not show it. */
static void hide(struct term *t, const char *text)
{
	ok(!shows(&text, term_seen(t)), "the screen does not show %s", text);
}

static int ends_sane(struct term *t, int wanted)
{
	static const char left[] = "\033[0m\033[?7h\033[?25h\033[?1049l";
	const struct buf *seen;
	int status = -1;

	if (!term_exit(t, &status))
		return 0;
	seen = term_seen(t);
	is_int(status, wanted, "its status");
	return ok(seen->len > strlen(left) && memmem(seen->data + seen->len - strlen(left) - 2,
						     strlen(left) + 2, left, strlen(left)),
		  "the alternate screen is left, the cursor shown");
}

static const char three[] = "[0.0, \"m\", \"first\"]\n"
			    "[0.1, \"o\", \"one\\r\\n\"]\n"
			    "[100.0, \"m\", \"second\"]\n"
			    "[0.0, \"o\", \"\\u001b[2J\\u001b[Htwo\\r\\n\"]\n"
			    "[100.0, \"m\", \"third\"]\n"
			    "[0.0, \"o\", \"\\u001b[2J\\u001b[Hthree\\r\\n\"]\n"
			    "[0.1, \"o\", \"four\\r\\n\"]\n";

static void test_keys(void)
{
	struct term *t;

	write_cast("three.cast", three);
	t = play("-s", "1", "three.cast");
	see(t, "one");
	term_type(t, " ");
	see(t, "paused");
	term_type(t, "]");
	see(t, "#2");
	term_type(t, ".");
	see(t, "two");
	term_type(t, "]");
	see(t, "#3");
	term_type(t, ".");
	see(t, "three");
	term_type(t, "\033[D");
	see(t, "two");
	see(t, "3:15");
	term_type(t, "\033[C");
	see(t, "three");
	term_type(t, "0");
	see(t, "0:00.0");
	term_type(t, "5");
	see(t, "two");
	term_type(t, ">>");
	see(t, "4x");
	term_type(t, "<");
	see(t, "2x");
	term_type(t, "/fou");
	see(t, "/fou");
	term_type(t, "r\r");
	see(t, "four");
	term_type(t, "/nowhere\r");
	see(t, "not found");
	hide(t, "clipped");
	term_resize(t, 10, 40);
	see(t, "clipped 80x24");
	term_resize(t, 24, 80);
	term_type(t, "q");
	ends_sane(t, 0);
	term_free(t);
}

static void test_ends(void)
{
	struct term *t = play("-s", "1", "three.cast");

	see(t, "one");
	term_type(t, "\003");
	ends_sane(t, 128 + SIGINT);
	term_free(t);
	t = play("-s", "1", "three.cast");
	see(t, "one");
	term_signal(t, SIGTERM);
	ends_sane(t, 128 + SIGTERM);
	term_free(t);
	t = play("-s", "1", "three.cast");
	see(t, "one");
	term_signal(t, SIGSEGV);
	ends_sane(t, 128 + SIGSEGV);
	term_free(t);
	t = play("-s", "1", "three.cast");
	see(t, "one");
	term_signal(t, SIGHUP);
	ends_sane(t, 128 + SIGHUP);
	term_free(t);
	t = play("-s", "1000", "three.cast");
	see(t, "four");
	see(t, "end");
	term_type(t, "q");
	ends_sane(t, 0);
	term_free(t);
	t = play("-i", "0.1", "three.cast");
	see(t, "four");
	term_type(t, "q");
	ends_sane(t, 0);
	term_free(t);
	t = play("-ls", "1000", "three.cast");
	see(t, "four");
	see(t, "one");
	see(t, "four");
	term_type(t, "q");
	ends_sane(t, 0);
	term_free(t);
}

/* In a shell with job control. */
static void test_stopped(void)
{
	const char *argv[] = {"bash", "--norc", "-i", NULL};
	const char *env[] = {"PS1=" LAB_PROMPT, NULL, NULL};
	struct term_plan plan = {
		.path = "bash", .argv = argv, .home = lab.home, .cwd = lab.repo, .env = env};
	char *steno = NULL;
	struct term *t;

	if (asprintf(&steno, "STENO=%s", lab.steno) < 0)
		exit(1);
	env[1] = steno;
	t = term_start(&plan);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "stty -a >before");
	term_type(t, "\"$STENO\" play three.cast\r");
	see(t, "one");
	term_type(t, "\032");
	term_expect(t, "Stopped");
	term_expect(t, LAB_PROMPT);
	lab_line(t, "stty -a | cmp - before && echo as before");
	see(t, "\nas before");
	term_type(t, "fg\r");
	see(t, "0:0");
	term_type(t, "q");
	term_expect(t, LAB_PROMPT);
	lab_line(t, "clear");
	lab_line(t, "stty -a | cmp - before && echo still as before");
	see(t, "\nstill as before");
	term_type(t, "exit\r");
	term_free(t);
	free(steno);
}

static void test_session(void)
{
	struct term *t = lab_start(&lab, "-q", NULL);

	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo first-thing");
	lab_line(t, "false");
	lab_line(t, "echo last-thing");
	lab_exit(t, 0);
	term_free(t);
	t = play("-s", "1000", "last");
	see(t, "last-thing");
	see(t, "#4");
	term_type(t, "q");
	ends_sane(t, 0);
	term_free(t);
	t = play("-s", "0.05", "last"); /* it lasted some milliseconds */
	see(t, LAB_PROMPT);
	term_type(t, " ");
	see(t, "paused");
	term_type(t, "]]]]");
	see(t, "#4");
	term_type(t, "[");
	see(t, "#3");
	term_type(t, "[");
	see(t, "#2");
	term_type(t, "q");
	ends_sane(t, 0);
	term_free(t);
	t = play("-m", "--at=:2", "last");
	see(t, "#3");
	see(t, "paused");
	term_type(t, "q");
	ends_sane(t, 0);
	term_free(t);
	t = play("--from=2", "--to=2", "last");
	see(t, "#2 exit 1");
	term_type(t, "q");
	ends_sane(t, 0);
	term_free(t);
	is_int(lab_sh(&lab, NULL, "\"$STENO\" play --from 9 last"), 1, "there is no command 9");
}

/* A session that is still being recorded. */
static void test_running(void)
{
	struct term *session = lab_start(&lab, "-q", NULL), *t, *from_start, *one;

	term_expect(session, LAB_PROMPT);
	lab_line(session, "echo 1 begun");
	lab_line(session, "printf '\\033[2J\\033[H'");
	t = play("-f", "-s1", "last");
	see(t, "live");
	from_start = play("-s", "1000", "last");
	see(from_start, "live");
	lab_line(session, "echo then-this");
	see(t, "then-this");
	see(from_start, "then-this");
	term_type(t, " ");
	see(t, "paused");
	lab_line(session, "echo unseen");
	term_type(t, "0");
	see(t, "0:00.0");
	term_type(t, "/begun\r");
	see(t, "1 begun");
	see(t, "found");
	term_type(t, "\033[F ");
	see(t, "unseen");
	see(t, "live");
	term_type(session, "read x; echo got $x\r");
	see(t, "read x");
	one = play("-s", "1000", "last:5");
	see(one, "live");
	lab_line(session, "it");
	see(one, "got it");
	see(one, "end");
	lab_line(session, "echo not-that");
	see(t, "not-that");
	hide(one, "not-that");
	term_type(one, "q");
	ends_sane(one, 0);
	term_free(one);
	lab_exit(session, 0);
	see(t, "end");
	see(from_start, "end");
	term_type(t, "q");
	ends_sane(t, 0);
	term_type(from_start, "q");
	ends_sane(from_start, 0);
	term_free(t);
	term_free(from_start);
	term_free(session);
	is_int(lab_sh(&lab, NULL, "\"$STENO\" play -f last"), 2, "-f is for a terminal");
}

static void test_hostile(void)
{
	static const char *const evil[] = {"\033]", "\033P", "\033[c", "6n",	  "\033_",   "\005",
					   "\a",    "\033c", "?1003",  "\033[5i", "\302\233"};
	const struct buf *seen;
	struct term *t;
	size_t i;

	write_cast("evil.cast",
		   "[0.0, \"o\", \"\\u001b]52;c;aGk=\\u0007\\u001b]0;title\\u0007\\u001b[c\"]\n"
		   "[0.0, \"o\", \"\\u001b[6n\\u001bP+q544e\\u001b\\\\\\u0005\\u0007\"]\n"
		   "[0.0, \"o\", \"\\u009b6n\\u001b[?1003h\\u001b_Gi=1\\u001b\\\\\\u001b[5i\"]\n"
		   "[0.0, \"m\", \"\\u001b]52;c;aGk=\\u0007 label \\u009b6n\"]\n"
		   "[0.0, \"o\", \"harmless\"]\n");
	t = play("-s", "1", "evil.cast");
	see(t, "harmless");
	see(t, "label");
	term_type(t, "q");
	ends_sane(t, 0);
	seen = term_seen(t);
	for (i = 0; i < sizeof(evil) / sizeof(*evil); i++)
		if (strcmp(evil[i], "6n") != 0)
			ok(!memmem(seen->data, seen->len, evil[i], strlen(evil[i])),
			   "hostile bytes %zu do not reach the terminal", i);
	ok(!memmem(seen->data, seen->len, "\033[6n", 4), "nor a query");
	term_free(t);
}

static void test_without_terminal(void)
{
	struct buf out = {0};

	is_int(lab_sh(&lab, &out, "\"$STENO\" play three.cast </dev/null"), 0, "plays into a pipe");
	is_str(buf_str(&out), "one\ntwo\nthree\nfour\n", "what scrolled by, at full speed");
	buf_clear(&out);
	is_int(lab_sh(&lab, &out, "\"$STENO\" play --from 2 --to 2 three.cast"), 0, "a part");
	is_str(buf_str(&out), "two\n", "is that part");
	buf_clear(&out);
	lab_sh(&lab, &out, "\"$STENO\" play --at 1:41 three.cast");
	is_str(buf_str(&out), "three\nfour\n", "from a time on");
	buf_clear(&out);
	is_int(lab_sh(&lab, &out, "\"$STENO\" play --raw evil.cast 2>/dev/null"), 0, "raw");
	ok(memmem(out.data, out.len, "\033]52;c;aGk=\a", 11) != NULL, "gives the bytes");
	buf_clear(&out);
	lab_sh(&lab, &out, "\"$STENO\" play --raw evil.cast 2>&1 >/dev/null");
	ok(strstr(buf_str(&out), "it can do whatever they could") != NULL, "with a warning");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" play -s 0 three.cast"), 2, "speed 0 is none");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" play --at 1:2:3:4 three.cast"), 2, "a bad time");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" play nothing.cast"), 1, "no such recording");
	buf_release(&out);
}

static void test_raw_on_terminal(void)
{
	struct term *t = play("--raw", "-s100", "evil.cast");
	int status = -1;

	term_exit(t, &status);
	is_int(status, 2, "nothing raw for a terminal");
	ok(!memmem(term_seen(t)->data, term_seen(t)->len, "\033]52", 4), "unless it is trusted");
	term_free(t);
	t = play("--raw", "--i-trust-it", "evil.cast");
	term_exit(t, &status);
	is_int(status, 0, "else all");
	ok(memmem(term_seen(t)->data, term_seen(t)->len, "\033]52", 4) != NULL, "as it is");
	term_free(t);
}

int main(void)
{
	lab_open(&lab, 0);
	test_keys();
	test_ends();
	test_stopped();
	test_hostile();
	test_without_terminal();
	test_raw_on_terminal();
	test_session();
	test_running();
	lab_close(&lab);
	return tap_done();
}
