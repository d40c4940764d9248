/* SPDX-License-Identifier: MIT */
/* What each command changed, in a real shell: as `steno show` says it, and the transcript. */
#include "base/buf.h"
#include "lab.h"
#include "tap.h"
#include "term.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct lab lab;

static int64_t seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static size_t count(const struct buf *b, const char *text)
{
	size_t n = 0, len = strlen(text);
	const unsigned char *at = b->data, *end = b->data + b->len;

	while (b->len && (at = memmem(at, (size_t)(end - at), text, len))) {
		n++;
		at += len;
	}
	return n;
}

/* Until the recording of the session has n facts of this name. */
static void await_facts(const char *fact, size_t n)
{
	int64_t deadline = seconds() + 60;
	struct buf cast = {0};
	char name[128], text[64];

	snprintf(name, sizeof(name), "%s.cast", lab_session(&lab));
	snprintf(text, sizeof(text), "{\\\"fact\\\":\\\"%s\\\"", fact);
	do {
		poll(NULL, 0, 5);
		buf_clear(&cast);
		lab_read(&lab, name, &cast);
	} while (count(&cast, text) < n && seconds() < deadline);
	if (count(&cast, text) < n)
		ok(0, "%s %zu was told in time", fact, n);
	buf_release(&cast);
}

/* A command, and the look behind it. */
static void step(struct term *t, const char *line, size_t n)
{
	lab_line(t, line);
	await_facts("looked", n);
}

/* What `steno show` says that command N of the newest session changed. How long nothing ran before
 * it is up to the machine. */
static void changed(int number, const char *want, const char *name)
{
	struct buf out = {0};
	char script[256];

	snprintf(script, sizeof(script),
		 "\"$STENO\" show --no-pager last:%d | sed -n '/^Changed:/,/^$/{s/ (or while no "
		 "command ran)$//;"
		 "s/^...........//p}'",
		 number);
	lab_sh(&lab, &out, script);
	is_str(buf_str(&out), want, "%s", name);
	buf_release(&out);
}

/* The transcript says so; the same about whether nothing ran. */
static void told(const char *want)
{
	struct buf md = {0};

	lab_sh(&lab, &md, "sed 's/ or none ran/ ran/g' codex-logs/*.md");
	if (!ok(strstr(buf_str(&md), want) != NULL, "the transcript has %s", want))
		tap_note("%s", buf_str(&md));
	buf_release(&md);
}

static void test_each(void)
{
	struct term *t;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "seq 9 > a; seq 9 > b; seq 9 > c; git add .; git commit -qm second;"
	       "git branch other; echo dirt >> b; truncate -s 20M heap");
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	step(t, "true", 1);
	step(t, "echo new > new; echo more >> a", 2);
	step(t, "rm c; echo more >> b", 3);
	step(t, "mv new newer; chmod +x a; echo x >> heap", 4);
	step(t, "git add a b newer; git commit -qm 'the third'", 5);
	step(t, "git checkout -q other 2>/dev/null || git checkout -q -f other", 6);
	step(t, "echo x >> a; git stash -q", 7);
	step(t, "touch .git/index.lock; echo locked >> a", 8);
	step(t, "rm .git/index.lock", 9);
	is_int(lab_exit(t, 0), 0, "the session ends");
	changed(1, "nothing that git does not ignore\n", "a command that changes nothing");
	changed(2, "edited a\ncreated new\n", "create and edit");
	changed(3, "edited b\nremoved c\n", "remove, and edit what was dirty before");
	changed(4, "edited a\nedited heap\nremoved new\ncreated newer\n",
		"rename, change the mode, and a giant");
	told("\n> While command 2 ran: created `new`; edited `a`.\n");
	told("; commit `");
	changed(7, "created c\n", "what is undone again");
	changed(8, "edited a\n", "a locked index");
	changed(10, "nothing that git does not ignore\n", "the last command");
	lab_is_clean(&lab, "after looks");
	term_free(t);
	lab_close(&lab);
}

static void test_commits(void)
{
	struct buf out = {0};
	struct term *t;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	step(t, "echo x >> kept; git commit -qam 'the `second`'", 1);
	step(t, "git checkout -qb side", 2);
	is_int(lab_exit(t, 0), 0, "the session ends");
	lab_sh(&lab, &out,
	       "\"$STENO\" show --no-pager last:1 | sed 's/ (or while no command ran)$//'");
	ok(strstr(buf_str(&out), " on main\n           commit ") != NULL &&
		   strstr(buf_str(&out), " the `second`\n           edited kept\n") != NULL,
	   "a commit is told where it was made");
	buf_clear(&out);
	lab_sh(&lab, &out,
	       "\"$STENO\" show --no-pager last:2 | sed 's/ (or while no command ran)$//'");
	ok(strstr(buf_str(&out), "HEAD moved to ") && strstr(buf_str(&out), " on side\n"),
	   "and another branch");
	buf_release(&out);
	lab_is_clean(&lab, "after commits");
	term_free(t);
	lab_close(&lab);
}

