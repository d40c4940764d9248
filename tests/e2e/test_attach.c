/* SPDX-License-Identifier: MIT */
/* Terminals come to a session and leave it. They are real ones: tmux. CYCLES=100: how often one
 * comes and goes. */
#include "lab.h"
#include "pane.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lab lab;
static struct pane a, b;

/* Runs a script with $s, the session's name, and $h and $k, its holder and keeper. */
static int sh(const char *script, struct buf *out)
{
	struct buf all = {0};
	int rc;

	buf_printf(&all,
		   "s=$(cat \"$LAB/s\" 2>/dev/null || basename codex-logs/*.cast .cast)\n"
		   "h=$(ls \"$XDG_RUNTIME_DIR/steno\" | sed -n \"s/^$s\\..*\\.//p\")\n"
		   "k=$(ps -o ppid= -p ${h:-1} | tr -d ' ')\n"
		   "drive() { \"$STENO\" send --enter $s \"$1\" && \"$STENO\" wait -t 60 $s; }\n%s",
		   script);
	rc = lab_sh(&lab, out, buf_str(&all));
	buf_release(&all);
	return rc;
}

static void runs(const char *script, const char *name)
{
	struct buf out = {0};
	int rc = sh(script, &out);

	if (!ok(!rc, "%s", name))
		tap_note("status %d: %s", rc, buf_str(&out));
	buf_release(&out);
}

/* Until a script succeeds. */
static void comes(const char *script, const char *name)
{
	int left, rc = 1;

	for (left = TERM_DEADLINE_MS; left > 0 && rc; left -= 50) {
		rc = sh(script, NULL);
		if (rc)
			poll(NULL, 0, 50);
	}
	ok(!rc, "%s", name);
}

static void begin(const char *arguments)
{
	char script[256];

	lab_open(&lab, 0);
	snprintf(script, sizeof(script),
		 "SHELL=/bin/bash \"$STENO\" rec -d --size 80x24 %s >\"$LAB/s\"", arguments);
	runs(script, "a session is started without a terminal");
}

static void end(const char *after)
{
	comes("\"$STENO\" kill $s || ! \"$STENO\" ls | grep -E 'attached|detached|running'",
	      "the session ends");
	runs("[ -z \"$(ls \"$XDG_RUNTIME_DIR/steno\" | grep session)\" ]", "and leaves no socket");
	lab_is_clean(&lab, after);
	lab_close(&lab);
}

static void test_come_and_go(void)
{
	struct buf seen = {0};

	begin("");
	runs("drive \"printf '\\\\033[31mred\\\\033[0m \\\\033]2;inner\\\\007text\\\\n'\"",
	     "it has printed something");
	pane_open(&a, &lab, "a", 24, 80);
	pane_line(&a, "printf '\\033]2;mine\\007'; \"$STENO\" attach $(cat \"$LAB/s\")");
	pane_ends(&a, "ready>", "whoever attaches sees the screen as it is");
	pane_capture(&a, "-e", &seen);
	ok(strstr(buf_str(&seen), "\033[31mred") != NULL, "with its colours");
	pane_is(&a, "#{pane_title}", "inner", "and its title");
	pane_line(&a, "echo \"t\"yped");
	pane_shows(&a, "\ntyped", "what is typed gets there");
	runs("\"$STENO\" ls | grep attached", "ls tells");
	pane_keys(&a, "'C-\\'");
	pane_ends(&a, "outer>", "the key leaves");
	pane_shows(&a, "[steno: left ", "and it is said so");
	pane_is(&a, "#{pane_title}", "mine", "the terminal has its own title back");
	pane_line(&a, "stty -a | grep -q ' icanon' && echo \"sa\"ne");
	pane_shows(&a, "sane", "and its modes");
	runs("\"$STENO\" ls | grep detached", "the session is still there");
	pane_line(&a, "clear; \"$STENO\" attach");
	pane_shows(&a, "typed\nready>", "it is found again without a name");
	pane_line(&a, "exit 5");
	pane_shows(&a, "has ended with status 5]", "its end is told");
	pane_line(&a, "echo status $?");
	pane_shows(&a, "status 5", "and is the verb's status");
	pane_close(&a);
	buf_release(&seen);
	end("after coming and going");
}

