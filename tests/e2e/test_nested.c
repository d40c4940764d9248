/* SPDX-License-Identifier: MIT */
/* Shells within the shell, with --nested: their commands are records inside of the command that
 * they are. What is no shell at this terminal stays what it was. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <stdio.h>
#include <string.h>

static struct lab lab;

static void open_lab(void)
{
	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "echo \"PS1='" LAB_PROMPT "'\" >~/.zshrc; cp ~/.zshrc ~/.shrc;"
	       "echo 'export ENV=~/.shrc' >>~/.zshrc;"
	       "echo 'export ENV=~/.shrc' >>~/.bashrc; cp ~/.bashrc ~/.bash_profile;"
	       "mkdir -p ~/.config/fish ~/.local/share/fish/generated_completions;"
	       "printf '%s\\n' 'set -gx ENV ~/.shrc; set fish_greeting' 'set "
	       "fish_autosuggestion_enabled 0'"
	       " 'function fish_prompt; printf %s \"" LAB_PROMPT
	       "\"; end' 'function fish_title; end'"
	       " >~/.config/fish/config.fish");
}

static struct term *start(const char *shell)
{
	struct term *t = lab_start(&lab, "--nested", "--shell", shell, NULL);

	term_expect(t, LAB_PROMPT);
	return t;
}

static void finish(struct term *t, int status)
{
	is_int(lab_exit(t, status), status, "the session ends as its shell");
	term_free(t);
	lab_records(&lab);
}

/* The record of this text: its number, the one it is inside of, and how deep; -1: there is none. */
static void is_inside(const char *cmd, long exit_code, const char *around, long depth)
{
	long in = 0, i;

	for (i = 0; around && i < (long)lab.n_records; i++)
		if (!strcmp(lab_record_text(&lab, (size_t)i, "cmd"), around))
			in = lab_record_int(&lab, (size_t)i, "seq");
	for (i = 0; i < (long)lab.n_records; i++) {
		size_t n = (size_t)i;

		if (strcmp(lab_record_text(&lab, n, "cmd"), cmd) != 0)
			continue;
		is_int(lab_record_int(&lab, n, "exit_code"), exit_code, "%s: its status", cmd);
		is_int(lab_record_int(&lab, n, "in"), in ? in : -1000, "%s: inside of %s", cmd,
		       around ? around : "nothing");
		is_int(lab_record_int(&lab, n, "depth"), depth ? depth : -1000, "%s: its depth",
		       cmd);
		return;
	}
	ok(0, "%s: is a record", cmd);
}

static void close_lab(const char *what)
{
	lab_is_clean(&lab, what);
	is_int(lab_sh(&lab, NULL, "\"$STENO\" verify >&2"), 0, "verify believes it %s", what);
	is_int(lab_sh(&lab, NULL, "test -z \"$(find \"$XDG_RUNTIME_DIR\"/steno ! -type d)\""), 0,
	       "nothing is left in the private folder");
	lab_close(&lab);
}

/* Each shell within each. */
static const char *const children[] = {"bash", "zsh", "fish", "bash -l", "dash", "mksh", "ksh93"};

static void test_each(const char *shell)
{
	char line[64];
	struct term *t;
	size_t i;

	open_lab();
	t = start(shell);
	for (i = 0; i < sizeof(children) / sizeof(children[0]); i++) {
		lab_line(t, children[i]);
		snprintf(line, sizeof(line), "echo 'o'f %zu\r", i);
		term_type(t, line);
		snprintf(line, sizeof(line), "of %zu\r\n", i);
		term_expect(t, line); /* ksh may draw its first prompt twice */
		term_expect(t, LAB_PROMPT);
		lab_line(t, "false");
		lab_line(t, "exit 7");
	}
	lab_line(t, "echo behind");
	finish(t, 0);
	for (i = 0; i < sizeof(children) / sizeof(children[0]); i++) {
		snprintf(line, sizeof(line), "echo 'o'f %zu", i);
		is_inside(line, 0, children[i], 1);
		is_inside(children[i], 7, NULL, 0);
	}
	is_inside("echo behind", 0, NULL, 0);
	is_int((int64_t)lab.n_records, 4 * 7 + 2, "%s: there are no other records", shell);
	lab_transcript_has(&lab, " | inside of command 1");
	lab_transcript_has(&lab, "(no output but that of the commands inside of it)");
	close_lab("of each shell in another");
}