/* Two commands in one paste are too quick for a look between them. */
static void test_paste(void)
{
	struct buf out = {0};
	struct term *t;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	term_type(t, "echo 1 > one; sleep 0.1\rsleep 0.1; echo 2 >> one; echo 2 > two\r");
	term_expect(t, LAB_PROMPT);
	term_expect(t, LAB_PROMPT);
	await_facts("looked", 1);
	is_int(lab_exit(t, 0), 0, "the session ends");
	/* and "two", where the file system does not say when a file was made */
	lab_sh(&lab, &out,
	       "\"$STENO\" show --no-pager last:1 | sed -n 's/ or none ran/ ran/;/^Changed:/p'");
	is_str(buf_str(&out),
	       "Changed:   perhaps created one, which changed again while command 2 ran\n",
	       "what may have been the first one's is not kept silent about");
	buf_release(&out);
	changed(2, "created one\ncreated two\n", "the last change is the second one's");
	lab_is_clean(&lab, "after a paste");
	term_free(t);
	lab_close(&lab);
}

static void test_background(void)
{
	struct term *t;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL, "mkfifo ../go");
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	step(t, "(read -r _ < ../go; echo late > late; echo > ../go) &", 1);
	lab_sh(&lab, NULL,
	       "sleep 0.1; echo > ../go; read -r _ < ../go; echo byhand >> kept; sleep 0.1");
	term_type(t, "slee"); /* what is echoed was before the command */
	term_expect(t, "slee");
	lab_line(t, "p 0.1");
	await_facts("looked", 2);
	is_int(lab_exit(t, 0), 0, "the session ends");
	changed(1, "nothing that git does not ignore\n", "a job that has not done it yet");
	changed(2, "nothing that git does not ignore\n", "nor is it the next command's");
	told("\n> While no command ran: created `late`; edited `kept`.\n");
	lab_is_clean(&lab, "after a job in the background");
	term_free(t);
	lab_close(&lab);
}

static void test_whole(void)
{
	lab_open(&lab, 0);
	is_int(lab_sh(&lab, NULL,
		      "\"$STENO\" -- sh -c 'echo x > new; rm kept; git commit -qam z' </dev/null"),
	       0, "a program is recorded as a whole");
	lab_sh(&lab, NULL, "git rev-parse HEAD | cut -c1-10 > ../head");
	{
		struct buf want = {0};

		lab_sh(&lab, &want,
		       "echo \"commit $(cat ../head) z\"; echo 'removed kept';"
		       "echo 'created new'");
		changed(1, buf_str(&want), "what its session changed is its own");
		buf_release(&want);
	}
	lab_close(&lab);
	lab_open(&lab, LAB_NO_GIT);
	lab_sh(&lab, NULL, "printf 'echo x > new\\n' | \"$STENO\" -q");
	changed(1, "unknown: it ran in no git repository\n", "outside git");
	lab_close(&lab);
}

/* What an agent's shells run is measured; while they do, the agent itself writes, too. */
static void test_agent(void)
{
	static const char script[] =
		"mkdir -p \"$LAB/bin\"; printf '%s\\n' '#!/bin/bash' 'bash -c \"echo 1 > one\"' "
		"'sleep 0.3' 'echo own > own' 'sleep 0.3' 'bash -c \"echo 2 > two; rm kept\"' "
		"'sleep 0.3' > \"$LAB/bin/codex\"; chmod +x \"$LAB/bin/codex\"; "
		"\"$STENO\" -- \"$LAB/bin/codex\" </dev/null";

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, NULL, script), 0, "an agent runs");
	changed(1, "removed kept\ncreated one\ncreated own\ncreated two\n",
		"all that changed is the agent's");
	changed(2, "created one (or while command 1 ran)\n", "one of its commands");
	changed(3, "removed kept (or while command 1 ran)\ncreated two (or while command 1 ran)\n",
		"another");
	told("While command 1 ran: created `own`.");
	told("While command 1 or 2 ran: created `one`.");
	lab_is_clean(&lab, "after an agent");
	lab_close(&lab);
}

/* libgit2 1.5 never comes back from this; the holder does. */
static void test_hostile(void)
{
	struct buf out = {0};
	struct term *t;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	step(t, "mkfifo pipe; ln -s . loop; printf 'x' > \"$(printf '`a`\\033[2J')\"", 1);
	lab_line(t, "mv .git/HEAD .git/gone");
	await_facts("blind", 1);
	lab_line(t, "echo x >> kept");
	lab_line(t, "mv .git/gone .git/HEAD");
	is_int(lab_exit(t, 0), 0, "the session goes on and ends");
	told("\n> While command 1 ran: created ``\"`a`\\033[2J\"``, `loop`.\n");
	lab_sh(&lab, &out, "\"$STENO\" show --no-pager last:4 | grep '^Changed:'");
	is_int(strncmp(buf_str(&out), "Changed:   unknown: open the repository: ", 41), 0,
	       "what could not be seen is unknown");
	buf_release(&out);
	lab_is_clean(&lab, "after a broken repository");
	term_free(t);
	lab_close(&lab);
}

static void test_killed(void)
{
	struct term *t;
	pid_t pid;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	step(t, "echo 1 > one", 1);
	pid = lab_process(&lab, term_pid(t), "steno-holder");
	if (ok(pid > 0, "there is a holder"))
		kill(pid, SIGKILL);
	lab_line(t, "echo 2 > two");
	is_int(lab_exit(t, 0), 0, "the session ends");
	changed(1, "created one\n", "what was seen before the holder was killed");
	changed(2, "unknown: the process that recorded was killed\n",
		"the one that went on did not look");
	lab_is_clean(&lab, "after the holder was killed");
	term_free(t);
	lab_close(&lab);
}

int main(void)
{
	test_each();
	test_commits();
	test_paste();
	test_background();
	test_whole();
	test_agent();
	test_hostile();
	test_killed();
	return tap_done();
}
