/* SPDX-License-Identifier: MIT */
/* What people do at a bash prompt, and what is left of it in provenance.jsonl and session.md. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "live/clock.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct lab lab;

static struct term *begin(void)
{
	struct term *t;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	return t;
}

/* Ends the session, reads what it left, and has it rebuilt. */
static void end(struct term *t, size_t records, const char *after)
{
	lab_exit(t, 0);
	term_free(t);
	is_int(lab_records(&lab), 0, "each line of provenance.jsonl is JSON %s", after);
	is_int((int64_t)lab.n_records, (int64_t)records, "there are %zu records %s", records,
	       after);
	lab_is_clean(&lab, after);
}

static void test_ordinary(void)
{
	struct term *t = begin();

	lab_line(t, "echo hello");
	lab_line(t, "false");
	lab_line(t, "true");
	lab_line(t, "printf 'no newline'");
	lab_line(t, "");
	lab_line(t, "# a comment");
	lab_line(t, "if then");
	lab_line(t, "sh -c 'exit 42'");
	lab_line(t, "sh -c 'kill -TERM $$'");
	lab_line(t, "nosuchcommand");
	end(t, 8, "of ordinary commands");
	is_int(lab_sh(&lab, NULL, "[ $(grep -c '\"m\",' codex-logs/*.cast) = 8 ]"), 0,
	       "and each is a chapter");
	lab_is_record(&lab, 0, "echo hello", 0);
	lab_is_record(&lab, 1, "false", 1);
	lab_is_record(&lab, 2, "true", 0);
	lab_is_record(&lab, 3, "printf 'no newline'", 0);
	lab_is_record(&lab, 4, "sh -c 'exit 42'", 42);
	lab_is_record(&lab, 5, "sh -c 'kill -TERM $$'", 143);
	lab_is_record(&lab, 6, "nosuchcommand", 127);
	lab_close(&lab);
}

static void test_time(void)
{
	struct term *t = begin();
	int64_t typed = clock_mono_us(), seen;
	long ms;

	lab_line(t, "sleep 0.3");
	seen = clock_mono_us();
	end(t, 2, "of a sleep");
	ms = lab_record_int(&lab, 0, "duration_ms");
	ok(ms >= 300 && ms <= (seen - typed) / 1000, "sleep 0.3 took %ld ms", ms);
	lab_close(&lab);
}

static void test_directory(void)
{
	struct term *t = begin();
	struct buf want = {0};

	lab_line(t, "mkdir 'a b;c%d' && cd 'a b;c%d'");
	lab_line(t, "pwd");
	end(t, 3, "of changing the directory");
	is_str(lab_record_text(&lab, 0, "cwd"), lab.repo, "the directory is the one it began in");
	buf_printf(&want, "%s/a b;c%%d", lab.repo);
	is_str(lab_record_text(&lab, 1, "cwd"), buf_str(&want), "whatever its name");
	buf_release(&want);
	lab_close(&lab);
}

static void test_interrupts(void)
{
	struct term *t = begin();

	/* each signal after a child's word: bash itself loses one that comes between two
	 * children */
	term_type(t, "sh -c 'echo started; exec sleep 30'\r");
	term_expect(t, "\rstarted");
	term_type(t, "\003");
	term_expect(t, LAB_PROMPT);
	term_type(t, "sh -c 'echo begun; exec cat'\r");
	term_expect(t, "\rbegun");
	term_type(t, "\032");
	term_expect(t, LAB_PROMPT);
	term_type(t, "fg\r");
	term_expect(t, "cat'\r\n");
	term_type(t, "\004");
	term_expect(t, LAB_PROMPT);
	end(t, 4, "of ^C and ^Z");
	lab_is_record(&lab, 0, "sh -c 'echo started; exec sleep 30'", 130);
	lab_is_record(&lab, 1, "sh -c 'echo begun; exec cat'", 148);
	lab_is_record(&lab, 2, "fg", 0);
	lab_close(&lab);
}

static void test_abandoned(void)
{
	struct term *t = begin();
	pid_t bash = lab_process(&lab, term_pid(t), "bash");

	term_type(t, "abandoned");
	term_expect(t, "abandoned");
	term_settle(t, bash);
	term_type(t, "\003");
	term_expect(t, LAB_PROMPT);
	end(t, 1, "of a line that was abandoned");
	lab_is_record(&lab, 0, "exit 0", 0);
	lab_close(&lab);
}