static void test_vim(void)
{
	static const char flags[] = "#{alternate_on}#{keypad_cursor_flag}#{keypad_flag}";

	begin("");
	runs("seq 100 >f", "there is a file");
	pane_open(&a, &lab, "a", 24, 80);
	pane_line(&a, "\"$STENO\" attach");
	pane_ends(&a, "ready>", "a terminal is attached");
	pane_line(&a, "echo before; vim -u NONE -N -c 'set mouse=a' f");
	pane_shows(&a, "22\n23", "vim is on the screen");
	pane_type(&a, "Goinserted");
	pane_ends(&a, "-- INSERT --", "in the midst of inserting");
	pane_keys(&a, "'C-\\'");
	pane_ends(&a, "outer>", "the terminal leaves");
	pane_is(&a, flags, "000", "with its modes as they were");
	pane_is(&a, "#{mouse_any_flag}#{cursor_flag}", "01", "all of them");
	pane_line(&a, "clear; \"$STENO\" attach");
	pane_ends(&a, "-- INSERT --", "it comes back to the same picture");
	pane_shows(&a, "100\ninserted", "line by line");
	pane_is(&a, flags, "111", "in vim's modes");
	pane_is(&a, "#{cursor_x},#{cursor_y}", "8,22", "with the cursor in its place");
	pane_keys(&a, "Escape");
	pane_line(&a, ":wq");
	pane_ends(&a, "ready>", "and vim ends");
	pane_is(&a, flags, "000", "which the terminal sees");
	pane_shows(&a, "before", "the screen below is there again");
	runs("tail -n 1 f | grep -x inserted", "what was typed across is in the file");
	pane_close(&a);
	end("after vim");
}

static void test_sizes(void)
{
	begin("");
	pane_open(&a, &lab, "a", 24, 80);
	pane_open(&b, &lab, "b", 20, 60);
	pane_line(&a, "\"$STENO\" attach");
	pane_ends(&a, "ready>", "one terminal is attached");
	pane_line(&b, "\"$STENO\" attach");
	pane_ends(&b, "ready>", "a smaller one, too");
	pane_line(&b, "stty size");
	pane_shows(&b, "20 60", "the smaller rules");
	pane_shows(&a, "20 60", "the larger shows the same");
	pane_line(&a, "echo $((6*7))");
	pane_shows(&b, "42", "both can be typed at");
	pane_keys(&b, "'C-\\'");
	pane_ends(&b, "outer>", "the smaller leaves");
	comes("drive 'stty size >n'; grep -x '24 80' n", "the size is the larger's again");
	pane_line(&a, "echo $((6*8))");
	pane_shows(&a, "48", "which goes on");
	pane_keys(&a, "'C-\\'");
	pane_line(&b, "clear; \"$STENO\" attach --size-from latest");
	pane_ends(&b, "ready>", "a terminal is attached whose size rules when it is used");
	pane_ends(&a, "outer>", "the other has left");
	pane_line(&a, "\"$STENO\" attach");
	pane_shows(&a, "48", "and comes back");
	pane_line(&a, "stty size");
	pane_shows(&a, "24 80", "it rules when it is typed at");
	pane_line(&b, "stty size; stty size");
	pane_shows(&b, "20 60", "and the other then");
	pane_close(&a);
	pane_close(&b);
	comes("\"$STENO\" ls | grep detached", "terminals that are closed leave the session alone");
	end("of two sizes");
}

