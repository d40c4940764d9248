/* SPDX-License-Identifier: MIT */
/* steno -c. Whatever goes wrong with recording, the shell runs; where nothing is to be measured, it
 * is executed in our place. Nothing may be printed: the streams are the command's. */
#include "sh.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../live/clock.h"
#include "../live/proc.h"
#include "../live/report.h"
#include "../live/standin.h"
#include "sh_args.h"
#include "solo.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

struct shell {
	char *path;	  /* of the real one */
	char **argv;	  /* as it is to see it */
	char **env;	  /* of the caller */
	const char *text; /* the command; NULL: there is none to measure */
	char *guard;	  /* the variable that says so to what runs inside */
	char cwd[PATH_MAX];
};

/* Which shell */

static int is_steno(const char *path)
{
	struct stat self, it;

	return stat("/proc/self/exe", &self) == 0 && stat(path, &it) == 0 &&
	       self.st_dev == it.st_dev && self.st_ino == it.st_ino;
}

static int is_shell(const char *path)
{
	return path && path[0] == '/' && access(path, X_OK) == 0 && !is_steno(path);
}

/* The program of this name that a caller would have found were we not in its way. */
static char *find_named(const char *name)
{
	const char *path = getenv("PATH"), *fallback = "/bin:/usr/bin:/usr/local/bin";
	struct buf all = {0}, b = {0};
	char *at, *end, *found = NULL;

	buf_printf(&all, "%s:%s", path ? path : "", fallback);
	buf_putc(&all, '\0');
	for (at = (char *)all.data; at && !found; at = end ? end + 1 : NULL) {
		end = strchr(at, ':');
		if (end)
			*end = '\0';
		buf_clear(&b);
		buf_printf(&b, "%s/%s", at, name);
		if (is_shell(buf_str(&b)))
			found = xstrdup(buf_str(&b));
	}
	buf_release(&all);
	buf_release(&b);
	return found;
}

static char *find_users(void)
{
	const char *named[2] = {getenv("STENO_SHELL"), getenv("SHELL")};
	const struct passwd *pw;
	size_t i;

	for (i = 0; i < 2; i++)
		if (is_shell(named[i]))
			return xstrdup(named[i]);
	pw = getpwuid(getuid());
	return xstrdup(pw && is_shell(pw->pw_shell) ? pw->pw_shell : "/bin/sh");
}

/* What the shell is to see */

static const char *value_of(char *const *env, const char *name)
{
	size_t n = strlen(name);

	for (; env && *env; env++)
		if (!strncmp(*env, name, n) && (*env)[n] == '=')
			return *env + n + 1;
	return NULL;
}

static int is_variable(const char *entry, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(entry, name, n) && entry[n] == '=';
}

static char *variable(const char *name, const char *value)
{
	struct buf b = {0};

	buf_printf(&b, "%s=%s", name, value);
	buf_putc(&b, '\0');
	return (char *)b.data;
}

/* What led a shell to our hooks is as the user had it: what runs inside is not measured. */
static char *restored(char *const *env, char *entry)
{
	static const struct {
		const char *name, *users;
	} led[] = {{"BASH_ENV", "STENO_BASH_ENV"}, {"ZDOTDIR", "STENO_ZDOTDIR"}};
	const char *hooks = value_of(env, "STENO_HOOKS");
	size_t n = hooks ? strlen(hooks) : 0, i;

	if (!n)
		return entry;
	if (is_variable(entry, "STENO_HOOKS"))
		return NULL;
	for (i = 0; i < 2; i++) {
		const char *value = value_of(env, led[i].users);

		if (is_variable(entry, led[i].users))
			return NULL;
		if (is_variable(entry, led[i].name) &&
		    !strncmp(entry + strlen(led[i].name) + 1, hooks, n))
			return value ? variable(led[i].name, value) : NULL;
	}
	return entry;
}

/* Never freed: it is what the shell gets. */
static char **inner_environment(const struct shell *s)
{
	size_t n = 0, i;
	char **env;

	while (s->env[n])
		n++;
	env = xcalloc(n + 2, sizeof(*env));
	for (i = n = 0; s->env[i]; i++) {
		env[n] = restored(s->env, s->env[i]);
		n += env[n] != NULL;
	}
	if (s->guard)
		env[n++] = s->guard;
	return env;
}

/* Who had it run, and its name for it */

static void tell_caller(const struct shell *s, struct report_command *c)
{
	static const struct {
		const char *agent, *sign, *call;
	} agents[] = {
		{"codex", "CODEX_THREAD_ID", "CODEX_TOOL_CALL_ID"},
		{"codex", "CODEX_CI", "CODEX_TOOL_CALL_ID"},
		{"claude", "CLAUDECODE", "STENO_CALL_ID"},
		{"gemini", "GEMINI_CLI", "STENO_CALL_ID"},
	};
	size_t i;

	c->call = value_of(s->env, "STENO_CALL_ID");
	for (i = 0; i < sizeof(agents) / sizeof(*agents); i++) {
		if (!value_of(s->env, agents[i].sign))
			continue;
		c->agent = agents[i].agent;
		c->call = value_of(s->env, agents[i].call);
		return;
	}
}

