/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include "outer.h"
#include "place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { KEYS = 1000, ROWS = 5, ROW = 200 };

static const char *const shells[OTHERS] = {"/usr/bin/zsh", "/usr/bin/fish"};

const char *delay_other(int i)
{
	return strrchr(shells[i], '/') + 1;
}

int delay_echo_back(void)
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

void delay_echo(struct bench *b, enum peer_id id)
{
	char command[sizeof(b->self) + 16];
	const char *log = place_new_log();
	struct outer o;
	int i;

	snprintf(command, sizeof(command), "%s --echo", b->self);
	outer_start(&o, peer_argv(id, command, log, 0));
	outer_expect(&o, "READY", 1);
	outer_settle(&o, 100);
	for (i = 0; i < KEYS / b->runs; i++) {
		double t = now();

		outer_send(&o, "~");
		outer_expect(&o, "~", 1);
		sample_add(&b->echo[id], (now() - t) * 1e6);
		outer_settle(&o, 1);
	}
	outer_send(&o, "q");
	outer_finish(&o);
	reap_all();
	place_remove(log);
}

void delay_true(struct bench *b, enum peer_id id)
{
	const char *log = place_new_log();
	struct outer o;

	outer_start(&o, peer_argv(id, "true", log, PEER_NO_LOG));
	sample_add(&b->start_true[id], outer_finish(&o) * 1e3);
	reap_all();
	place_remove(log);
}

void delay_bash(struct bench *b, enum peer_id id)
{
	const char *log = place_new_log();
	struct outer o;

	outer_start(&o, peer_argv(id, "bash", log, PEER_SHELL | PEER_NO_LOG));
	outer_expect(&o, "READY>", 1);
	outer_send(&o, "exit\n");
	sample_add(&b->start_bash[id], outer_finish(&o) * 1e3);
	reap_all();
	place_remove(log);
}

/* From Enter behind ":" to the next prompt, after a pause of 1 ms. */
static void measure_prompt(const struct bench *b, enum peer_id id, const char *shell, int flags,
			   struct sample *s)
{
	const char *log = place_new_log();
	struct outer o;
	int i;

	outer_start(&o, peer_argv(id, shell, log, flags));
	outer_expect(&o, "READY>", 1);
	outer_settle(&o, 100);
	for (i = 0; i < COMMANDS / b->runs; i++) {
		double t = now();

		outer_send(&o, ":\n");
		outer_expect(&o, "READY>", 1);
		sample_add(s, (now() - t) * 1e6);
		outer_settle(&o, 1);
	}
	outer_send(&o, "exit\n");
	outer_finish(&o);
	reap_all();
	place_remove(log);
}

/* What a prompt costs: commands that are typed at once, until the prompt behind the last one. */
static void measure_row(enum peer_id id, int flags, struct sample *s)
{
	const char *log = place_new_log();
	char keys[2 * ROW + 1];
	struct outer o;
	double t;
	int i;

	for (i = 0; i < ROW; i++)
		memcpy(keys + 2 * i, ":\n", sizeof(":\n"));
	outer_start(&o, peer_argv(id, "bash", log, flags));
	outer_expect(&o, "READY>", 1);
	for (i = 0; i < ROWS; i++) {
		outer_settle(&o, 100);
		t = now();
		outer_send(&o, keys);
		outer_expect(&o, "READY>", ROW);
		sample_add(s, (now() - t) / ROW * 1e6);
	}
	outer_settle(&o, 1);
	outer_send(&o, "exit\n");
	outer_finish(&o);
	reap_all();
	place_remove(log);
}

void delay_prompt(struct bench *b, enum peer_id id)
{
	measure_prompt(b, id, "bash", PEER_SHELL, &b->prompt[id]);
	if (id != PEER_TMUX && id != PEER_ATTACHED) /* those may show the last one only */
		measure_row(id, PEER_SHELL, &b->row[id]);
}

void delay_unhooked(struct bench *b)
{
	measure_prompt(b, PEER_STENO, "bash", 0, &b->unhooked);
	measure_row(PEER_STENO, 0, &b->row_unhooked);
}

void delay_others(struct bench *b)
{
	int i;

	for (i = 0; i < OTHERS; i++) {
		if (access(shells[i], X_OK) < 0)
			continue;
		measure_prompt(b, PEER_STENO, delay_other(i), 0, &b->other_plain[i]);
		setenv("SHELL", shells[i], 1);
		measure_prompt(b, PEER_STENO, delay_other(i), PEER_SHELL, &b->other_hooked[i]);
		setenv("SHELL", "/bin/bash", 1);
	}
}

static void show_others(struct bench *b)
{
	int i;

	for (i = 0; i < OTHERS; i++)
		if (b->other_plain[i].n)
			printf("%-12s %75.0f\n%-5s %-6s %75.0f\n", delay_other(i),
			       sample_median(&b->other_hooked[i]), delay_other(i), "bare",
			       sample_median(&b->other_plain[i]));
}

void delay_show(struct bench *b)
{
	static const char *const columns[] = {"echo us p50 / p99", "true ms", "bash ms",
					      "prompt us", "in a row us"};
	int id;

	bench_title("a keystroke's echo, start to end, a command to the next prompt", columns, 5);
	for (id = 0; id < PEERS; id++) {
		if (!peers[id].here)
			continue;
		printf("%-12s     %6.0f / %6.0f", peers[id].name, sample_median(&b->echo[id]),
		       sample_percentile(&b->echo[id], 99));
		printf(" %18.2f %18.2f", sample_median(&b->start_true[id]),
		       sample_median(&b->start_bash[id]));
		printf(" %18.0f", sample_median(&b->prompt[id]));
		if (b->row[id].n)
			printf(" %18.0f", sample_median(&b->row[id]));
		putchar('\n');
	}
	printf("%-12s %75.0f %18.0f\n", "no hooks", sample_median(&b->unhooked),
	       sample_median(&b->row_unhooked));
	show_others(b);
}
