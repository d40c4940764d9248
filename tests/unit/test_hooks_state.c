/* SPDX-License-Identifier: MIT */
/* bash with the hooks is otherwise the bash the user knows: what it tells of itself, the history file
 * it leaves, and the files that steno makes for it. */
#include "bash.h"
#include "base/err.h"
#include "live/hooks.h"
#include "tap.h"
#include "term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* What a shell knows of itself, written to ~/state; what is ours or differs each time is left out. */
static const char tell[] = "shopt\n(shopt -o)\ntrap -p\numask\nulimit -a\nalias\ntimes >/dev/null\n"
			   "echo \"$0 $- $# $* $! $SHLVL ${HISTFILE@A} ${MAILCHECK@A} "
			   "${ENV-none}\"\nbind -v\nbind -p\n"
			   "declare -p\ndeclare -F\necho child\nenv\n"
			   "bash -c 'ls -l /proc/self/fd; declare -p; declare -F' | sed 's/.* "
			   "\\([0-9]*\\) -> /\\1 /; s,/pts/[0-9]*$,/pts/N,'\n"
			   "echo history\nHISTTIMEFORMAT= history\n";
static const char filter[] = "grep -Ev '__steno_|__s[0-9A-Zac]=|^} 2>&-|^declare -[-aixr]* "
			     "(PS[0124]|PROMPT_COMMAND|PPID|BASHPID|RANDOM|SRANDOM|SECONDS|EPOCH[A-"
			     "Z]*|_|BASH_[A-Z]*|HISTCMD"
			     "|FUNCNAME|DIRSTACK|PIPESTATUS|LINENO|COMP_WORDBREAKS)([= "
			     "]|$)|^_=|pipe:|/proc/' ~/raw >~/state";

static struct buf state_of(struct bash_place *p, int hooked, int flags, const char *more)
{
	struct term_plan plan = {.path = p->path, .home = p->home};
	const char *argv[] = {flags & HOOKS_LOGIN ? "-bash" : "bash", NULL};
	struct hooks h = {0};
	struct term *t;
	int status = 0;

	bash_write(p, ".bash_history", "before\n");
	bash_write(p, "tell", tell);
	bash_write(p, "filter", filter);
	plan.argv = argv;
	t = hooked ? bash_start(p, &h, flags) : term_start(&plan);
	term_type(t, more);
	term_type(t, "true\recho a | (exit 3)\r. ~/tell >~/raw 2>&1\r. ~/filter\rexit 9\r");
	term_exit(t, &status);
	is_int(status, 9, "the shell that tells its state gives its status");
	term_free(t);
	if (hooked)
		hooks_remove(&h);
	hooks_release(&h);
	return bash_read(p, "state");
}

/* The history file with "#then" for each time in it that is not before began and not after now: two
 * shells are not started in the same second. */
static struct buf read_history(const struct bash_place *p, time_t began)
{
	struct buf raw = bash_read(p, ".bash_history"), out = {0};
	const char *at = buf_str(&raw);

	while (*at) {
		size_t len = strcspn(at, "\n") + (strchr(at, '\n') != NULL);
		char *end = NULL;
		long long then = *at == '#' ? strtoll(at + 1, &end, 10) : 0;

		if (end && *end == '\n' && then >= began && then <= time(NULL))
			buf_puts(&out, "#then\n");
		else
			buf_put(&out, at, len);
		at += len;
	}
	buf_release(&raw);
	return out;
}

static void compare(struct bash_place *p, int flags, const char *more, const char *name)
{
	time_t began = time(NULL);
	struct buf plain = state_of(p, 0, flags, more), history = read_history(p, began);
	struct buf hooked = state_of(p, 1, flags, more), hooked_history = read_history(p, began);
	const char *a = buf_str(&plain), *b = buf_str(&hooked);

	if (!ok(plain.len > 1000 && plain.len == hooked.len && !strcmp(a, b), "%s: the same state",
		name)) {
		while (*a && *a == *b)
			a++, b++;
		tap_note("plain:  %.200s", a);
		tap_note("hooked: %.200s", b);
	}
	is_mem(hooked_history.data, hooked_history.len, history.data, history.len,
	       "%s: the same history file", name);
	buf_release(&plain);
	buf_release(&hooked);
	buf_release(&history);
	buf_release(&hooked_history);
}

