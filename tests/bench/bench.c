/* SPDX-License-Identifier: MIT */
/* bench: steno beside the bare pty and other recorders, in turn, in one run. Absolute numbers differ
 * from machine to machine and from minute to minute: what counts is the ratio to the bare pty.
 *   bench STENO     MB=40: size of the data, RUNS=5: how often, of which the median is shown */
#include "data.h"
#include "outer.h"
#include "peer.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { RUNS_MAX = 50, KEYS = 1000, COMMANDS = 300, STARTS = 20 };

struct sample {
	double v[RUNS_MAX * STARTS];
	int n;
};

static double mb = 40;
static int runs = 5;
static char dir[] = "/tmp/steno-bench.XXXXXX", self[4096], steno[4096];
static char data[DATA_KINDS][64];
static double size_mb[DATA_KINDS];
static int count_logs;

static void add(struct sample *s, double v)
{
	if (s->n < (int)(sizeof(s->v) / sizeof(s->v[0])))
		s->v[s->n++] = v;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* percent 50 is the median. */
static double percentile(struct sample *s, int percent)
{
	if (!s->n)
		return 0;
	qsort(s->v, (size_t)s->n, sizeof(s->v[0]), by_size);
	return s->v[(s->n - 1) * percent / 100];
}

/* A new log file for a peer; for steno, a new folder that it finds in the environment. */
static const char *new_log(void)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/log-%d", dir, ++count_logs);
	setenv("STENO_LOG_DIR", path, 1);
	return path;
}