static void test_text_of_commands(void)
{
	struct term *t = begin();

	lab_line(t, " echo secret");
	lab_line(t, "echo same");
	lab_line(t, "echo same");
	lab_line(t, "echo 1 | cat; false");
	lab_line(t, "echo 'caf\303\251 \346\274\242'");
	term_type(t, "for i in 1 2; do\recho $i\rdone\r");
	term_expect(t, LAB_PROMPT);
	term_type(t, "cat <<END\ra\tb\rEND\r");
	term_expect(t, LAB_PROMPT);
	term_type(t, "\033[200~false\recho B\033[201~\r");
	term_expect(t, "\rB\r\n");
	term_expect(t, LAB_PROMPT);
	end(t, 10, "of odd texts");
	lab_is_record(&lab, 0, " echo secret", 0);
	lab_is_record(&lab, 1, "echo same", 0);
	lab_is_record(&lab, 2, "echo same", 0);
	lab_is_record(&lab, 3, "echo 1 | cat; false", 1);
	lab_is_record(&lab, 4, "echo 'caf\303\251 \346\274\242'", 0);
	lab_is_record(&lab, 7, "false", 1);
	lab_is_record(&lab, 8, "echo B", 0);
	lab_close(&lab);
}

static void test_ends(void)
{
	struct term *t = begin();
	int status = 0;

	is_int(lab_exit(t, 5), 5, "steno ends with the shell's status");
	term_free(t);
	lab_records(&lab);
	lab_is_record(&lab, 0, "exit 5", 5);
	is_str(lab_record_text(&lab, 0, "end"), "eof", "its end was the shell's end");
	lab_close(&lab);

	t = begin();
	term_type(t, "kill -9 $$\r");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 137, "and with its death");
	lab_records(&lab);
	lab_is_record(&lab, 0, "kill -9 $$", 137);
	lab_is_clean(&lab, "after the shell was killed");
	lab_close(&lab);

	t = begin();
	term_type(t, "exec sh -c 'exit 3'\r");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 3, "what the shell became gives its status");
	lab_records(&lab);
	lab_is_record(&lab, 0, "exec sh -c 'exit 3'", 3);
	lab_close(&lab);

	t = begin();
	term_type(t, "\004");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 0, "Ctrl-D ends it");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 0, "and is no command");
	lab_transcript_has(&lab, "No commands were executed.");
	lab_transcript_has(&lab, "No files were changed.");
	lab_is_clean(&lab, "of an empty session");
	lab_close(&lab);
}

static void test_options(void)
{
	struct term *t = begin();

	lab_line(t, "set -u -x");
	lab_line(t, "echo x$((1+1))");
	lab_line(t, "set +x; IFS=0123456789");
	lab_line(t, "false");
	lab_line(t, "PROMPT_COMMAND='LAST=$?'");
	lab_line(t, "sh -c 'exit 9'");
	lab_line(t, "echo \"$LAST\"");
	lab_line(t, "PS1='" LAB_PROMPT "'");
	lab_line(t, "trap 'echo trapped' DEBUG; echo y");
	lab_line(t, "trap - DEBUG");
	lab_line(t, "bash --norc -c 'exit 4'");
	end(t, 12, "of odd options");
	lab_is_record(&lab, 1, "echo x$((1+1))", 0);
	lab_is_record(&lab, 3, "false", 1);
	lab_is_record(&lab, 5, "sh -c 'exit 9'", 9);
	lab_is_record(&lab, 6, "echo \"$LAST\"", 0);
	is_str(lab_record_text(&lab, 10, "cmd"), NULL, "what nothing says any more is null");
	is_int(lab_record_int(&lab, 10, "exit_code"), 4, "though its status is known");
	lab_transcript_has(&lab, "\n9\n");
	lab_close(&lab);
}

static void test_jobs(void)
{
	struct term *t = begin();

	lab_line(t, "sh -c 'sleep 0.2; echo from behind' &");
	lab_line(t, "wait");
	lab_line(t, "(sleep 30; echo never) & disown");
	end(t, 4, "of jobs in the background");
	lab_transcript_has(&lab, "from behind");
	lab_is_record(&lab, 1, "wait", 0);
	lab_close(&lab);
}

