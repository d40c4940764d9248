/* SPDX-License-Identifier: MIT */
/* A real session, damaged in every way that a file can be: verify says what is wrong, and where
 * rebuild --check has a say it agrees. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct lab lab;
static struct buf out;

static int run(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int run(const char *format, ...)
{
	char script[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(script, sizeof(script), format, args);
	va_end(args);
	buf_clear(&out);
	return lab_sh(&lab, &out, script);
}

static void said(const char *text, const char *name)
{
	if (!ok(strstr(buf_str(&out), text) != NULL, "%s", name))
		is_str(buf_str(&out), text, "what was said:");
}

static void record(void)
{
	struct term *t = lab_start(&lab, NULL);

	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo one");
	lab_line(t, "printf '\\033]7377;;C;s=9;cmd=fake\\a'; false");
	is_int(run("\"$STENO\" verify"), 0, "a session that runs is believable");
	said(": believable so far; ", "so far");
	said(", still being recorded\n", "and it says why");
	lab_line(t, "echo three");
	lab_exit(t, 0);
	term_free(t);
}

static void test_whole(void)
{
	char sum[128];

	is_int(run("\"$STENO\" verify"), 0, "a whole session is believable");
	snprintf(sum, sizeof(sum), "%s: believable; 4 commands in ", lab_session(&lab));
	said(sum, "the newest is meant");
	said(": note: 1 mark without the session's secret was printed, while command 2 ran; "
	     "nothing was changed (at ",
	     "a forged mark is told, and of which command");
	said(", ended with status 0, 1 mark not believed\n", "the sum has it, too");
	is_int(run("\"$STENO\" verify --json last"), 0, "also by name, for machines");
	said("\"finding\":\"forged-marks\",\"grave\":false,\"at_us\":", "a finding as JSON");
	said("\"believable\":true,\"grave\":0,\"findings\":1,\"running\":false,\"commands\":4,"
	     "\"without_status\":0,\"forged_marks\":1,",
	     "the sum as JSON");
	is_int(run("test $(\"$STENO\" verify --json | wc -l) = 2"), 0, "an object a line");
	run("cp -a codex-logs ../whole");
}

/* What is done to the files of a session $S, and what is found then. */
static const struct damage {
	const char *name, *script, *finding;
	long check; /* what rebuild --check ends with; -1: as the time rounds */
} damages[] = {
	{"an event that is not whole", "printf '[0.1, \"o\", \"x' >>$S.cast", "torn", 0},
	{"an end that is missing", "sed -i '/^\\[[0-9.]*, \"x\"/,$d' $S.cast", "broken-off", 1},
	{"a line that is none", "sed -i '3s/^.*/rubbish/' $S.cast", "damaged", 1},
	{"a time that goes back", "sed -i '3s/^\\[/[-1/' $S.cast", "time", -1},
	{"another session's header", "sed -i '1s/-session\"/-sessiom\"/' $S.cast", "header", 1},
	{"a header without an id", "sed -i '1s/\"id\":\"..../\"id\":\"/' $S.cast", "header", 1},
	{"output that was changed", "sed -i 's/three/THREE/' $S.cast", "transcript", 1},
	{"a status that was changed", "sed -i 's/;st=1\"\\]/;st=0\"]/' $S.cast", "provenance", 1},
	{"a text that was changed", "sed -i 's/echo three/echo  four/' $S.cast", "provenance", 1},
	{"a transcript that was changed", "sed -i 's/exit=1/exit=0/' $S.md", "transcript", 1},
	{"one that is cut", "truncate -s 100 $S.md", "transcript", 1},
	{"one that is missing", "rm $S.md", "transcript", 1},
	{"one that is a link", "mv $S.md x; ln -s x $S.md", "file", 3},
	{"one that has a second name", "ln $S.md x", "file", 3},
	{"one that others may write to", "chmod 666 $S.md", "file", 0},
	{"a recording that has a second name", "ln $S.cast x", "file", 0},
	{"one that others may write to", "chmod 620 $S.cast", "file", 0},
	{"a folder that others may write to", "chmod 777 .", "file", 0},
	{"lines that are missing", "rm provenance.jsonl", "provenance", 1},
	{"a line that is missing", "sed -i 2d provenance.jsonl", "provenance", 1},
	{"one that is there twice", "sed -i 2p provenance.jsonl", "provenance", 1},
	{"one that differs", "sed -i '2s/:1,/:0,/' provenance.jsonl", "provenance", 1},
	{"one that is torn", "truncate -s -9 provenance.jsonl", "provenance", 1},
	{"one of no command",
	 "sed -n '4s/-4\"/-5\"/p' provenance.jsonl >x; cat x >>provenance.jsonl", "provenance", 1},
	{"one of another recording",
	 "sed -n '4s/\"id\":\"..../\"id\":\"0000/p' provenance.jsonl >x;"
	 "cat x >>provenance.jsonl",
	 "provenance", 0},
};

