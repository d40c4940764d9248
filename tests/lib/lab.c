/* SPDX-License-Identifier: MIT */
/* A place to try steno in. */
#include "lab.h"

#include "tap.h"
#include "term.h"

#include "base/io.h"
#include "base/json.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void give_up(const char *what)
{
	printf("Bail out! lab: %s\n", what);
	exit(1);
}

static char *join(const char *a, const char *b)
{
	char *path;

	if (asprintf(&path, "%s%s", a, b) < 0)
		give_up("memory");
	return path;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || io_write_all(fd, text, strlen(text), NULL, NULL) < 0)
		give_up(path);
	close(fd);
}

static char *make(const char *a, const char *b)
{
	char *path = join(a, b);

	if (mkdir(path, 0755) < 0)
		give_up(path);
	return path;
}

void lab_open(struct lab *lab, int flags)
{
	const char *tmp = getenv("TMPDIR"), *steno = getenv("STENO");
	char *bashrc, *gitconfig;

	memset(lab, 0, sizeof(*lab));
	lab->dir = join(tmp ? tmp : "/tmp", "/lab-XXXXXX");
	if (!mkdtemp(lab->dir) || !steno)
		give_up(steno ? lab->dir : "STENO is not set");
	lab->steno = xstrdup(steno);
	lab->home = make(lab->dir, "/home");
	lab->repo = make(lab->dir, "/repo");
	lab->logs = join(lab->repo, "/codex-logs");
	bashrc = join(lab->home, "/.bashrc");
	write_file(bashrc, "PS1='" LAB_PROMPT "'\nHISTCONTROL=ignoreboth\n"
			   "bind 'set bell-style none'\n");
	gitconfig = join(lab->home, "/.gitconfig");
	write_file(gitconfig, "[user]\n\tname = Test\n\temail = test@example.org\n"
			      "[init]\n\tdefaultBranch = main\n");
	free(bashrc);
	free(gitconfig);
	if (!(flags & LAB_NO_GIT) &&
	    lab_sh(lab, NULL,
		   "git init -q && echo one >kept && git add kept && git commit -qm first") != 0)
		give_up("git");
}

void lab_close(struct lab *lab)
{
	size_t i;

	lab_sh(lab, NULL, "chmod -R u+rwx \"$LAB\"; rm -rf \"$LAB\"");
	for (i = 0; i < lab->n_records; i++)
		json_free(lab->records[i]);
	free(lab->dir);
	free(lab->home);
	free(lab->repo);
	free(lab->logs);
	free(lab->steno);
}

static struct term *start(const struct lab *lab, const char *path, const char *const *argv)
{
	char *run = join("XDG_RUNTIME_DIR=", lab->dir), *steno = join("STENO=", lab->steno);
	const char *const env[] = {"SHELL=/bin/bash", run, steno, NULL};
	struct term_plan plan = {.path = path,
				 .argv = argv,
				 .home = lab->home,
				 .cwd = lab->repo,
				 .env = env,
				 .answers = 1};
	struct term *t = term_start(&plan);

	free(run);
	free(steno);
	return t;
}

struct term *lab_start(const struct lab *lab, ...)
{
	const char *argv[32] = {"steno"};
	size_t n = 1;
	va_list ap;

	va_start(ap, lab);
	while (n < 31 && (argv[n] = va_arg(ap, const char *)))
		n++;
	va_end(ap);
	return start(lab, lab->steno, argv);
}

struct term *lab_start_sh(const struct lab *lab, const char *script)
{
	const char *const argv[] = {"sh", "-c", script, NULL};

	return start(lab, "/bin/sh", argv);
}

static void become_sh(const struct lab *lab, const char *script, int out)
{
	dup2(out, 1);
	dup2(out, 2);
	if (chdir(lab->repo) < 0)
		_exit(126);
	setenv("HOME", lab->home, 1);
	setenv("LAB", lab->dir, 1);
	setenv("STENO", lab->steno, 1);
	setenv("XDG_RUNTIME_DIR", lab->dir, 1);
	execl("/bin/sh", "sh", "-c", script, (char *)NULL);
	_exit(127);
}