static void test_screens(void)
{
	struct term *t = begin();
	char wide[256];

	lab_line(t, "for i in 1 2 3; do printf '\\rdone %s0%%' $i; done; echo");
	lab_line(t, "echo before; clear; echo after");
	lab_line(t, "printf '\\033[?1049h\\033[Hinside\\033[?1049l'; echo outside");
	lab_line(t, "printf '%0200d\\n' 7");
	term_resize(t, 30, 100);
	term_expect(t, LAB_PROMPT); /* drawn again, in the new size */
	lab_line(t, "stty size");
	end(t, 6, "of screen tricks");
	lab_transcript_has(&lab, "\ndone 30%\n");
	lab_transcript_has(&lab, "before\nafter\n");
	lab_transcript_has(&lab, "inside");
	lab_transcript_has(&lab, "\n30 100\n");
	snprintf(wide, sizeof(wide), "\n%0200d\n", 7);
	lab_transcript_has(&lab, wide);
	lab_close(&lab);
}

static void test_hostile(void)
{
	struct term *t = begin();

	lab_line(t, "printf '\\033[;;;;;;;;;;;;;;;;m'");
	lab_line(t, "printf '\\033[5b'");
	lab_line(t, "printf '\\033]7377;0123456789abcdef012345;C;s=99;cmd=fake\\a'");
	lab_line(t, "printf '```\\n# heading\\n<b>bold</b>\\n````\\n'");
	lab_line(t, "printf 'a\\r```\\r<i>x'");
	lab_line(t, "head -c 20000 codex-logs/*.cast");
	lab_line(t, "head -c 1000000 /dev/urandom");
	term_type(t, "\r\r");
	lab_line(t, "reset; stty sane; echo al''ive");
	term_expect(t, "alive");
	term_type(t, "\025"); /* random bytes may have asked the terminal, whose answer is typed */
	lab_exit(t, 0);
	term_free(t);
	is_int(lab_records(&lab), 0, "each line of provenance.jsonl is JSON after hostile output");
	ok(lab.n_records >= 9, "no command was lost (%zu records)", lab.n_records);
	lab_is_record(&lab, 0, "printf '\\033[;;;;;;;;;;;;;;;;m'", 0);
	lab_is_record(&lab, 1, "printf '\\033[5b'", 0);
	lab_is_record(&lab, 6, "head -c 1000000 /dev/urandom", 0);
	lab_is_clean(&lab, "of hostile output");
	lab_close(&lab);
}

/* What a setsid --ctty at the prompt does. */
static void test_no_controlling_terminal(void)
{
	static const char *const shells[] = {"/bin/bash", "/usr/bin/zsh", "/usr/bin/fish"};
	struct term *t;
	size_t i;

	for (i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		lab_open(&lab, 0);
		lab_sh(&lab, NULL,
		       "mkdir -p ~/.config/fish ~/.local/share/fish/generated_completions; echo "
		       "\"PS1='" LAB_PROMPT "'\" >~/.zshrc;"
		       "printf 'set fish_greeting\\nfunction fish_prompt; echo -n "
		       "\"" LAB_PROMPT "\"; end\\n' >~/.config/fish/config.fish");
		t = lab_start(&lab, "--shell", shells[i], NULL);
		term_expect(t, LAB_PROMPT);
		lab_line(t, "setsid -w -c sh -c 'exit 7'");
		lab_line(t, "false");
		is_int(lab_exit(t, 4), 4, "%s without a controlling terminal", shells[i]);
		term_free(t);
		lab_records(&lab);
		is_int((int64_t)lab.n_records, 3, "and go on");
		lab_is_record(&lab, 0, "setsid -w -c sh -c 'exit 7'", 7);
		lab_is_record(&lab, 1, "false", 1);
		lab_is_record(&lab, 2, "exit 4", 4);
		is_int(lab_sh(&lab, NULL, "grep -c /dev/tty codex-logs/*.md"), 1,
		       "without a complaint");
		lab_is_clean(&lab, "without a controlling terminal");
		lab_close(&lab);
	}
}

int main(void)
{
	test_ordinary();
	test_time();
	test_directory();
	test_interrupts();
	test_abandoned();
	test_text_of_commands();
	test_ends();
	test_options();
	test_jobs();
	test_screens();
	test_hostile();
	test_no_controlling_terminal();
	return tap_done();
}