static void test_deep(void)
{
	struct buf out = {0};
	struct term *t;

	open_lab();
	t = start("/bin/bash");
	lab_line(t, "bash");
	lab_line(t, "zsh");
	lab_line(t, "cd /; (exit 4)");
	lab_line(t, "fish");
	lab_line(t, "echo deep");
	is_int(lab_sh(&lab, &out, "\"$STENO\" ls; \"$STENO\" show"), 0, "it can be read meanwhile");
	ok(strstr(buf_str(&out), "$ zsh\n") != NULL, "the shells that run are told");
	lab_line(t, "exit");
	lab_line(t, "echo up");
	lab_line(t, "exit");
	lab_line(t, "pwd");
	lab_line(t, "exit");
	finish(t, 0);
	is_inside("cd /; (exit 4)", 4, "zsh", 2);
	is_inside("echo deep", 0, "fish", 3);
	is_inside("echo up", 0, "zsh", 2);
	is_inside("pwd", 0, "bash", 1);
	lab_transcript_has(&lab, " | inside of command 4, depth 3");
	lab_transcript_has(&lab, " | cwd=/ | inside of command 4");
	lab_sh(&lab, &out,
	       "\"$STENO\" log --no-pager; \"$STENO\" show --no-pager :5;"
	       "\"$STENO\" export -f html -o ../page.html last; cat ../page.html");
	ok(strstr(buf_str(&out), "echo deep  (inside of :4)") != NULL, "log says it");
	ok(strstr(buf_str(&out), "inside of command 4, depth 3\n") != NULL, "show says it");
	ok(strstr(buf_str(&out), "<span>inside of command 4, depth 3</span>") != NULL,
	   "and the page");
	buf_release(&out);
	close_lab("of shells four deep");
}

/* What is no shell of the user's at this terminal, and what is named in another way. */
static void test_untouched(void)
{
	struct term *t;

	open_lab();
	lab_sh(&lab, NULL,
	       "printf '#!/usr/bin/env bash\\necho a script\\n' >../script; chmod +x ../script;"
	       "printf 'env | sort\\n' >../tell; sed -n \"s/^PS1=//p\" ~/.bashrc >/dev/null");
	t = start("/bin/bash");
	lab_line(t, "bash -c 'echo c'; echo 'echo s' | bash; bash ../script; ../script");
	lab_line(t, "bash -c 'echo $0 $SHLVL'; bash -ic 'echo $0 $SHLVL' 2>/dev/null");
	lab_line(t, "(exit 3) | bash -c 'exit 6'");
	lab_line(t, "env bash");
	lab_line(t, "echo not told");
	lab_line(t, "exit");
	lab_line(t, "command /bin/bash");
	lab_line(t, "echo not this");
	lab_line(t, "exit");
	lab_line(t, "script -q -c 'bash -c \"echo in it\"' /dev/null");
	lab_line(t, "env | grep -v ^_= | sort >../outer");
	lab_line(t, "bash");
	lab_line(t, "env | grep -v -e ^_= -e ^SHLVL= | sort >../inner");
	lab_line(t, "exit");
	lab_line(t, "dash");
	lab_line(t, "env | grep -v -e ^_= -e ^SHLVL= | sort >../dash");
	lab_line(t, "exit");
	lab_line(t, "zsh");
	lab_line(t, "env >../zsh; echo ${ZDOTDIR-none}");
	lab_line(t, "exit");
	lab_line(t, "n=$(sed -n 's/^__steno_n=(\\([^\"]*\\).*/\\1/p' "
		    "$XDG_RUNTIME_DIR/steno/nest*/bash)");
	lab_line(t, "cat /proc/$$/environ /proc/$$/cmdline | grep -c \"${n:?}\"");
	lab_line(t, "test ${#n} = 11");
	finish(t, 0);
	is_inside("env bash", 0, NULL, 0);
	is_inside("command /bin/bash", 0, NULL, 0);
	is_inside("test ${#n} = 11", 0, NULL, 0);
	lab_transcript_has(&lab, "c\ns\na script\na script\n");
	lab_transcript_has(&lab, "\nbash 2\nbash 2\n");
	is_int(lab_sh(&lab, NULL, "grep -c 'not t[oh]' codex-logs/provenance.jsonl"), 1,
	       "a shell that is started by another program tells nothing");
	is_int(lab_sh(&lab, NULL,
		      "sed -i /^SHLVL=/d ../outer; cmp ../outer ../inner && cmp ../outer ../dash"),
	       0, "the environment is the same inside and outside");
	is_int(lab_sh(&lab, NULL, "grep -e ZDOTDIR -e STENO_WAS ../zsh"), 1, "also for zsh");
	lab_transcript_has(&lab, "\nnone\n");
	is_inside("cat /proc/$$/environ /proc/$$/cmdline | grep -c \"${n:?}\"", 1, NULL, 0);
	close_lab("of what is left alone");
}