/* Reporting */

static void make_id(struct report *r)
{
	unsigned char bytes[REPORT_ID / 2];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), GRND_NONBLOCK) != (ssize_t)sizeof(bytes))
		memset(bytes, 0, sizeof(bytes)); /* then the process id has to do */
	bytes[0] ^= (unsigned char)getpid();
	bytes[1] ^= (unsigned char)(getpid() >> 8);
	for (i = 0; i < sizeof(bytes); i++)
		snprintf(r->id + 2 * i, 3, "%02x", bytes[i]);
}

/* Running it */

static int execute(const struct shell *s)
{
	execve(s->path, s->argv, inner_environment(s));
	fprintf(stderr, "steno: %s: %s\n", s->path, strerror(errno));
	return errno == ENOENT ? 127 : 126;
}

static int measure(struct shell *s)
{
	const char *session = value_of(s->env, "STENO_SESSION");
	struct report_command c = {.text = s->text, .pid = getpid()};
	struct report report = {.fd = -1};
	struct standin in = {.path = s->path, .argv = s->argv};
	int64_t start_us; /* the same moment as c.wall_us */

	make_id(&report);
	s->guard = variable("STENO_COMMAND", report.id);
	in.env = inner_environment(s);
	c.cwd = getcwd(s->cwd, sizeof(s->cwd));
	c.on_terminal = isatty(STDOUT_FILENO) || isatty(STDERR_FILENO);
	tell_caller(s, &c);
	report.fd = session ? solo_reach(session) : -1;
	if (report.fd < 0)
		report.fd = solo_start(s->path, c.cwd, clock_wall_us());
	c.wall_us = clock_wall_us();
	start_us = clock_mono_us();
	report_begin(&report, &c);
	in.keep = report.fd;
	if (standin_run(&in) < 0)
		return execute(s);
	if (!report.begun)
		make_id(&report);
	report_end(&report, &c, in.end_us - start_us, in.wait_status);
	standin_end(&in);
}

/* A shell that is led to us reports what it runs: then it is we who are its parent. So one that is
 * a parent still reads its start-up files, which it reads in vain: what they run is no command. */
static int is_in_startup(void)
{
	enum { WORDS = 4096 };
	char *words[WORDS + 1];
	struct buf args = {0};
	int n = 0, is;
	char *p;

	if (proc_read(getppid(), "cmdline", &args) < 0)
		return 0;
	for (p = (char *)args.data; p < (char *)args.data + args.len && n < WORDS;
	     p += strlen(p) + 1)
		words[n++] = p;
	words[n] = NULL;
	is = sh_args_is_led(n, words);
	buf_release(&args);
	return is;
}

static int run(struct shell *s, int argc)
{
	sh_args_command(argc, s->argv, &s->text);
	if (!s->text || access(s->path, X_OK) < 0 || value_of(s->env, "STENO_COMMAND"))
		return execute(s);
	return measure(s);
}

int sh_is_meant(int argc, char **argv)
{
	const char *command;

	if (sh_args_shell(argv[0]))
		return 1;
	return argc > 1 && (argv[1][0] == '-' || argv[1][0] == '+') && argv[1][1] != '-' &&
	       sh_args_command(argc, argv, &command);
}

int cmd_shell(int argc, char **argv)
{
	const char *name = sh_args_shell(argv[0]);
	struct shell s = {.argv = argv, .env = environ};
	struct buf arg0 = {0};

	s.path = name ? find_named(name) : NULL;
	if (!s.path)
		s.path = find_users();
	if (!name) {
		buf_printf(&arg0, "%s%s", argv[0][0] == '-' ? "-" : "", sh_args_base(s.path));
		argv[0] = xstrdup(buf_str(&arg0));
		buf_release(&arg0);
	}
	return run(&s, argc);
}

int cmd_sh(int argc, char **argv)
{
	struct shell s = {0};
	char *end;
	long n;

	if (argc < 4)
		goto usage;
	n = strtol(argv[2], &end, 10);
	if (*end || n < 0 || n > argc - 4)
		goto usage;
	s.path = argv[1];
	s.argv = argv + 3 + n;
	s.env = xcalloc((size_t)n + 1, sizeof(*s.env));
	memcpy(s.env, argv + 3, (size_t)n * sizeof(*s.env));
	environ = s.env;
	if (is_in_startup())
		return execute(&s);
	return run(&s, argc - 3 - (int)n);
usage:
	fputs("usage: steno sh PROGRAM N [NAME=VALUE ...] ARGV0 [ARGUMENT ...]\n", stderr);
	return 2;
}
