/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include "outer.h"
#include "place.h"

#include <stdio.h>

static void time_rebuild(struct bench *b, const char *log, enum data_kind kind)
{
	const char *argv[] = {b->steno, "rebuild", NULL, NULL};
	char cast[512];
	struct outer o;

	if (place_find(log, ".cast", cast, sizeof(cast)))
		return;
	argv[2] = cast;
	sample_add(&b->log_ratio[kind], place_size_mb(cast) / b->size_mb[kind]);
	outer_start(&o, argv);
	sample_add(&b->rebuild[kind], place_size_mb(cast) / outer_finish(&o));
	reap_all();
}

void flow_measure(struct bench *b, enum peer_id id, enum data_kind kind)
{
	char command[128];
	const char *log = place_new_log();
	struct outer o;

	snprintf(command, sizeof(command), "cat %s", b->data[kind]);
	outer_start(&o, peer_argv(id, command, log, 0));
	outer_finish(&o);
	sample_add(&b->output[id][kind], o.last - o.began);
	reap_all();
	if (id == PEER_STENO)
		time_rebuild(b, log, kind);
	place_remove(log);
}

void flow_show(struct bench *b)
{
	int id, k;

	bench_title("output: time to the last byte / bare pty (MB/s)", data_names, DATA_KINDS);
	for (id = 0; id < PEERS; id++) {
		if (!peers[id].here)
			continue;
		printf("%-12s", peers[id].name);
		for (k = 0; k < DATA_KINDS; k++) {
			double t = sample_median(&b->output[id][k]);

			printf("    %6.2f (%6.1f)", t / sample_median(&b->output[PEER_BARE][k]),
			       b->size_mb[k] / t);
		}
		putchar('\n');
	}
	printf("%-12s", "rebuild MB/s");
	for (k = 0; k < DATA_KINDS; k++)
		printf(" %18.1f", sample_median(&b->rebuild[k]));
	printf("\n%-12s", "cast / data");
	for (k = 0; k < DATA_KINDS; k++)
		printf(" %18.3f", sample_median(&b->log_ratio[k]));
	putchar('\n');
}