static void test_watcher(void)
{
	struct buf before = {0}, after = {0};

	lab_open(&lab, 0);
	pane_open(&a, &lab, "a", 24, 80);
	pane_open(&b, &lab, "b", 10, 40);
	pane_line(&a, "\"$STENO\"");
	pane_ends(&a, "ready>", "a plain session runs");
	pane_line(&b, "echo mine; echo own");
	pane_shows(&b, "\nown", "another terminal has something of its own");
	pane_line(&b, "\"$STENO\" attach -r");
	pane_ends(&b, "ready>", "it watches");
	pane_is(&b, "#{alternate_on}", "1", "beside what it had");
	pane_line(&a, "echo $((6*7)); stty size");
	pane_shows(&b, "42\n24 80", "and sees what happens; the size is not its own");
	pane_type(&b, "echo no");
	pane_keys(&b, "Enter");
	pane_line(&a, "printf '\\033]52;c;YQ==\\a\\033[c'; read -t 1 -d c x; echo \"<${#x}>\"");
	pane_shows(&b, "<", "a query is passed to the session's own terminal only");
	pane_line(&a, "seq 30");
	pane_shows(&b, "30\nready>", "a lower terminal shows where the cursor is");
	pane_keys(&b, "q");
	pane_is(&b, "#{alternate_on}", "0", "q leaves");
	pane_shows(&b, "mine\nown\nouter>", "what it had is there again");
	pane_capture(&a, "", &after);
	ok(!strstr(buf_str(&after), "echo no"), "what a watcher types goes nowhere");
	pane_line(&a, "exit 3");
	pane_ends(&a, "outer>", "the session ends as usual");
	pane_close(&a);
	pane_close(&b);
	buf_release(&before);
	buf_release(&after);
	end("after a watcher");
}

static void test_slow(void)
{
	lab_open(&lab, 0);
	pane_open(&a, &lab, "a", 24, 80);
	pane_open(&b, &lab, "b", 24, 80);
	pane_line(&a, "\"$STENO\"");
	pane_ends(&a, "ready>", "a session runs");
	pane_line(&b, "\"$STENO\" attach -r");
	pane_ends(&b, "ready>", "and is watched");
	pane_stop(&b);
	pane_line(&a, "seq 100000; echo \"do\"ne");
	pane_ends(&a, "done\nready>", "a stopped watcher does not hold up a flood");
	pane_go_on(&b);
	pane_ends(&b, "done\nready>", "and shows its end when it goes on");
	pane_keys(&b, "q");
	pane_ends(&b, "outer>", "it leaves");
	pane_line(&b, "clear; \"$STENO\" attach");
	pane_ends(&b, "ready>", "and comes to be typed at");
	pane_stop(&a);
	pane_line(&b, "seq 100000; echo \"do\"ne again");
	pane_ends(&b, "done again\nready>",
		  "nor does the session's own terminal, while another is there");
	pane_go_on(&a);
	pane_ends(&a, "done again\nready>", "which gets the picture");
	pane_line(&a, "exit");
	pane_ends(&a, "outer>", "and is left as it was");
	pane_shows(&b, "has ended", "so is the other");
	pane_close(&a);
	pane_close(&b);
	end("after a flood");
}

static void test_kills(void)
{
	begin("");
	pane_open(&a, &lab, "a", 24, 80);
	pane_line(&a, "\"$STENO\" attach");
	pane_ends(&a, "ready>", "a terminal is attached");
	pane_line(&a, "printf '\\033[?1000h\\033[?1049h'; echo on");
	pane_shows(&a, "on\nready>", "in modes of its own");
	runs("pkill -KILL -P $(tmux -S \"$LAB/a.tmux\" display -p '#{pane_pid}') -f ' attach$'",
	     "its process is killed");
	pane_is(&a, "#{alternate_on}#{mouse_any_flag}", "00", "the terminal is calm");
	pane_keys(&a, "Enter");
	pane_ends(&a, "outer>", "and the shell behind is there");
	pane_line(&a, "stty -a | grep -q ' icanon' && echo \"sa\"ne");
	pane_shows(&a, "sane", "with its own modes");
	comes("\"$STENO\" ls | grep detached", "the session stays");
	runs("drive \"printf '\\\\033[?1000l\\\\033[?1049l'\"", "and works");
	pane_line(&a, "clear; \"$STENO\" attach");
	pane_ends(&a, "ready>", "it comes back");
	runs("kill -9 $h", "the holder is killed");
	pane_line(&a, "echo $((6*7))");
	pane_shows(&a, "42", "another goes on, with the same terminal");
	comes("[ $(ls \"$XDG_RUNTIME_DIR/steno\" | grep -c session) = 1 ]", "at one socket");
	runs("kill -9 $k", "the keeper is killed");
	pane_line(&a, "echo $((6*8))");
	pane_shows(&a, "48", "the session goes on");
	pane_line(&a, "exit");
	pane_ends(&a, "outer>", "to its end");
	pane_close(&a);
	end("after kills");
}

