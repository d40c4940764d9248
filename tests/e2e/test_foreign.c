/* SPDX-License-Identifier: MIT */
/* Sessions in which only other people's marks tell of commands: recorded live, and made of what
 * others recorded. And programs that print marks while ours are live. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <stdio.h>
#include <string.h>

static struct lab lab;

/* A shell of its own kind, which prints marks as FinalTerm's are. */
static const char shell[] = "cat >../marked <<'END'\n"
			    "#!/bin/bash\n"
			    "status=\n"
			    "while :; do\n"
			    "  printf '\\033]133;D%s\\a\\033]7;file://h%s\\a\\033]133;A\\a> "
			    "\\033]133;B\\a' \"$status\" \"$PWD\"\n"
			    "  read -r line || exit 9\n"
			    "  printf '\\033]133;C\\a'\n"
			    "  eval \"$line\"\n"
			    "  status=\";$?\"\n"
			    "done\n"
			    "END\n"
			    "chmod +x ../marked\n";

static void play(struct term *t)
{
	term_expect(t, "> ");
	term_type(t, "echo h\"\"i\r");
	term_expect(t, "hi\r\n");
	term_expect(t, "> ");
	term_type(t, "cd /; false\r");
	term_expect(t, "> ");
}

static void test_shell(void)
{
	char path[512];
	struct term *t;
	int status = 0;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL, shell);
	snprintf(path, sizeof(path), "%s/marked", lab.dir);
	t = lab_start(&lab, "--shell", path, NULL);
	play(t);
	term_type(t, "exit 4\r");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 4, "a shell without hooks gives its status");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 3, "its own marks tell its commands");
	lab_is_record(&lab, 0, "echo h\"\"i", 0);
	lab_is_record(&lab, 1, "cd /; false", 1);
	lab_is_record(&lab, 2, "exit 4", 4);
	is_str(lab_record_text(&lab, 0, "marks"), "osc133", "they say whose marks told them");
	is_str(lab_record_text(&lab, 0, "cwd"), lab.repo, "and the directory");
	is_str(lab_record_text(&lab, 2, "cwd"), "/", "as it changes");
	lab_transcript_has(&lab, "told by the shell itself (OSC 133), not verified");
	lab_is_clean(&lab, "of marks of others");
	lab_close(&lab);
}

static void test_program(void)
{
	char path[512];
	struct term *t;
	int status = 0;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL, shell);
	snprintf(path, sizeof(path), "%s/marked", lab.dir);
	t = lab_start(&lab, "--", path, NULL);
	play(t);
	term_type(t, "\004");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 9, "a program with marks gives its status");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 3, "it is a command, and so are those inside of it");
	lab_is_record(&lab, 0, "echo h\"\"i", 0);
	lab_is_record(&lab, 2, path, 9);
	is_int(lab_record_int(&lab, 0, "in"), 1, "they say whose");
	lab_is_clean(&lab, "of commands inside of a program");
	lab_close(&lab);
}

static void test_exec(void)
{
	struct term *t;
	int status = 0;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL, shell);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	term_type(t, "exec ../marked\r");
	play(t);
	term_type(t, "exit 4\r");
	term_exit(t, &status);
	term_free(t);
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 4, "a shell that took another's place by exec is heard");
	lab_is_record(&lab, 0, "echo h\"\"i", 0);
	lab_is_record(&lab, 3, "exec ../marked", 4);
	lab_is_clean(&lab, "of an exec");
	lab_close(&lab);
}

static void test_nested(int asked)
{
	struct term *t;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL, shell);
	t = asked ? lab_start(&lab, "--nested", NULL) : lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	term_type(t, "../marked\r");
	play(t);
	term_type(t, "\004");
	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo after");
	lab_exit(t, 0);
	term_free(t);
	lab_records(&lab);
	is_int((int64_t)lab.n_records, asked ? 5 : 3, "a shell inside of a shell is %s",
	       asked ? "commands inside of one, if asked" : "one command");
	lab_is_record(&lab, asked ? 2 : 0, "../marked", 9);
	lab_is_record(&lab, asked ? 3 : 1, "echo after", 0);
	if (asked)
		is_int(lab_record_int(&lab, 1, "in"), 1, "they say of which");
	lab_is_clean(&lab, "of a shell inside of a shell");
	lab_close(&lab);
}

static void test_no_marks(void)
{
	struct term *t;
	int status = 0;

	lab_open(&lab, 0);
	t = lab_start(&lab, "--shell", "/bin/cat", NULL);
	term_type(t, "some words\r");
	term_expect(t, "some words\r\nsome words\r\n");
	term_type(t, "\004");
	term_exit(t, &status);
	term_free(t);
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 1, "without any marks the session is one command");
	lab_is_record(&lab, 0, "/bin/cat", 0);
	is_str(lab_record_text(&lab, 0, "marks"), "none", "that says so");
	lab_transcript_has(&lab, "where commands begin and end was not seen");
	lab_is_clean(&lab, "without marks");
	lab_close(&lab);
}