int lab_sh(const struct lab *lab, struct buf *out, const char *script)
{
	int fds[2], status = 0;
	char bytes[4096];
	ssize_t n;
	pid_t pid = -1;

	if (pipe2(fds, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		give_up("fork");
	if (!pid)
		become_sh(lab, script, fds[1]);
	close(fds[1]);
	while ((n = read(fds[0], bytes, sizeof(bytes))) > 0)
		if (out)
			buf_put(out, bytes, (size_t)n);
	close(fds[0]);
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

pid_t lab_process(const struct lab *lab, pid_t parent, const char *name)
{
	struct buf out = {0};
	char script[512];
	pid_t pid;

	snprintf(
		script, sizeof(script),
		"all=' %d '; for i in 1 2 3; do all=\"$all $(ps -eo pid=,ppid= | while read -r p q;"
		" do case \"$all\" in *\" $q \"*) echo \"$p \";; esac; done | tr -d '\\n') \"; "
		"done;"
		"ps -eo pid=,stat=,comm= | while read -r p s c; do case \"$s $c $all\" in"
		" Z*) ;; *\" %s \"*\" $p \"*) echo $p; break;; esac; done",
		(int)parent, name);
	lab_sh(lab, &out, script);
	pid = (pid_t)strtol(buf_str(&out), NULL, 10);
	buf_release(&out);
	return pid;
}

void lab_line(struct term *t, const char *line)
{
	term_type(t, line);
	term_type(t, "\r");
	term_expect(t, LAB_PROMPT);
}

int lab_exit(struct term *t, int n)
{
	char line[32];
	int status = -1;

	snprintf(line, sizeof(line), "exit %d\r", n);
	term_type(t, line);
	term_exit(t, &status);
	return status;
}

const char *lab_session(const struct lab *lab)
{
	static char newest[64];
	DIR *d = opendir(lab->logs);
	struct dirent *e;

	newest[0] = '\0';
	while (d && (e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (n == 28 && !strcmp(e->d_name + 23, ".cast") && strcmp(e->d_name, newest) > 0)
			snprintf(newest, sizeof(newest), "%.23s", e->d_name);
	}
	if (d)
		closedir(d);
	return newest;
}

int lab_read(const struct lab *lab, const char *name, struct buf *out)
{
	struct buf path = {0};
	char bytes[65536];
	ssize_t n;
	int fd;

	buf_printf(&path, "%s/%s", lab->logs, name);
	fd = open(buf_str(&path), O_RDONLY | O_CLOEXEC);
	buf_release(&path);
	if (fd < 0)
		return -1;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		buf_put(out, bytes, (size_t)n);
	close(fd);
	return n < 0 ? -1 : 0;
}

void lab_transcript(const struct lab *lab, struct buf *out)
{
	char name[80];

	snprintf(name, sizeof(name), "%s.md", lab_session(lab));
	lab_read(lab, name, out);
}

int lab_records(struct lab *lab)
{
	struct buf all = {0};
	char *line, *rest;
	int rc = 0;

	while (lab->n_records)
		json_free(lab->records[--lab->n_records]);
	lab_read(lab, "provenance.jsonl", &all);
	rest = (char *)(void *)all.data;
	buf_str(&all);
	rest = (char *)(void *)all.data;
	while ((line = strsep(&rest, "\n")) && (*line || rest)) {
		struct json *j = json_parse(line, strlen(line), NULL);

		if (!j)
			rc = -1;
		else if (lab->n_records < LAB_RECORDS)
			lab->records[lab->n_records++] = j;
	}
	buf_release(&all);
	return rc;
}

const char *lab_record_text(const struct lab *lab, size_t i, const char *key)
{
	return i < lab->n_records ? json_get_text(lab->records[i], key) : NULL;
}

long lab_record_int(const struct lab *lab, size_t i, const char *key)
{
	return i < lab->n_records ? (long)json_get_int(lab->records[i], key, -1000) : -2000;
}

int lab_is_record(const struct lab *lab, size_t i, const char *cmd, long exit_code)
{
	const char *got = lab_record_text(lab, i, "cmd");
	long status = lab_record_int(lab, i, "exit_code");
	int good = got && !strcmp(got, cmd) && status == exit_code;

	ok(good, "record %zu is `%s`, status %ld", i + 1, cmd, exit_code);
	if (!good)
		tap_note("got `%s`, status %ld, of %zu records", got ? got : "(none)", status,
			 lab->n_records);
	return good;
}

int lab_is_clean(const struct lab *lab, const char *after)
{
	struct buf said = {0};
	int status = lab_sh(lab, &said,
			    "for f in codex-logs/*.cast; do \"$STENO\" rebuild --check \"$f\" ||"
			    " exit 1; done");

	ok(status == 0, "a rebuild makes the same files %s", after);
	if (status)
		tap_note("status %d: %s", status, buf_str(&said));
	buf_release(&said);
	return status == 0;
}

int lab_transcript_has(const struct lab *lab, const char *text)
{
	struct buf md = {0};
	int found;

	lab_transcript(lab, &md);
	found = strstr(buf_str(&md), text) != NULL;
	ok(found, "the transcript has \"%.60s%s\"", text, strlen(text) > 60 ? "..." : "");
	if (!found)
		is_str(buf_str(&md), text, "the transcript:");
	buf_release(&md);
	return found;
}