#define STOPPED "sh -c 'echo g\"\"o; exec sleep 1000'"

/* Whatever the user has set. */
static void test_settings(void)
{
	static const char *const shells[][2] = {
		{"/bin/bash",
		 "set -auC; IFS=0123; shopt -s failglob nullglob; alias bash='bash -i'"},
		{"/usr/bin/zsh", "setopt nounset ksharrays shwordsplit warncreateglobal noclobber"},
		{"/usr/bin/fish", "set -g fish_trace; set -g argv a b; set -gx was 1"}};
	struct term *t;
	size_t i;

	for (i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		open_lab();
		t = start(shells[i][0]);
		lab_line(t, shells[i][1]);
		lab_line(t, "bash");
		lab_line(t, "echo $- in; (exit 5)");
		lab_line(t, "exit 6");
		lab_line(t, "zsh -l");
		lab_line(t, "print -r $0");
		lab_line(t, "exit 7");
		finish(t, 0);
		is_inside("echo $- in; (exit 5)", 5, "bash", 1);
		is_inside("bash", 6, NULL, 0);
		is_inside("print -r $0", 0, "zsh -l", 1);
		is_inside("zsh -l", 7, NULL, 0);
		lab_transcript_has(&lab, "$ bash\n```\n");
		is_int(lab_sh(&lab, NULL,
			      "grep -v setopt codex-logs/*.md | grep -i -e steno_ -e warn -e "
			      "error"),
		       1, "%s: nothing is said of it", shells[i][0]);
		close_lab("with settings of the user's");
	}
}

/* Ends that nobody tells. */
static void test_ends(void)
{
	struct term *t;

	open_lab();
	t = start("/bin/bash");
	lab_line(t, "bash -i");
	lab_line(t, "echo one");
	lab_line(t, "kill -9 $$");
	lab_line(t, "echo two");
	lab_line(t, "bash");
	lab_line(t, "echo three");
	lab_line(t, "suspend");
	lab_line(t, "echo four");
	lab_line(t, "fg");
	lab_line(t, "echo five");
	lab_line(t, "exit");
	lab_line(t, "bash --login");
	term_type(t, "\004");
	term_expect(t, LAB_PROMPT);
	lab_line(t, "bash -l");
	lab_line(t, "echo six");
	term_type(t, STOPPED "\r");
	term_expect(t, "go\r\n");
	term_type(t, "\032");
	term_expect(t, LAB_PROMPT);
	lab_line(t, "kill -9 %1; wait -f %1");
	lab_line(t, "exit");
	finish(t, 0);
	is_inside("echo one", 0, "bash -i", 1);
	is_inside("kill -9 $$", -1000, "bash -i", 1);
	is_inside("echo two", 0, NULL, 0);
	is_inside("suspend", -1000, "bash", 1);
	is_inside("echo four", 0, NULL, 0);
	is_inside("echo five", 0, "fg", 1);
	is_inside(STOPPED, 148, "bash -l", 1);
	close_lab("of shells that do not say that they end");
}