static void remove_tree(const char *path)
{
	pid_t pid = fork();

	if (!pid) {
		execlp("rm", "rm", "-rf", path, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

/* The only file in a folder that ends so. Returns 0 or -1. */
static int find_file(const char *folder, const char *end, char *path, size_t size)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	int rc = -1;

	while (d && (e = readdir(d))) {
		size_t n = strlen(e->d_name), m = strlen(end);

		if (n <= m || strcmp(e->d_name + n - m, end) != 0)
			continue;
		snprintf(path, size, "%s/%s", folder, e->d_name);
		rc = 0;
	}
	if (d)
		closedir(d);
	return rc;
}

static double size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : (double)st.st_size / 1e6;
}

static int file_holds(const char *path, const char *text)
{
	static char content[1 << 20];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return 0;
	n = fread(content, 1, sizeof(content), f);
	fclose(f);
	return memmem(content, n, text, strlen(text)) != NULL;
}

static void each_row(const char *title, const char *const columns[], int n)
{
	int i;

	printf("\n%s\n%-12s", title, "");
	for (i = 0; i < n; i++)
		printf(" %18s", columns[i]);
	putchar('\n');
}

/* ---- output through a pty, and what rebuilding its recording takes ---- */

static struct sample output[PEERS][DATA_KINDS], rebuild[DATA_KINDS], log_ratio[DATA_KINDS];
static enum data_kind kind_now;

static void time_rebuild(const char *log, enum data_kind kind)
{
	const char *argv[] = {steno, "rebuild", NULL, NULL};
	char cast[512];
	struct outer o;

	if (find_file(log, ".cast", cast, sizeof(cast)))
		return;
	argv[2] = cast;
	add(&log_ratio[kind], size_of(cast) / size_mb[kind]);
	outer_start(&o, argv);
	add(&rebuild[kind], size_of(cast) / outer_finish(&o));
	reap_all();
}

static void measure_output(enum peer_id id)
{
	enum data_kind kind = kind_now;
	char command[128];
	const char *log = new_log();
	struct outer o;

	snprintf(command, sizeof(command), "cat %s", data[kind]);
	outer_start(&o, peer_argv(id, command, log, 0));
	outer_finish(&o);
	add(&output[id][kind], o.last - o.began);
	reap_all();
	if (id == PEER_STENO)
		time_rebuild(log, kind);
	remove_tree(log);
}

static void show_output(void)
{
	int id, k;

	each_row("output: time to the last byte / bare pty (MB/s)", data_names, DATA_KINDS);
	for (id = 0; id < PEERS; id++) {
		if (!peers[id].here)
			continue;
		printf("%-12s", peers[id].name);
		for (k = 0; k < DATA_KINDS; k++) {
			double t = percentile(&output[id][k], 50);

			printf("    %6.2f (%6.1f)", t / percentile(&output[PEER_BARE][k], 50),
			       size_mb[k] / t);
		}
		putchar('\n');
	}
	printf("%-12s", "rebuild MB/s");
	for (k = 0; k < DATA_KINDS; k++)
		printf(" %18.1f", percentile(&rebuild[k], 50));
	printf("\n%-12s", "cast / data");
	for (k = 0; k < DATA_KINDS; k++)
		printf(" %18.3f", percentile(&log_ratio[k], 50));
	putchar('\n');
}

/* ---- a keystroke's echo ---- */

static struct sample echo[PEERS];

/* The program that is typed at: it gives back each byte. */
static int echo_back(void)
{
	struct termios t;
	char c;

	if (tcgetattr(0, &t))
		return 1;
	cfmakeraw(&t);
	tcsetattr(0, TCSANOW, &t);
	if (write(1, "READY", 5) != 5)
		return 1;
	while (read(0, &c, 1) == 1 && c != 'q')
		if (write(1, &c, 1) != 1)
			return 1;
	return 0;
}

static void measure_echo(enum peer_id id)
{
	char command[sizeof(self) + 16];
	const char *log = new_log();
	struct outer o;
	int i;

	snprintf(command, sizeof(command), "%s --echo", self);
	outer_start(&o, peer_argv(id, command, log, 0));
	outer_expect(&o, "READY");
	outer_settle(&o, 100);
	for (i = 0; i < KEYS / runs; i++) {
		double t = now();

		outer_send(&o, "~");
		outer_expect(&o, "~");
		add(&echo[id], (now() - t) * 1e6);
		outer_settle(&o, 1);
	}
	outer_send(&o, "q");
	outer_finish(&o);
	reap_all();
	remove_tree(log);
}

/* ---- start to end, and a prompt ---- */

static struct sample start_true[PEERS], start_bash[PEERS], prompt[PEERS + 1];

static void measure_true(enum peer_id id)
{
	const char *log = new_log();
	struct outer o;

	outer_start(&o, peer_argv(id, "true", log, PEER_NO_LOG));
	add(&start_true[id], outer_finish(&o) * 1e3);
	reap_all();
	remove_tree(log);
}

static void measure_bash(enum peer_id id)
{
	const char *log = new_log();
	struct outer o;

	outer_start(&o, peer_argv(id, "bash", log, PEER_SHELL | PEER_NO_LOG));
	outer_expect(&o, "READY>");
	outer_send(&o, "exit\n");
	add(&start_bash[id], outer_finish(&o) * 1e3);
	reap_all();
	remove_tree(log);
}

/* From Enter behind ":" to the next prompt. */
static void measure_prompt_of(enum peer_id id, const char *shell, int flags, struct sample *s)
{
	const char *log = new_log();
	struct outer o;
	int i;

	outer_start(&o, peer_argv(id, shell, log, flags));
	outer_expect(&o, "READY>");
	outer_settle(&o, 100);
	for (i = 0; i < COMMANDS / runs; i++) {
		double t = now();

		outer_send(&o, ":\n");
		outer_expect(&o, "READY>");
		add(s, (now() - t) * 1e6);
		outer_settle(&o, 1);
	}
	outer_send(&o, "exit\n");
	outer_finish(&o);
	reap_all();
	remove_tree(log);
}

static void measure_prompt(enum peer_id id)
{
	measure_prompt_of(id, "bash", PEER_SHELL, &prompt[id]);
}

/* The same of other shells, without and with our hooks. */
static struct other {
	const char *name, *path;
	struct sample plain, hooked;
} others[] = {{.name = "zsh", .path = "/usr/bin/zsh"}, {.name = "fish", .path = "/usr/bin/fish"}};

enum { OTHERS = sizeof(others) / sizeof(*others) };

static void measure_others(void)
{
	size_t i;
	int run;

	for (run = 0; run < runs; run++) {
		for (i = 0; i < OTHERS; i++) {
			if (access(others[i].path, X_OK) < 0)
				continue;
			measure_prompt_of(PEER_STENO, others[i].name, 0, &others[i].plain);
			setenv("SHELL", others[i].path, 1);
			measure_prompt_of(PEER_STENO, others[i].name, PEER_SHELL,
					  &others[i].hooked);
			setenv("SHELL", "/bin/bash", 1);
		}
	}
}

static void show_others(void)
{
	size_t i;

	for (i = 0; i < OTHERS; i++)
		if (others[i].plain.n)
			printf("%-12s %75.0f\n%-5s %-6s %75.0f\n", others[i].name,
			       percentile(&others[i].hooked, 50), others[i].name, "bare",
			       percentile(&others[i].plain, 50));
}

static void show_latency(void)
{
	static const char *const columns[] = {"echo us p50 / p99", "true ms", "bash ms",
					      "prompt us"};
	int id;

	each_row("a keystroke's echo, start to end, a command to the next prompt", columns, 4);
	for (id = 0; id < PEERS; id++) {
		if (!peers[id].here)
			continue;
		printf("%-12s     %6.0f / %6.0f", peers[id].name, percentile(&echo[id], 50),
		       percentile(&echo[id], 99));
		printf(" %18.2f %18.2f %18.0f\n", percentile(&start_true[id], 50),
		       percentile(&start_bash[id], 50), percentile(&prompt[id], 50));
	}
	printf("%-12s %75.0f\n", "no hooks", percentile(&prompt[PEERS], 50));
	show_others();
}

/* ---- a command that steno -c runs ---- */

static struct sample shell_plain, shell_steno;

/* Runs `program -c true` again and again; the microseconds of each into a file. */
static int run_commands(const char *program, const char *path)
{
	FILE *f = fopen(path, "w");
	int i, status = 0;

	for (i = 0; f && i < COMMANDS / 3; i++) {
		double t = now();
		pid_t pid = fork();

		if (!pid) {
			execl(program, "bash", "-c", "true", (char *)NULL);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			return 1;
		fprintf(f, "%f\n", (now() - t) * 1e6);
	}
	return !f || fclose(f) != 0;
}

static void measure_commands_of(const char *program, struct sample *s)
{
	char command[sizeof(self) + sizeof(steno) + 256], path[128];
	const char *log = new_log();
	struct outer o;
	double us;
	FILE *f;

	snprintf(path, sizeof(path), "%s/commands", dir);
	snprintf(command, sizeof(command), "%s --commands %s %s", self, program, path);
	outer_start(&o, peer_argv(PEER_STENO, command, log, 0));
	outer_finish(&o);
	reap_all();
	f = fopen(path, "r");
	while (f && fscanf(f, "%lf", &us) == 1)
		add(s, us);
	if (!f || fclose(f) != 0 || !s->n)
		die("commands");
	remove_tree(log);
}

static void measure_commands(void)
{
	measure_commands_of("/bin/bash", &shell_plain);
	measure_commands_of(steno, &shell_steno);
}

static void show_commands(void)
{
	printf("\na command: bash -c true %.0f us, in its place steno -c %.0f us\n",
	       percentile(&shell_plain, 50), percentile(&shell_steno, 50));
}

/* ---- a flood: memory, and when the transcript is complete ---- */

static struct sample memory[PEERS], late;

/* ended: when the last byte was seen, before the peer itself was through. */
static void await_transcript(const char *log, double ended)
{
	char path[512];

	while (now() - ended < 60) {
		if (!find_file(log, ".md", path, sizeof(path)) && file_holds(path, "THE-END") &&
		    file_holds(path, "exit=0")) {
			add(&late, (now() - ended) * 1e3);
			return;
		}
		usleep(2000);
	}
	fputs("bench: the transcript was not complete after 60 s\n", stderr);
}

static void measure_flood(enum peer_id id)
{
	char command[512];
	const char *log = new_log();
	struct outer o;
	FILE *f;

	/* A script, so that the words looked for in the transcript stand in no command line. */
	snprintf(command, sizeof(command), "%s/flood", dir);
	f = fopen(command, "w");
	if (!f)
		die(command);
	fprintf(f, "cat %s %s %s %s %s\necho THE-END\n", data[0], data[0], data[0], data[0],
		data[0]);
	fclose(f);
	snprintf(command, sizeof(command), "sh %s/flood", dir);
	outer_start(&o, peer_argv(id, command, log, 0));
	outer_watch_memory(&o);
	outer_finish(&o);
	add(&memory[id], o.peak_mib);
	if (id == PEER_STENO)
		await_transcript(log, o.last);
	reap_all();
	remove_tree(log);
}

static void show_flood(void)
{
	int id;

	printf("\na flood of %.0f MB: memory of all processes, PSS, MiB\n", 5 * size_mb[0]);
	for (id = 0; id < PEERS; id++)
		if (peers[id].here)
			printf("%-12s %18.1f\n", peers[id].name, percentile(&memory[id], 50));
	printf("transcript complete after the last byte: %.0f ms\n", percentile(&late, 50));
}

/* ---- the whole ---- */

static void make_folder(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (mkdir(path, 0700) < 0)
		die(path);
}

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		die(path);
}

static void prepare(const char *program)
{
	int k;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) || !mkdtemp(dir) || chdir(dir))
		die(dir);
	setenv("HOME", dir, 1);
	setenv("XDG_RUNTIME_DIR", dir, 1);
	setenv("XDG_STATE_HOME", dir, 1);
	setenv("SHELL", "/bin/bash", 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("TMUX");
	unsetenv("PROMPT_COMMAND");
	write_file(".bashrc", "PS1='READY> '\n");
	write_file(".zshrc", "PS1='READY> '\n");
	make_folder(".config");
	make_folder(".config/fish");
	write_file(".config/fish/config.fish",
		   "set fish_greeting; function fish_prompt; echo -n 'READY> '; end\n");
	peers_find(program);
	for (k = 0; k < DATA_KINDS; k++) {
		snprintf(data[k], sizeof(data[k]), "%s/data-%d", dir, k);
		size_mb[k] = data_write((enum data_kind)k, k == DATA_PLAIN ? mb : mb / 2, data[k]);
	}
}