/* Each of these changes nothing but a number. */
static void test_forgery(const char *path)
{
	struct term *t;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL, "echo \"PS1='" LAB_PROMPT "'\" >~/.zshrc");
	t = lab_start(&lab, "--shell", path, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "printf '\\033]7377;0123456789abcdefABCDEF;D;s=1;st=9\\a'");
	lab_line(t, "printf '\\033]7377;;C;s=99;cmd=fake\\a\\033]7377;;A;s=9\\033\\\\'");
	lab_line(t, "printf '\\033]133;D;7\\a\\033]133;A\\a\\033]133;C;cmdline=fake\\a'");
	lab_line(t, "printf '\\033]633;E;fake\\a\\033]633;C\\a\\033]3008;start=x;type=command\\a'");
	lab_line(t, "cp codex-logs/*.cast copy; cat copy"); /* itself would never end */
	lab_line(t, "cat codex-logs/*.md");
	lab_line(t, "cat $(find $XDG_RUNTIME_DIR/steno -type f) /dev/null; (exit 3)");
	lab_line(t, "env | grep -c 7377; tr '\\0' '\\n' </proc/self/environ | grep -c 7377");
	lab_exit(t, 0);
	term_free(t);
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 9, "%s: forged marks make no commands", path);
	is_int(lab_record_int(&lab, 0, "exit_code"), 0, "%s: and no statuses", path);
	is_int(lab_record_int(&lab, 2, "exit_code"), 0, "%s: nor do those of others", path);
	is_int(lab_record_int(&lab, 6, "exit_code"), 3, "%s: nor what we keep ourselves", path);
	is_int(lab_sh(&lab, NULL,
		      "grep -q 'marks of commands. boundaries were not believed' "
		      "codex-logs/*.md"),
	       0, "%s: they are counted", path);
	is_int(lab_sh(&lab, NULL,
		      "grep -q 'marks like those of shells, printed by commands' "
		      "codex-logs/*.md"),
	       0, "%s: those of others, too", path);
	lab_is_clean(&lab, "of forged marks");
	lab_close(&lab);
}

static void test_from(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "printf '\\033]133;A\\a$ \\033]133;B\\aecho "
	       "hi\\r\\n\\033]133;C\\ahi\\r\\n\\033]133;D;0\\a' "
	       ">../raw; printf '%s\\n' "
	       "'{\"version\":2,\"width\":80,\"height\":24,\"timestamp\":1}' "
	       "'[0.5,\"o\",\"\\u001b]633;A\\u0007$ \\u001b]633;B\\u0007\"]' "
	       "'[1.5,\"o\",\"\\u001b]633;E;sleep\\\\x201;n\\u0007\\u001b]633;C\\u0007\"]' "
	       "'[2.75,\"o\",\"\\u001b]633;D;5\\u0007\"]' >../some.cast");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" rebuild --from ../some.cast"), 0,
	       "an asciicast becomes a session");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 1, "its marks tell its command");
	lab_is_record(&lab, 0, "sleep 1", 5);
	is_int(lab_record_int(&lab, 0, "duration_ms"), 1250, "with its time");
	is_str(lab_record_text(&lab, 0, "ts"), "1970-01-01T00:00:02.500Z", "and when it was");
	lab_transcript_has(&lab, "of another program's recording `some.cast`.");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" verify"), 0, "it can be believed");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" verify | grep -q 'ended is not in the recording'"), 0,
	       "though nothing tells how it ended");
	lab_is_clean(&lab, "of another program's recording");
	lab_sh(&lab, NULL, "rm -rf codex-logs");
	is_int(lab_sh(&lab, &out, "\"$STENO\" rebuild --from ../raw"), 0,
	       "so does what a terminal got");
	lab_records(&lab);
	lab_is_record(&lab, 0, "echo hi", 0);
	lab_transcript_has(&lab, "\nhi\n");
	lab_is_clean(&lab, "of a terminal's bytes");
	ok(strstr(buf_str(&out), "/codex-logs/") != NULL, "it says where it is");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" rebuild --from ../none 2>/dev/null"), 3,
	       "what is not there is a failure");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" rebuild --from ../raw last 2>/dev/null"), 2,
	       "and a session beside it a mistake");
	buf_release(&out);
	lab_close(&lab);
}

/* A shell command that is to succeed: its words are the test's own. */
static void holds(const char *command, const char *what)
{
	is_int(lab_sh(&lab, NULL, command), 0, "without times: %s", what);
}

static void has_line(const char *command, const char *wanted, const char *what)
{
	struct buf out = {0};

	lab_sh(&lab, &out, command);
	if (!ok(strstr(buf_str(&out), wanted) != NULL, "without times: %s", what))
		is_str(buf_str(&out), wanted, "without times: %s, as it is", what);
	buf_release(&out);
}

