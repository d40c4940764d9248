/* SPDX-License-Identifier: MIT */
/* The table of boundaries (tests/lib/boundaries.c) by real shells in a real terminal. Each shell
 * runs all its rows in one session, with a command between them that tells them apart. */
#include "boundaries.h"
#include "lab.h"
#include "shells.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

#define END "echo \"e\"nd"

static struct lab lab;

/* What is between the rows: nothing that a shell could change. */
static void play_end(struct trial *trial, size_t row)
{
	char line[32], end[32];
	const struct step steps[] = {TYPE(line), AFTER(end, "")};

	snprintf(line, sizeof(line), END "%zu\r", row);
	snprintf(end, sizeof(end), "end%zu\r\n", row);
	trial_play(trial, steps, 2);
}

/* The next row's records, up to those of the row's end. */
static char *take_row(char **at, size_t row, int quiet, struct buf *out)
{
	char end[32];

	snprintf(end, sizeof(end), END "%zu", row);
	buf_clear(out);
	while (*at && **at) {
		char *newline = strchr(*at, '\n');
		struct json *j = json_parse(*at, newline ? (size_t)(newline - *at) : 0, NULL);
		const char *cmd = j ? json_get_text(j, "cmd") : NULL;
		int last = cmd && !strcmp(cmd, end);

		if (j && !last)
			shells_put_record(out, &lab, j, quiet);
		json_free(j);
		*at = newline ? newline + 1 : NULL;
		if (last)
			return *at;
	}
	buf_puts(out, out->len ? " and no end" : "no end");
	return NULL;
}

static int is_wanted(size_t row, int shell, const char *only)
{
	return boundaries[row].in >> shell & 1 && (!only || strstr(boundaries[row].name, only));
}

static void check_rows(const struct trial *trial, const char *only)
{
	struct buf json = {0}, got = {0};
	char *at;
	size_t i;

	lab_sh(&lab, &json, "\"$STENO\" export -f json last");
	at = (char *)(uintptr_t)buf_str(&json);
	for (i = 0; i < n_boundaries; i++) {
		const struct boundary *b = &boundaries[i];
		const char *own = b->of[trial->shell];
		if (!is_wanted(i, trial->shell, only))
			continue;
		take_row(&at, i, b->quiet >> trial->shell & 1, &got);
		shells_is_one(trial, buf_str(&got), own ? own : b->want, b->name);
	}
	buf_release(&json);
	buf_release(&got);
}

static void test_shell(int shell, const char *only)
{
	struct trial trial;
	size_t i;

	trial_start(&trial, &lab, shell, TRIAL_PLAIN, NULL);
	for (i = 0; i < n_boundaries; i++) {
		if (!is_wanted(i, shell, only))
			continue;
		trial_play(&trial, boundaries[i].steps, BOUNDARY_STEPS);
		play_end(&trial, i);
	}
	term_expect(trial.t, LAB_PROMPT);
	is_int(lab_exit(trial.t, 5), 5, "%s: its status", trial.name);
	trial_end(&trial);
	check_rows(&trial, only);
	lab_is_clean(&lab, trial.name);
	lab_close(&lab);
}

/* Arguments: a shell, and a part of the name of a row. */
int main(int argc, char **argv)
{
	int i;

	for (i = 0; i < SHELLS; i++)
		if (argc < 2 || !strcmp(shells_name(i), argv[1]))
			test_shell(i, argc > 2 ? argv[2] : NULL);
	return tap_done();
}
