/* SPDX-License-Identifier: MIT */
/* For people who cannot start their agent with steno: `steno hooks AGENT` prints what to put into
 * its settings, `steno hook AGENT` is what these settings have run. The agent says on standard
 * input, or in the last argument, where its log is; that log is imported anew into the repository's
 * folder. Within a recorded session nothing is done: the watcher has told everything. Nothing is
 * printed on standard output, which an agent takes for instructions. */
#include "cmd.h"
#include "help.h"
#include "import.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../base/json.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_MOST = 8 << 20, DEPTH = 3 };

static const char codex_text[] =
	"# For Codex CLI, in ~/.codex/config.toml ($CODEX_HOME), above the first [table]:\n"
	"# after each turn the conversation is imported into codex-logs/ of its repository.\n"
	"notify = [\"steno\", \"hook\", \"codex\"]\n"
	"\n"
	"# Or, where notify is taken, in hooks.json beside it (Codex asks once to trust it):\n"
	"# {\"hooks\":{\"Stop\":[{\"hooks\":[{\"type\":\"command\",\"command\":\"steno hook "
	"codex\"}]}]}}\n";

static const char claude_text[] =
	"{\n"
	"  \"hooks\": {\n"
	"    \"Stop\": [\n"
	"      {\"hooks\": [{\"type\": \"command\", \"command\": \"steno hook claude\"}]}\n"
	"    ],\n"
	"    \"SessionEnd\": [\n"
	"      {\"hooks\": [{\"type\": \"command\", \"command\": \"steno hook claude\"}]}\n"
	"    ]\n"
	"  }\n"
	"}\n";

static int is_agent(const char *name)
{
	return name && (!strcmp(name, "codex") || !strcmp(name, "claude"));
}

/* The agent's name, and for `hook` what may stand behind it. 0, or -1, which was said. */
static int read_words(int argc, char **argv, int json)
{
	static const char *const words[] = {"codex or claude", "JSON", NULL},
				 *const agent_only[] = {"codex or claude", NULL};

	optind = 1;
	if (help_words(argc, argv, json ? words : agent_only, json) < 0)
		return -1;
	if (is_agent(argv[1]))
		return 0;
	fprintf(stderr, "steno: %s: neither codex nor claude\n", argv[1]);
	return -1;
}

int cmd_hooks(int argc, char **argv)
{
	if (read_words(argc, argv, 0) < 0)
		return help_usage("hooks");
	fputs(!strcmp(argv[1], "codex") ? codex_text : claude_text, stdout);
	return fflush(stdout) == 0 ? 0 : 3;
}

static int has_ending(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n >= m && !strcmp(name + n - m, ending);
}

/* Of this thread: its id is behind the time, and behind that the id of a part that was begun by
 * going back. */
static int is_rollout(const char *name, const char *thread)
{
	const char *at = strstr(name, thread);
	size_t n = strlen(thread);

	return !strncmp(name, "rollout-", 8) && has_ending(name, ".jsonl") && at > name &&
	       at[-1] == '-' && (at[n] == '.' || at[n] == '_');
}

/* Codex's rollouts lie in sessions/YYYY/MM/DD. *path becomes the newest one of the thread, by the
 * time in its path. */
static void find_rollout(const char *folder, const char *thread, int depth, struct buf *path)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		struct buf below = {0};

		if (e->d_name[0] == '.')
			continue;
		buf_printf(&below, "%s/%s", folder, e->d_name);
		if (depth) {
			find_rollout(buf_str(&below), thread, depth - 1, path);
		} else if (is_rollout(e->d_name, thread) &&
			   strcmp(buf_str(&below), buf_str(path)) > 0) {
			buf_clear(path);
			buf_put(path, below.data, below.len);
		}
		buf_release(&below);
	}
	if (d)
		closedir(d);
}

static int find_by_thread(const char *thread, struct buf *path)
{
	const char *codex = getenv("CODEX_HOME"), *home = getenv("HOME");
	struct buf folder = {0};

	if (codex && *codex)
		buf_printf(&folder, "%s/sessions", codex);
	else
		buf_printf(&folder, "%s/.codex/sessions", home ? home : "");
	if (*thread && !strchr(thread, '/'))
		find_rollout(buf_str(&folder), thread, DEPTH, path);
	buf_release(&folder);
	return path->len ? 0 : -1;
}

static int read_input(struct buf *out)
{
	ssize_t n;

	do {
		buf_reserve(out, 65536);
		n = io_read_full(STDIN_FILENO, out->data + out->len, 65536);
		out->len += n > 0 ? (size_t)n : 0;
	} while (n == 65536 && out->len < INPUT_MOST);
	return n < 0 ? -1 : 0;
}

/* What the agent said, where its log is, and where it runs. */
static int take_input(const char *argument, struct buf *log, struct buf *cwd, struct err *err)
{
	struct buf text = {0};
	const char *path, *thread, *dir;
	struct json *j;
	int rc = 0;

	if (argument)
		buf_puts(&text, argument);
	else if (read_input(&text) < 0)
		rc = err_sys(err, "read standard input");
	j = rc == 0 ? json_parse(text.data ? text.data : (const unsigned char *)"", text.len, err)
		    : NULL;
	path = json_get_text(j, "transcript_path");
	thread = json_get_text(j, "thread-id");
	dir = json_get_text(j, "cwd");
	if (!j)
		rc = -1;
	else if (path)
		buf_puts(log, path);
	else if (!thread || find_by_thread(thread, log) < 0)
		rc = err_set(err, "the agent does not say where its log is");
	if (dir)
		buf_puts(cwd, dir);
	json_free(j);
	buf_release(&text);
	return rc;
}

int cmd_hook(int argc, char **argv)
{
	const char *within = getenv("STENO_SESSION");
	struct buf log = {0}, cwd = {0};
	struct err err = {.code = 0};
	int rc;

	if (read_words(argc, argv, 1) < 0)
		return help_usage("hook");
	if (within && *within)
		return 0;
	rc = take_input(argc == 3 ? argv[2] : NULL, &log, &cwd, &err);
	if (rc == 0 && cwd.len && chdir(buf_str(&cwd)) < 0)
		rc = err_sys(&err, "go to %s", buf_str(&cwd));
	if (rc == 0)
		rc = import_file(buf_str(&log), NULL, IMPORT_AGAIN | IMPORT_QUIET, &err);
	if (rc < 0)
		fprintf(stderr, "steno: %s\n", err.text);
	buf_release(&log);
	buf_release(&cwd);
	return rc < 0 ? 3 : 0; /* 2 would stop the agent */
}
