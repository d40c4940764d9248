/* SPDX-License-Identifier: MIT */
/* bench: steno beside the bare pty and other recorders, in turn, in one run. Absolute numbers
 * differ from machine to machine and from minute to minute: what counts is the ratio to the bare
 * pty.
 *   bench STENO     MB=40: size of the data, RUNS=5: how often, of which the median is shown */
#include "bench.h"
#include "outer.h"
#include "place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

void bench_title(const char *title, const char *const columns[], int n)
{
	int i;

	printf("\n%s\n%-12s", title, "");
	for (i = 0; i < n; i++)
		printf(" %18s", columns[i]);
	putchar('\n');
}

static void prepare(struct bench *b)
{
	int k;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		die("prctl");
	place_enter();
	setenv("SHELL", "/bin/bash", 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("TMUX");
	unsetenv("PROMPT_COMMAND");
	place_write(".bashrc", "PS1='READY> '\n");
	place_write(".zshrc", "PS1='READY> '\n");
	place_make_folder(".config");
	place_make_folder(".config/fish");
	place_write(".config/fish/config.fish",
		    "set fish_greeting; function fish_prompt; echo -n 'READY> '; end\n");
	peers_find(b->steno);
	for (k = 0; k < DATA_KINDS; k++) {
		snprintf(b->data[k], sizeof(b->data[k]), "%s/data-%d", place_path(), k);
		b->size_mb[k] = data_write((enum data_kind)k, k == DATA_PLAIN ? b->mb : b->mb / 2,
					   b->data[k]);
	}
}

static void each_peer(struct bench *b, void (*measure)(struct bench *b, enum peer_id id), int times)
{
	int id, i;

	for (id = 0; id < PEERS; id++)
		for (i = 0; peers[id].here && i < times; i++)
			measure(b, (enum peer_id)id);
}

static void measure_all(struct bench *b)
{
	int id, k;

	for (k = 0; k < DATA_KINDS; k++)
		for (id = 0; id < PEERS; id++)
			if (peers[id].here)
				flow_measure(b, (enum peer_id)id, (enum data_kind)k);
	each_peer(b, delay_echo, 1);
	each_peer(b, delay_true, STARTS);
	each_peer(b, delay_bash, STARTS / 2);
	each_peer(b, delay_prompt, 1);
	delay_unhooked(b);
	delay_others(b);
	command_measure(b);
}

static void verdict(const char *what, double is, double limit)
{
	printf("%-9s %-32s %.2f of the limit\n", is <= limit ? "reached" : "MISSED", what,
	       is / limit);
}

static void show_verdicts(struct bench *b)
{
	char what[64];
	int k;

	puts("\nlimits");
	for (k = 0; k < DATA_KINDS && peers[PEER_SCRIPT].here; k++) {
		snprintf(what, sizeof(what), "output, %s: as script", data_names[k]);
		verdict(what, sample_median(&b->output[PEER_STENO][k]),
			sample_median(&b->output[PEER_SCRIPT][k]));
	}
	verdict("output, plain: 1.15 bare", sample_median(&b->output[PEER_STENO][0]),
		1.15 * sample_median(&b->output[PEER_BARE][0]));
	if (peers[PEER_SCRIPT].here) {
		verdict("echo p50: as script", sample_median(&b->echo[PEER_STENO]),
			sample_median(&b->echo[PEER_SCRIPT]));
		verdict("echo p99: as script", sample_percentile(&b->echo[PEER_STENO], 99),
			sample_percentile(&b->echo[PEER_SCRIPT], 99));
		verdict("true: as script", sample_median(&b->start_true[PEER_STENO]),
			sample_median(&b->start_true[PEER_SCRIPT]));
	}
	if (peers[PEER_TMUX].here)
		verdict("echo p50 attached: 1.2 tmux", sample_median(&b->echo[PEER_ATTACHED]),
			1.2 * sample_median(&b->echo[PEER_TMUX]));
	if (peers[PEER_TMUX].here)
		verdict("true: as tmux", sample_median(&b->start_true[PEER_STENO]),
			sample_median(&b->start_true[PEER_TMUX]));
	verdict("a prompt: no hooks + 100 us", sample_median(&b->row[PEER_STENO]),
		sample_median(&b->row_unhooked) + 100);
	for (k = 0; k < OTHERS; k++) {
		snprintf(what, sizeof(what), "a prompt of %s: bare + 500 us", delay_other(k));
		if (b->other_plain[k].n)
			verdict(what, sample_median(&b->other_hooked[k]),
				sample_median(&b->other_plain[k]) + 500);
	}
	verdict("a command by -c: plain + 5 ms", sample_median(&b->shell_steno),
		sample_median(&b->shell_plain) + 5000);
	verdict("transcript: 1 s after a flood", b->late.n ? sample_median(&b->late) : 60000, 1000);
	verdict("memory: 32 MiB", sample_median(&b->memory[PEER_STENO]), 32);
	for (k = 0; k < DATA_KINDS; k++) {
		int limit = k == DATA_PLAIN ? 200 : 60;

		snprintf(what, sizeof(what), "rebuild, %s: %d MB/s", data_names[k], limit);
		verdict(what, 1 / sample_median(&b->rebuild[k]), 1.0 / limit);
	}
}

static double number(const char *name, double fallback, double min, double max)
{
	const char *text = getenv(name);
	double v = text && *text ? strtod(text, NULL) : fallback;

	return v < min ? min : v > max ? max : v;
}

int main(int argc, char **argv)
{
	static struct bench all;
	struct bench *b = &all;
	int run;

	if (argc == 4 && !strcmp(argv[1], "--commands"))
		return command_run(argv[2], argv[3]);
	if (argc != 2) {
		fputs("usage: bench STENO\n", stderr);
		return 2;
	}
	if (!strcmp(argv[1], "--echo"))
		return delay_echo_back();
	b->mb = number("MB", 40, 1, 2000);
	b->runs = (int)number("RUNS", 5, 1, RUNS_MAX);
	if (!realpath("/proc/self/exe", b->self) || !realpath(argv[1], b->steno))
		die(argv[1]);
	prepare(b);
	atexit(place_leave);
	for (run = 0; run < b->runs; run++) {
		fprintf(stderr, "\rrun %d of %d ", run + 1, b->runs);
		measure_all(b);
	}
	each_peer(b, flood_measure, 1);
	fputs("\r             \r", stderr);
	flow_show(b);
	delay_show(b);
	command_show(b);
	flood_show(b);
	show_verdicts(b);
	return 0;
}