static void test_hang_up(void)
{
	lab_open(&lab, 0);
	pane_open(&a, &lab, "a", 24, 80);
	pane_open(&b, &lab, "b", 24, 80);
	pane_line(&a, "\"$STENO\"");
	pane_ends(&a, "ready>", "a plain session runs");
	pane_line(&b, "\"$STENO\" attach");
	pane_ends(&b, "ready>", "and another terminal is at it");
	pane_close(&a);
	pane_line(&b, "echo $((6*7))");
	pane_shows(&b, "42", "the session outlives its first terminal");
	pane_keys(&b, "'C-\\'");
	pane_ends(&b, "outer>", "who leaves it by the key");
	pane_line(&b, "clear; \"$STENO\" attach");
	pane_shows(&b, "42\nready>", "can come back");
	pane_close(&b);
	comes("\"$STENO\" ls | grep detached", "and it stays from then on");
	end("after a hang-up");

	lab_open(&lab, 0);
	pane_open(&a, &lab, "a", 24, 80);
	pane_open(&b, &lab, "b", 24, 80);
	pane_line(&a, "\"$STENO\"");
	pane_ends(&a, "ready>", "a plain session runs");
	pane_line(&b, "\"$STENO\" attach");
	pane_ends(&b, "ready>", "and another terminal is at it");
	pane_close(&a);
	pane_close(&b);
	comes("\"$STENO\" ls | grep ended", "with its last terminal it is hung up");
	end("after two hang-ups");
}

static long holder_number(const char *script)
{
	struct buf out = {0};
	long n;

	sh(script, &out);
	n = strtol(buf_str(&out), NULL, 10);
	buf_release(&out);
	return n;
}

static void test_cycles(void)
{
	static const char fds[] = "ls /proc/$h/fd | wc -l",
			  memory[] = "sed -n 's/^VmRSS:[^0-9]*//p' /proc/$h/status";
	const char *asked = getenv("CYCLES");
	int n = asked ? (int)strtol(asked, NULL, 10) : 100, i, bad = 0, status;
	long fds_before, fds_now, kib_before = 0, kib;

	begin("");
	runs("drive true", "the shell is ready");
	fds_before = holder_number(fds);
	for (i = 0; i < n && !bad; i++) {
		struct term *t = lab_start(&lab, "attach", NULL);

		bad |= !term_expect(t, "ready>");
		term_send(t, "\034", 1);
		bad |= !term_exit(t, &status) || status != 0;
		term_free(t);
		if (i == 20)
			kib_before = holder_number(memory);
	}
	is_int(bad, 0, "a terminal comes and goes %d times", n);
	comes("\"$STENO\" ls | grep detached", "the last has gone");
	/* at first it may still have had those of a survey */
	fds_now = holder_number(fds);
	ok(fds_now <= fds_before, "no descriptor is left behind: %ld, then %ld", fds_before,
	   fds_now);
	kib = holder_number(memory);
#ifdef __SANITIZE_ADDRESS__
	(void)kib_before, (void)kib;
	tap_skip("nor memory", "the sanitizer keeps for a while what was freed");
#else
	ok(kib < kib_before + kib_before / 10 + 64, "nor memory: %ld KiB, then %ld", kib_before,
	   kib);
#endif
	runs("drive true", "the session works");
	end("after many terminals");
}