/* exec of each shell in each that has a way to lead it. */
static void test_exec_of(const char *shell)
{
	char what[64];
	struct term *t;

	open_lab();
	lab_sh(&lab, NULL, "echo 'set -h; hash -r; PATH=$PATH:/nowhere' >>~/.bashrc");
	t = start(shell);
	lab_line(t, "exec bash");
	lab_line(t, "echo one");
	lab_line(t, "exec nosuch");
	lab_line(t, "exec -l bash");
	lab_line(t, "echo two $0; shopt -q login_shell");
	lab_line(t, "exec fish");
	lab_line(t, "echo three; count (string match -- '*lead*' $PATH)");
	lab_line(t, "exec bash -i");
	lab_line(t, "exec 3>&1; echo four >&3; env | grep -c -e STENO_WAS -e nested-");
	lab_line(t, "exec dash");
	lab_line(t, "echo five $0");
	finish(t, 3);
	is_inside("echo one", 0, "exec bash", 1);
	is_inside("exec nosuch", 127, "exec bash", 1);
	is_inside("echo two $0; shopt -q login_shell", 0, "exec -l bash", 2);
	is_inside("echo three; count (string match -- '*lead*' $PATH)", 1, "exec fish", 3);
	is_inside("exec 3>&1; echo four >&3; env | grep -c -e STENO_WAS -e nested-", 1,
		  "exec bash -i", 4);
	is_inside("echo five $0", 0, "exec dash", 5);
	is_inside("exec fish", -1000, "exec -l bash", 2);
	is_inside("exec bash", 3, NULL, 0);
	lab_transcript_has(&lab, "\ntwo -bash\n");
	lab_transcript_has(&lab, "\nfive dash\n");
	snprintf(what, sizeof(what), "of %s that is replaced by others", shell);
	close_lab(what);
}

/* The same in a shell within the shell, whose pid they then all have. */
static void test_exec_deep(void)
{
	struct term *t;

	open_lab();
	t = start("/usr/bin/zsh");
	lab_line(t, "exec zsh"); /* its functions are what exec knows, too */
	lab_line(t, "echo one");
	lab_line(t, "bash");
	lab_line(t, "exec bash");
	lab_line(t, "false");
	lab_line(t, "exec fish");
	lab_line(t, "echo two");
	lab_line(t, "exec nosuch-shell");
	lab_line(t, "exec bash");
	lab_line(t, "exit 6");
	lab_line(t, "echo three");
	finish(t, 3);
	is_inside("echo one", 0, "exec zsh", 1);
	is_inside("bash", 6, "exec zsh", 1);
	is_inside("false", 1, "exec bash", 3);
	is_inside("echo two", 0, "exec fish", 4);
	is_inside("exec nosuch-shell", 127, "exec fish", 4);
	is_inside("echo three", 0, "exec zsh", 1);
	close_lab("of a shell within that is replaced by others");
}

