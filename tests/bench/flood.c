/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include "outer.h"
#include "place.h"

#include <stdio.h>
#include <unistd.h>

/* ended: when the last byte was seen, before the peer itself was through. */
static void await_transcript(struct bench *b, const char *log, double ended)
{
	char path[512];

	while (now() - ended < 60) {
		if (!place_find(log, ".md", path, sizeof(path)) && place_holds(path, "THE-END") &&
		    place_holds(path, "exit=0")) {
			sample_add(&b->late, (now() - ended) * 1e3);
			return;
		}
		usleep(2000);
	}
	fputs("bench: the transcript was not complete after 60 s\n", stderr);
}

void flood_measure(struct bench *b, enum peer_id id)
{
	char command[512];
	const char *log = place_new_log();
	struct outer o;

	/* A script, so that the words looked for in the transcript stand in no command line. */
	snprintf(command, sizeof(command), "cat %s %s %s %s %s\necho THE-END\n", b->data[0],
		 b->data[0], b->data[0], b->data[0], b->data[0]);
	place_write("flood", command);
	snprintf(command, sizeof(command), "sh %s/flood", place_path());
	outer_start(&o, peer_argv(id, command, log, 0));
	outer_watch_memory(&o);
	outer_finish(&o);
	sample_add(&b->memory[id], o.peak_mib);
	if (id == PEER_STENO)
		await_transcript(b, log, o.last);
	reap_all();
	place_remove(log);
}

void flood_show(struct bench *b)
{
	int id;

	printf("\na flood of %.0f MB: memory of all processes, PSS, MiB\n", 5 * b->size_mb[0]);
	for (id = 0; id < PEERS; id++)
		if (peers[id].here)
			printf("%-12s %18.1f\n", peers[id].name, sample_median(&b->memory[id]));
	printf("transcript complete after the last byte: %.0f ms\n", sample_median(&b->late));
}