static void test_key(void)
{
	struct term *t;
	int status = -1;

	begin("");
	runs("drive 'stty -isig -icanon -echo'", "the shell's terminal takes all keys");
	t = lab_start(&lab, "attach", NULL);
	term_expect(t, "ready>");
	term_type(t, "echo st\"art\"ed; cat -v\r");
	term_expect(t, "started");
	term_send(t, "\033[200~a\034b\033[201~", 15);
	term_expect(t, "a^\\b");
	ok(1, "the key is no key within a paste");
	term_send(t, "xy\034z", 4);
	term_exit(t, &status);
	is_int(status, 0, "it is in the midst of other input");
	term_free(t);
	t = lab_start(&lab, "attach", "--detach-key", "C-a", NULL);
	term_expect(t, "xy");
	ok(1, "what was typed in front of it has got there");
	term_send(t, "\034k", 2);
	term_expect(t, "^\\k");
	term_send(t, "\033[97;5u", 7);
	term_exit(t, &status);
	is_int(status, 0, "another key can be chosen, and is known however it is spelt");
	term_free(t);
	end("after keys");
}

static void test_refusals(void)
{
	struct term *t;
	int status = -1;

	begin("");
	runs("\"$STENO\" attach </dev/null 2>&1 | grep 'must be a terminal'",
	     "no terminal is refused");
	t = lab_start(&lab, "attach", "20010101-000000-session", NULL);
	term_exit(t, &status);
	is_int(status, 1, "so is a session that is none");
	term_free(t);
	runs("\"$STENO\" send --enter $s '\"'\"$STENO\"'\" attach '$s; \"$STENO\" wait -t 60 $s; [ "
	     "$? = 3 ]",
	     "and a terminal that shows the session itself");
	runs("h=$h k=$k; kill -9 $k $h; :", "all its processes are killed");
	comes("\"$STENO\" ls | grep recovered", "and ls says so, when they are gone");
	t = lab_start(&lab, "attach", NULL);
	term_exit(t, &status);
	is_int(status, 1, "then no session runs");
	term_free(t);
	comes("\"$STENO\" rebuild --check codex-logs/$s.cast",
	      "and the scribe, alone, ends its files");
	end("after all was killed");
}

static void test_nested(void)
{
	struct buf line = {0};
	struct term *t;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	buf_printf(&line, "%s; echo \"<$?>\"", lab.steno);
	lab_line(t, buf_str(&line));
	ok(strstr(buf_str((struct buf *)(uintptr_t)term_seen(t)), "recorded already") != NULL,
	   "steno within steno is refused");
	buf_clear(&line);
	buf_printf(&line, "%s rec --within -- sh -c 'exit 4'; echo \"<$?>\"", lab.steno);
	term_type(t, buf_str(&line));
	term_type(t, "\r");
	term_expect(t, "<4>");
	lab_exit(t, 0);
	term_free(t);
	runs("set -- codex-logs/*.cast; grep -q \"\\\"parent\\\":\\\"$(basename $1 .cast)\\\"\" $2 "
	     "&& "
	     "grep -q \"within $(basename $1 .cast)\" ${2%.cast}.md",
	     "but for who asks for it: then it names the outer one");
	comes("[ $(\"$STENO\" ls | grep -c ended) = 2 ]", "both have ended");
	lab_is_clean(&lab, "of sessions within each other");
	buf_release(&line);
	lab_close(&lab);
}

int main(void)
{
	test_come_and_go();
	test_vim();
	test_sizes();
	test_watcher();
	test_slow();
	test_kills();
	test_hang_up();
	test_cycles();
	test_key();
	test_refusals();
	test_nested();
	return tap_done();
}