static void each_peer(void (*measure)(enum peer_id id), int times)
{
	int id, i;

	for (id = 0; id < PEERS; id++)
		for (i = 0; peers[id].here && i < times; i++)
			measure((enum peer_id)id);
}

static void measure_all(void)
{
	int k;

	for (k = 0; k < DATA_KINDS; k++) {
		kind_now = (enum data_kind)k;
		each_peer(measure_output, 1);
	}
	each_peer(measure_echo, 1);
	each_peer(measure_true, STARTS);
	each_peer(measure_bash, STARTS / 2);
	each_peer(measure_prompt, 1);
	measure_prompt_of(PEER_STENO, "bash", 0, &prompt[PEERS]);
	measure_others();
	measure_commands();
}

static void verdict(const char *what, double is, double limit)
{
	printf("%-9s %-32s %.2f of the limit\n", is <= limit ? "reached" : "MISSED", what,
	       is / limit);
}

static void show_verdicts(void)
{
	char what[64];
	int k;

	puts("\nlimits");
	for (k = 0; k < DATA_KINDS && peers[PEER_SCRIPT].here; k++) {
		snprintf(what, sizeof(what), "output, %s: as script", data_names[k]);
		verdict(what, percentile(&output[PEER_STENO][k], 50),
			percentile(&output[PEER_SCRIPT][k], 50));
	}
	verdict("output, plain: 1.15 bare", percentile(&output[PEER_STENO][0], 50),
		1.15 * percentile(&output[PEER_BARE][0], 50));
	if (peers[PEER_SCRIPT].here) {
		verdict("echo p50: as script", percentile(&echo[PEER_STENO], 50),
			percentile(&echo[PEER_SCRIPT], 50));
		verdict("echo p99: as script", percentile(&echo[PEER_STENO], 99),
			percentile(&echo[PEER_SCRIPT], 99));
		verdict("true: as script", percentile(&start_true[PEER_STENO], 50),
			percentile(&start_true[PEER_SCRIPT], 50));
	}
	if (peers[PEER_TMUX].here)
		verdict("echo p50 attached: 1.2 tmux", percentile(&echo[PEER_ATTACHED], 50),
			1.2 * percentile(&echo[PEER_TMUX], 50));
	if (peers[PEER_TMUX].here)
		verdict("true: as tmux", percentile(&start_true[PEER_STENO], 50),
			percentile(&start_true[PEER_TMUX], 50));
	verdict("a prompt: no hooks + 100 us", percentile(&prompt[PEER_STENO], 50),
		percentile(&prompt[PEERS], 50) + 100);
	for (k = 0; k < OTHERS; k++) {
		snprintf(what, sizeof(what), "a prompt of %s: bare + 500 us", others[k].name);
		if (others[k].plain.n)
			verdict(what, percentile(&others[k].hooked, 50),
				percentile(&others[k].plain, 50) + 500);
	}
	verdict("a command by -c: plain + 5 ms", percentile(&shell_steno, 50),
		percentile(&shell_plain, 50) + 5000);
	verdict("transcript: 1 s after a flood", late.n ? percentile(&late, 50) : 60000, 1000);
	verdict("memory: 32 MiB", percentile(&memory[PEER_STENO], 50), 32);
	for (k = 0; k < DATA_KINDS; k++) {
		int limit = k == DATA_PLAIN ? 200 : 60;

		snprintf(what, sizeof(what), "rebuild, %s: %d MB/s", data_names[k], limit);
		verdict(what, 1 / percentile(&rebuild[k], 50), 1.0 / limit);
	}
}

static double number(const char *name, double fallback, double min, double max)
{
	const char *text = getenv(name);
	double v = text && *text ? strtod(text, NULL) : fallback;

	return v < min ? min : v > max ? max : v;
}

static void leave(void)
{
	if (chdir("/") == 0)
		remove_tree(dir);
}

int main(int argc, char **argv)
{
	int run;

	if (argc == 4 && !strcmp(argv[1], "--commands"))
		return run_commands(argv[2], argv[3]);
	if (argc != 2) {
		fputs("usage: bench STENO\n", stderr);
		return 2;
	}
	if (!strcmp(argv[1], "--echo"))
		return echo_back();
	mb = number("MB", 40, 1, 2000);
	runs = (int)number("RUNS", 5, 1, RUNS_MAX);
	if (!realpath("/proc/self/exe", self) || !realpath(argv[1], steno))
		die(argv[1]);
	prepare(steno);
	atexit(leave);
	for (run = 0; run < runs; run++) {
		fprintf(stderr, "\rrun %d of %d ", run + 1, runs);
		measure_all();
	}
	each_peer(measure_flood, 1);
	fputs("\r             \r", stderr);
	show_output();
	show_latency();
	show_commands();
	show_flood();
	show_verdicts();
	return 0;
}