static void test_states(struct bash_place *p)
{
	bash_write(p, ".bashrc", "HISTCONTROL=ignoreboth\nalias ll='ls -l'\nf() { :; }\n");
	bash_forget(p, ".bash_profile");
	compare(p, 0, "", "an interactive shell");
	compare(p, 0, "set -a\rx=1\r", "with set -a");
	compare(p, 0, "HISTTIMEFORMAT='%F '\rset -o posix\r", "in POSIX mode with times");
	compare(p, 0, "trap 'echo d' DEBUG; trap 'echo e' EXIT ERR\r", "with traps");
	compare(p, HOOKS_LOGIN, "", "a login shell without profile");
	compare(p, 0, "IGNOREEOF=3\rset -u\rshopt -u expand_aliases\r", "with options");
	p->old = p->version >= 50;
	compare(p, 0, "set -u\r", "as before bash 5.0");
	p->old = 0;
	bash_write(p, ".bash_profile", "export FROM=profile\n. ~/.bashrc\n");
	bash_write(p, ".bash_logout", "echo out >>~/.bash_history\n");
	compare(p, HOOKS_LOGIN, "", "a login shell");
	bash_forget(p, ".bash_profile");
	bash_forget(p, ".bash_logout");
}

/* The folder's name goes through an expansion on its way, and what the user had in ENV must come
 * back as it was, whatever is in either. */
static void test_env(struct bash_place *p)
{
	static const char type[] = "[[ $ENV == 'it'\\''s $HOME`x`' ]]; echo \"same=$?\"; exit\r";
	struct hooks h = {.user_env = "it's $HOME`x`"};
	struct term_plan plan = {.path = p->path, .home = p->home};
	struct err err = {0};
	struct bash_view v = {.place = p};
	struct term *t;
	char dir[128];
	int status = 0;

	bash_write(p, ".bashrc", "");
	snprintf(dir, sizeof(dir), "%s/a$HOME`id`\\\"'$(id)", p->folder);
	if (mkdir(dir, 0700) < 0)
		bug("no folder for the test");
	ok(!hooks_prepare(&h, p->path, HOOKS_LOGIN, dir, BASH_NONCE, &err),
	   "takes a folder of any name");
	plan.argv = (const char *const *)h.argv;
	plan.env = (const char *const *)h.env;
	p->lines = h.lines;
	t = term_start(&plan);
	v.ready = 1;
	ok(term_until(t, bash_has_prompts, &v, "the first prompt"), "finds the hooks there");
	term_type(t, type);
	term_exit(t, &status);
	bash_look(&v, term_seen(t));
	ok(strstr(buf_str(&v.output), "same=0\r\n") != NULL, "gives ENV back as it was");
	term_free(t);
	hooks_remove(&h);
	hooks_release(&h);
	bash_view_release(&v);
}

static void test_files(const struct bash_place *p)
{
	struct hooks h = {0};
	struct err err = {0};
	struct stat st;

	ok(!hooks_prepare(&h, "/bin/nosh", HOOKS_LOGIN, p->folder, BASH_NONCE, &err),
	   "takes any shell");
	ok(!h.shell && !h.file && !h.env, "gives a shell without hooks none");
	is_str(h.argv[0], "-nosh", "starts it as a login shell");
	hooks_release(&h);
	ok(!hooks_prepare(&h, p->path, 0, p->folder, BASH_NONCE, &err), "takes bash");
	is_str(h.argv[0], "bash", "gives bash its plain name");
	ok(!stat(h.file, &st) && (st.st_mode & 07777) == 0600, "keeps the file private");
	ok(!strstr(h.argv[2], BASH_NONCE), "keeps the nonce out of argv");
	hooks_remove(&h);
	ok(stat(h.file, &st) < 0, "removes the file");
	hooks_release(&h);
	ok(hooks_prepare(&h, p->path, 0, "/nowhere", BASH_NONCE, &err) < 0, "says that it cannot");
	ok(strstr(err.text, "/nowhere") && !h.file && !h.argv, "names the folder, holds nothing");
}

int main(void)
{
	struct bash_place place;

	bash_enter(&place);
	test_files(&place);
	test_env(&place);
	test_states(&place);
	bash_leave(&place);
	return tap_done();
}