/* Without --nested, or by its path: one record of it all, which says so. */
static void test_exec_unled(void)
{
	struct term *t;

	open_lab();
	t = lab_start(&lab, "--shell", "/bin/bash", NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "exec bash");
	lab_line(t, "echo one");
	finish(t, 3);
	is_int((int64_t)lab.n_records, 1, "an exec of bash is one record");
	is_str(lab_record_text(&lab, 0, "marks"), "none",
	       "of which it says that there were no marks");
	lab_transcript_has(&lab, " | where commands begin and end was not seen |");
	close_lab("of a shell that nobody has led");
	open_lab();
	t = start("/bin/bash");
	lab_line(t, "exec /bin/bash");
	lab_line(t, "echo one");
	finish(t, 3);
	is_int((int64_t)lab.n_records, 1, "so is that of one that is named by its path");
	is_str(lab_record_text(&lab, 0, "marks"), "none", "which says so, too");
	close_lab("of a shell that is named by its path");
}

/* All that shells read something else into stands in the name of the private folder. */
static void test_odd_folder(const char *shell)
{
	char script[256];
	struct term *t;

	open_lab();
	snprintf(script, sizeof(script),
		 "d=\"$XDG_RUNTIME_DIR\"'/a b\\\\c\\'\\''d\"$e`f`*~=';"
		 "mkdir -m 700 \"$d\" && XDG_RUNTIME_DIR=$d exec \"$STENO\" --nested --shell %s",
		 shell);
	t = lab_start_sh(&lab, script);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "bash");
	lab_line(t, "echo one");
	lab_line(t, "exit");
	lab_line(t, "zsh");
	lab_line(t, "exec fish");
	lab_line(t, "echo two");
	lab_line(t, "exec bash");
	lab_line(t, "echo three");
	lab_line(t, "exit");
	finish(t, 0);
	is_inside("echo one", 0, "bash", 1);
	is_inside("echo two", 0, "exec fish", 2);
	is_inside("echo three", 0, "exec bash", 3);
	close_lab("of a folder with an odd name");
}

/* Whoever has read the hooks' file, or a recording of its own, is still no shell that is here. */
static void test_forged(void)
{
	struct term *t;

	open_lab();
	t = start("/bin/bash");
	lab_line(t, "n=$(sed -n 's/^__steno_n=(\\([^\"]*\\).*/\\1/p' "
		    "$XDG_RUNTIME_DIR/steno/nest*/bash)");
	lab_line(t, "f() { printf '\\033]7377;%s;l%s;%s\\a' $n $1 \"$2\"; }");
	lab_line(t, "f 1 'D;s=0;st=0'; f 1 'A;s=0;st=0'; f 1 B; f 1 'C;s=1;cmd=fake'; (exit 3)");
	lab_line(t, "f 999999999 'A;s=0'; f 4194999 'C;s=1;cmd=fake'; f 0 'A;s=0'; f x 'A;s=9'");
	lab_line(t, "printf '\\033]7377;%s;\\a\\033]7377;%s;l12\\a\\033]7377;%s;l12;\\a' $n $n $n");
	lab_line(t, "bash");
	lab_line(t, "cp codex-logs/*.cast copy; cat copy; cat codex-logs/*.md");
	lab_line(t, "exit");
	lab_line(t, "cat $(find $XDG_RUNTIME_DIR/steno -type f) /dev/null");
	finish(t, 0);
	is_int((int64_t)lab.n_records, 10, "forged marks make no commands");
	is_int(lab_record_int(&lab, 2, "exit_code"), 3, "and change none");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" verify | grep -q 'no shell that was at this term'"),
	       0, "they are counted");
	close_lab("of marks with the secret, of no shell here");
}

int main(void)
{
	test_each("/bin/bash");
	test_each("/usr/bin/zsh");
	test_each("/usr/bin/fish");
	test_deep();
	test_untouched();
	test_settings();
	test_ends();
	test_exec_of("/bin/bash");
	test_exec_of("/usr/bin/fish");
	test_exec_deep();
	test_exec_unled();
	test_odd_folder("/bin/bash");
	test_odd_folder("/usr/bin/zsh");
	test_odd_folder("/usr/bin/fish");
	test_forged();
	return tap_done();
}