/* Nothing tells when a terminal's bytes came; the file's own time is nobody's but the file's. */
static void test_untimed(void)
{
	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "printf '\\033]133;A\\a$ \\033]133;B\\aecho "
	       "hi\\r\\n\\033]133;C\\ahi\\r\\n\\033]133;D;0\\a\\033]133;A\\a$ \\033]133;B\\a"
	       "false\\r\\n\\033]133;C\\a\\033]133;D;1\\a' >../raw; "
	       "touch -d 2020-02-03T04:05:06Z ../raw; \"$STENO\" -- true; "
	       "\"$STENO\" rebuild --from ../raw");
	holds("ls codex-logs/20200203-040506-session.md", "the file's time is in the name");
	holds("grep -c '^{\"ts\":null,.*\"duration_ms\":null,' codex-logs/provenance.jsonl | grep "
	      "-qx 2",
	      "lines have neither a start nor a duration");
	holds("! grep -E '2020-|[0-9]ms' codex-logs/20200203*.md", "nor has the transcript");
	has_line("cat codex-logs/20200203*.md",
		 "\nnull | exit=1 | null | cwd=", "where they are null");
	has_line("cat codex-logs/20200203*.md", "begun at an unknown time in",
		 "and so is the start");
	has_line("cat codex-logs/20200203*.md", "\nThe recording has no times: ", "which says why");
	holds("\"$STENO\" rebuild --check 20200203", "made again they are the same");
	has_line("\"$STENO\" verify 20200203", ": believable; 2 commands, times not known\n",
		 "they can be believed");
	has_line("\"$STENO\" verify --json 20200203", "\"length_us\":null", "as JSON, too");
	has_line("\"$STENO\" log | tail -n 2",
		 "20200203-040506-session:2 ?                   exit=1        ?  false\n"
		 "20200203-040506-session:1 ?                   exit=0        ?  echo hi\n",
		 "log has them where ls has the session");
	has_line("\"$STENO\" log --since '20 years ago' | wc -l", "1\n", "but in no span of time");
	has_line("\"$STENO\" ls | tail -n 1 | tr -s ' '", "20200203-040506-session ? ? 2 1 ",
		 "ls knows neither start nor length");
	has_line("\"$STENO\" ls --json", "\"began\":null,\"duration_ms\":null", "as JSON, too");
	has_line("\"$STENO\" show 20200203:2", "Began:     unknown: the recording has no times",
		 "show says why");
	has_line("\"$STENO\" show 20200203:2", "Took:      unknown: the recording has no times",
		 "of the duration, too");
	has_line("\"$STENO\" play 20200203 </dev/null", "\nhi\n", "it can be played");
	has_line("\"$STENO\" export -f json 20200203", "{\"ts\":null,", "exported as JSON");
	holds("\"$STENO\" export -f cast 20200203 | head -n 1 | grep -vq timestamp",
	      "as an asciicast without a start");
	holds("\"$STENO\" export -o ts -f typescript 20200203 && grep -q 'started on an unknown "
	      "date' "
	      "ts && ! grep -E '20[0-9][0-9]-|START_TIME|DURATION' ts ts.timing",
	      "as a typescript without a date");
	holds("\"$STENO\" export -o page.html 20200203 && grep -q 'The recording has no times' "
	      "page.html && grep -q '<dt>Lasted</dt><dd>not known</dd>' page.html && "
	      "grep -q 'time not known' page.html && ! grep -E '<time|<h2>Where the time' "
	      "page.html",
	      "as a page that says so");
	lab_sh(&lab, NULL, "rm codex-logs/20200203*.cast");
	has_line("\"$STENO\" log | tail -n 1", "20200203-040506-session:1 ? ",
		 "they are behind all others if the recording is gone");
	lab_close(&lab);
}

/* script's first line has a date: the whole began then, and so did its command if it is one. */
static void test_typescript(void)
{
	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "printf '%s\\n' 'Script started on 2026-11-23 04:41:24+00:00 [COMMAND=\"some "
	       "thing\" "
	       "TERM=\"xterm\" COLUMNS=\"80\" LINES=\"24\"]' hello '' "
	       "'Script done on 2026-11-23 04:41:25+00:00 [COMMAND_EXIT_CODE=\"3\"]' >../ts; "
	       "\"$STENO\" rebuild --from ../ts");
	lab_records(&lab);
	lab_is_record(&lab, 0, "some thing", 3);
	is_str(lab_record_text(&lab, 0, "ts"), "2026-11-23T04:41:24.000Z",
	       "a typescript without its timing has a start");
	holds("grep -q '\"duration_ms\":null,' codex-logs/provenance.jsonl",
	      "and nothing tells how long it took");
	lab_transcript_has(&lab, "Of the recording's times only that of its start is known");
	holds("\"$STENO\" ls --json | grep -q '\"began\":\"2026-11-23T04:41:24.000Z\","
	      "\"duration_ms\":null'",
	      "ls has its start");
	lab_is_clean(&lab, "of a typescript without its timing");
	lab_close(&lab);
}

int main(void)
{
	test_shell();
	test_program();
	test_exec();
	test_nested(0);
	test_nested(1);
	test_no_marks();
	test_forgery("/bin/bash");
	test_forgery("/usr/bin/zsh");
	test_from();
	test_untimed();
	test_typescript();
	return tap_done();
}
