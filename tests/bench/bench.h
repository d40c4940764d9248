/* SPDX-License-Identifier: MIT */
/* bench: what all measurements share, and what each found. */
#ifndef STENO_BENCH_H
#define STENO_BENCH_H

#include "data.h"
#include "peer.h"
#include "sample.h"

enum { RUNS_MAX = 50 /* times STARTS: SAMPLE_MAX */, COMMANDS = 300, STARTS = 20, OTHERS = 2 };

struct bench {
	double mb; /* about so large are the data */
	int runs;
	char self[4096], steno[4096]; /* programs */
	char data[DATA_KINDS][64];    /* files */
	double size_mb[DATA_KINDS];

	/* flow.c */
	struct sample output[PEERS][DATA_KINDS]; /* seconds to the last byte */
	struct sample rebuild[DATA_KINDS];	 /* MB of recording a second */
	struct sample log_ratio[DATA_KINDS];	 /* recording / data */
	/* delay.c */
	struct sample echo[PEERS];			    /* us */
	struct sample start_true[PEERS], start_bash[PEERS]; /* ms, with their ends */
	/* us, of bash, after a pause and in a row; unhooked: in steno */
	struct sample prompt[PEERS], unhooked, row[PEERS], row_unhooked;
	struct sample other_plain[OTHERS], other_hooked[OTHERS]; /* the same of other shells */
	/* command.c */
	struct sample shell_plain, shell_steno; /* us */
	/* flood.c */
	struct sample memory[PEERS]; /* MiB */
	struct sample late;	     /* ms until the transcript is complete */
};

/* Prints a table's title, and n columns of 18 behind one of 12. */
void bench_title(const char *title, const char *const columns[], int n);

/* Output through a pty, and what rebuilding its recording takes. */
void flow_measure(struct bench *b, enum peer_id id, enum data_kind kind);
void flow_show(struct bench *b);

/* A keystroke's echo; start to end; a command to the next prompt. */
void delay_echo(struct bench *b, enum peer_id id);
void delay_true(struct bench *b, enum peer_id id);
void delay_bash(struct bench *b, enum peer_id id);
void delay_prompt(struct bench *b, enum peer_id id);
void delay_unhooked(struct bench *b);
void delay_others(struct bench *b);
const char *delay_other(int i); /* name of another shell, i < OTHERS */
void delay_show(struct bench *b);
/* The program that is typed at: gives back each byte, until q. Returns an exit status. */
int delay_echo_back(void);

/* A command that steno -c runs. */
void command_measure(struct bench *b);
void command_show(struct bench *b);
/* Runs `program -c true` again and again; the microseconds of each into a file. Returns an exit
 * status. */
int command_run(const char *program, const char *path);

/* A flood: memory, and when the transcript is complete. */
void flood_measure(struct bench *b, enum peer_id id);
void flood_show(struct bench *b);

#endif
