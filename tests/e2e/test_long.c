/* SPDX-License-Identifier: MIT */
/* Work on a large recording, on a terminal: it says how far it is, and ^C ends it and leaves
 * nothing half done. The recording is slow to work in rather than large: it is one resize after the
 * other. */
#include "base/buf.h"
#include "lab.h"
#include "tap.h"
#include "term.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lab lab;

static const char make_slow[] =
	"\"$STENO\" -q -- true && mv codex-logs/*-session.cast "
	"codex-logs/20200101-000000-session.cast && "
	"rm codex-logs/*.md codex-logs/provenance.jsonl && "
	"yes '[0.0,\"r\",\"300x90\"]\n[0.0,\"r\",\"301x91\"]' | head -n 400000 "
	">>codex-logs/20200101-000000-session.cast && ls -A codex-logs >before";

static struct term *start(const char *const *argv)
{
	struct term_plan plan = {
		.path = lab.steno, .argv = argv, .home = lab.home, .cwd = lab.repo};

	return term_start(&plan);
}

static int ends_with(const struct buf *seen, const char *text)
{
	size_t n = strlen(text);

	return seen->len >= n && !memcmp(seen->data + seen->len - n, text, n);
}

/* Waits for the progress of the verb, types ^C. */
static void interrupts(const char *what, const char *const *argv)
{
	struct term *t = start(argv);
	struct buf out = {0};
	char line[64];
	int status = -1;

	snprintf(line, sizeof(line), "\rsteno: %s: ", what);
	term_expect(t, line);
	term_expect(t, " %\033[K");
	term_type(t, "\003");
	term_exit(t, &status);
	is_int(status, 128 + SIGINT, "%s is interrupted", what);
	ok(ends_with(term_seen(t), "\r\033[K"), "the line is taken away");
	lab_sh(&lab, &out,
	       "ls -A codex-logs | diff - before; ls -A | grep -v "
	       "'^\\.git\\|^codex-logs\\|before'");
	is_str(buf_str(&out), "kept\n", "nothing is left behind");
	buf_release(&out);
	term_free(t);
}

#define INTERRUPTS(what, ...) interrupts(what, (const char *const[]){"steno", __VA_ARGS__, NULL})

static void test_interrupted(void)
{
	INTERRUPTS("export", "export", "-f", "text", "-o", "out", "last");
	INTERRUPTS("export", "export", "-f", "md", "-o", "out", "last");
	INTERRUPTS("export", "export", "-f", "json", "-o", "out", "last");
	INTERRUPTS("export", "export", "-f", "html", "-o", "out", "last");
	INTERRUPTS("export", "export", "-f", "svg", "-o", "out", "last");
	INTERRUPTS("export", "export", "-f", "md", "last");
	INTERRUPTS("show", "show", "last");
	INTERRUPTS("show", "show", "--screen", "end", "last");
	INTERRUPTS("play", "play", "--at", "1:00:00", "last");
	INTERRUPTS("rebuild", "rebuild", "last");
	INTERRUPTS("check", "rebuild", "--check", "last");
}

/* A tenth of it is enough for half a second of work; the sanitizers make that ten. */
static void test_pipe(void)
{
	struct buf out = {0};

	is_int(lab_sh(&lab, &out,
		      "head -n 40000 codex-logs/*.cast >some.cast && "
		      "\"$STENO\" export -f text some.cast"),
	       0, "without a terminal it is done");
	is_str(buf_str(&out), "", "in silence");
	buf_release(&out);
}

int main(void)
{
	lab_open(&lab, 0);
	is_int(lab_sh(&lab, NULL, make_slow), 0, "a recording that is slow to read");
	test_interrupted();
	test_pipe();
	lab_close(&lab);
	return tap_done();
}