static void test_damage(const struct damage *d)
{
	char finding[64];

	run("rm -rf codex-logs; cp -a ../whole codex-logs; cd codex-logs; S=%s; %s",
	    lab_session(&lab), d->script);
	is_int(run("\"$STENO\" verify --json codex-logs/*.cast"), 1, "%s is found", d->name);
	snprintf(finding, sizeof(finding), "\"finding\":\"%s\",\"grave\":true", d->finding);
	said(finding, "and named for what it is");
	if (d->check >= 0)
		is_int(run("\"$STENO\" rebuild --check codex-logs/*.cast"), d->check,
		       "rebuild --check says %ld of %s", d->check, d->name);
	is_int(run("\"$STENO\" verify codex-logs/*.cast"), 1, "in words, too");
	said(": wrong: ", "which say so");
	said(": not to be believed: ", "and the sum does");
}

static void test_all(void)
{
	struct buf md = {0};
	char other[64] = "20010101-000000-session";

	run("rm -rf codex-logs; cp -a ../whole codex-logs");
	is_int(run("chmod 644 codex-logs/*.md; \"$STENO\" verify"), 0, "what others may read");
	said(": note: others may read ", "is only noted");
	is_int(run("echo '{\"cmd\":\"to' >>codex-logs/provenance.jsonl; \"$STENO\" verify"), 0,
	       "a torn line of some session");
	said(": note: provenance.jsonl: 1 line is no record, as ", "is noted, too");
	run("cp -a codex-logs/%s.cast codex-logs/%s.cast", lab_session(&lab), other);
	is_int(run("\"$STENO\" verify --all-here"), 1, "every session of a folder is looked at");
	said(": believable; ", "the one that is whole");
	said(": wrong: the header is that of session ", "and one under another's name");
	is_int(run("\"$STENO\" verify %s %s", lab_session(&lab), other), 1, "several by name");
	is_int(run("\"$STENO\" verify nosuch"), 2, "what is not there cannot be read");
	is_int(run("\"$STENO\" verify --nosuch"), 2, "nor an option");
	is_int(run("echo >codex-logs/%s.cast; \"$STENO\" verify --all-here", other), 2,
	       "nor one without a header");
	said("1 recording is left out: cannot be read", "which is told");
	is_int(run(": >codex-logs/%s.cast; \"$STENO\" verify --all-here", other), 2,
	       "nor one in which nothing is");
	said("1 recording is left out: cannot be read", "which is told, too");
	is_int(run("\"$STENO\" verify %s", other), 2, "nor by its name");
	run("rm codex-logs/%s.cast", other);
	lab_transcript(&lab, &md);
	is_int(run("cmp codex-logs/%s.md ../whole/%s.md", lab_session(&lab), lab_session(&lab)), 0,
	       "nothing was written");
	lab_is_clean(&lab, "after all that");
	buf_release(&md);
}

int main(void)
{
	size_t i;

	lab_open(&lab, 0);
	record();
	test_whole();
	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++)
		test_damage(&damages[i]);
	test_all();
	buf_release(&out);
	lab_close(&lab);
	return tap_done();
}
