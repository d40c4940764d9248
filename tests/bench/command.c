/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include "outer.h"
#include "place.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int command_run(const char *program, const char *path)
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

static void measure(struct bench *b, const char *program, struct sample *s)
{
	char command[sizeof(b->self) + sizeof(b->steno) + 256], path[128];
	const char *log = place_new_log();
	struct outer o;
	double us;
	FILE *f;

	snprintf(path, sizeof(path), "%s/commands", place_path());
	snprintf(command, sizeof(command), "%s --commands %s %s", b->self, program, path);
	outer_start(&o, peer_argv(PEER_STENO, command, log, 0));
	outer_finish(&o);
	reap_all();
	f = fopen(path, "r");
	while (f && fscanf(f, "%lf", &us) == 1)
		sample_add(s, us);
	if (!f || fclose(f) != 0 || !s->n)
		die("commands");
	place_remove(log);
}

void command_measure(struct bench *b)
{
	measure(b, "/bin/bash", &b->shell_plain);
	measure(b, b->steno, &b->shell_steno);
}

void command_show(struct bench *b)
{
	printf("\na command: bash -c true %.0f us, in its place steno -c %.0f us\n",
	       sample_median(&b->shell_plain), sample_median(&b->shell_steno));
}
