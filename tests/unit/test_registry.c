/* SPDX-License-Identifier: MIT */
/* The list of folders: each once, the newest first, and never in anybody's way. */
#include "base/buf.h"
#include "cmd/registry.h"
#include "box.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void is_list(const char *want, const char *name)
{
	struct registry r;
	struct buf got = {0};
	size_t i;

	registry_read(&r);
	for (i = 0; i < r.count; i++)
		buf_printf(&got, "%s ", r.folders[i]);
	is_str(buf_str(&got), want, "%s", name);
	registry_release(&r);
	buf_release(&got);
}

static void is_said(const char *script, const char *want, const char *name)
{
	char *got = box_ask("%s", script);

	is_str(got, want, "%s", name);
	free(got);
}

static const char *box;

static void set_below(const char *variable, const char *name)
{
	struct buf path = {0};

	buf_printf(&path, "%s/%s", box, name);
	setenv(variable, buf_str(&path), 1);
	buf_release(&path);
}

static void test_add(void)
{
	is_list("", "without a registry the list is empty");
	registry_add("/a");
	registry_add("/b c");
	registry_add("/a");
	is_list("/b c /a ", "each folder is there once, the one added last first");
	is_said("stat -c %a home/.local/state/steno home/.local/state/steno/folders", "700\n600",
		"nobody else may read it");
	registry_add("relative");
	registry_add("/two\nlines");
	is_list("/b c /a ", "what is no absolute path of one line is not added");
	box_sh("printf '/torn' >>home/.local/state/steno/folders");
	registry_add("/d");
	is_list("/d /torn /b c /a ", "a line that was torn is ended first");
	box_sh("printf 'x\\n\\n/z\\000z\\n/d\\n' >>home/.local/state/steno/folders");
	is_list("/d /torn /b c /a ", "lines that are no path, and doubles, are passed over");
}

static void test_state_home(void)
{
	set_below("XDG_STATE_HOME", "state");
	registry_add("/e");
	is_list("/e ", "XDG_STATE_HOME is heeded");
	is_said("cat state/steno/folders", "/e", "as steno/folders");
	setenv("XDG_STATE_HOME", "not/absolute", 1);
	is_list("/d /torn /b c /a ", "but not if it is relative");
	unsetenv("XDG_STATE_HOME");
}

static void test_harmless(void)
{
	char *home = xstrdup(getenv("HOME"));

	box_sh("rm home/.local/state/steno/folders; mkfifo home/.local/state/steno/folders");
	registry_add("/f");
	is_list("", "a FIFO in its place is neither waited for nor read");
	box_sh("rm home/.local/state/steno/folders; ln -s /etc/passwd "
	       "home/.local/state/steno/folders");
	registry_add("/f");
	is_list("", "a link in its place is not followed");
	box_sh("rm -r home/.local/state; touch home/.local/state");
	registry_add("/f");
	is_list("", "nor does a file in the folder's place do harm");
	box_sh("rm home/.local/state");
	unsetenv("HOME");
	registry_add("/f");
	setenv("HOME", home, 1);
	is_list("", "without a home nothing is kept");
	free(home);
}

static void test_many(void)
{
	enum { WRITERS = 8, FOLDERS = 30 };
	int i, k, status, failed = 0;
	struct registry r;

	for (i = 0; i < WRITERS; i++) {
		if (fork() != 0)
			continue;
		for (k = 0; k < FOLDERS; k++) {
			char folder[32];

			snprintf(folder, sizeof(folder), "/many/%d", k);
			registry_add(folder);
		}
		_exit(0);
	}
	while (wait(&status) > 0)
		failed += status != 0;
	registry_read(&r);
	is_int(failed, 0, "several may write at a time");
	is_said("sort home/.local/state/steno/folders | uniq -d", "", "and leave no line twice");
	registry_release(&r);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void test_cost(void)
{
	double best = 1e9;
	int i;

	box_sh("rm -rf home/.local; mkdir -p home/.local/state/steno; seq -f '/srv/repository/%%g' "
	       "1000 >home/.local/state/steno/folders");
	for (i = 0; i < 20; i++) {
		double began = now();

		registry_add("/srv/repository/1000");
		if (now() - began < best)
			best = now() - began;
	}
	ok(best < 1000, "a registry of 1000 folders costs a session less than a millisecond");
	tap_note("%.0f us", best);
}

int main(void)
{
	box = box_open();
	unsetenv("XDG_STATE_HOME");
	box_sh("mkdir -p home");
	set_below("HOME", "home");
	test_add();
	test_state_home();
	test_harmless();
	test_many();
	test_cost();
	box_close();
	return tap_done();
}
