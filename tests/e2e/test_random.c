/* SPDX-License-Identifier: MIT */
/* Sessions driven at random. What bash itself says of each command (its status, and its time from a
 * PS0 and a PROMPT_COMMAND of the user's own) and what the driver knows of its text must be what
 * steno recorded. The two clocks are read by two processes: a session in which nothing but times
 * differ, as when the machine let one of them wait in between, is driven once more.
 * SESSIONS: how many (20); SEED: which (of the day). */
#include "chance.h"
#include "lab.h"
#include "tap.h"
#include "term.h"
#include "typed.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMANDS = 12, SLACK_MS = 20, TRIES = 3 };

struct truth {
	int status;
	long ms;
};

/* What of a session is not recorded as it was. */
struct verdict {
	int wrong, late; /* commands; late: nothing but the time differs */
};

static struct chance chance;

static size_t read_truth(const struct lab *lab, struct truth *truth, size_t most)
{
	struct buf text = {0};
	char *line, *rest;
	size_t n = 0;

	lab_sh(lab, &text, "cat \"$HOME\"/truth");
	buf_str(&text);
	rest = (char *)(void *)text.data;
	while ((line = strsep(&rest, "\n")) && n < most) {
		long us;

		if (sscanf(line, "%d %ld", &truth[n].status, &us) == 2)
			truth[n++].ms = us / 1000;
	}
	buf_release(&text);
	return n;
}

static int is_shown(const struct lab *lab, size_t n, const char *want)
{
	struct buf got = {0};
	char script[128];
	int same;

	snprintf(script, sizeof(script), "\"$STENO\" show --output %s:%zu", lab_session(lab), n);
	lab_sh(lab, &got, script);
	same = !strcmp(buf_str(&got), want);
	if (!same)
		tap_note("output of %zu is \"%s\", not \"%s\"", n, buf_str(&got), want);
	buf_release(&got);
	return same;
}

static void judge(struct lab *lab, size_t i, const struct typed *typed, const struct truth *truth,
		  struct verdict *v)
{
	const char *cmd = lab_record_text(lab, i, "cmd");
	long status = lab_record_int(lab, i, "exit_code");
	long ms = lab_record_int(lab, i, "duration_ms");
	int good = cmd && !strcmp(cmd, typed[i].line) && status == truth[i].status;
	int in_time = labs(ms - truth[i].ms) <= SLACK_MS;

	if (!good || !in_time)
		tap_note("%zu: `%s` %ld %ld ms, truly `%s` %d %ld ms", i + 1, cmd ? cmd : "null",
			 status, ms, typed[i].line, truth[i].status, truth[i].ms);
	/* what is typed ahead is echoed into the output of what runs */
	if (good && !typed[i].ahead && !(i && typed[i - 1].ahead) &&
	    strcmp(typed[i].output, "?") != 0)
		good = is_shown(lab, i + 1, typed[i].output);
	v->wrong += !good;
	v->late += good && !in_time;
}

static struct verdict drive(void)
{
	static const char rc[] =
		"cat >>\"$HOME\"/.bashrc <<'END'\n"
		"T=x T0= N=0\n"
		"PS0='${T::(T0=${EPOCHREALTIME/./})*0}'\n"
		"PROMPT_COMMAND='__r=$?; [[ ! $T0 ]] || { printf \"%d %d\\n\" $__r "
		"$((${EPOCHREALTIME/./}-T0)) >>~/truth; let N++; }; T0= PS1=\"[$N] ready> \"'\n"
		"END";
	struct typed typed[COMMANDS] = {0};
	struct truth truth[COMMANDS + 1];
	struct verdict v = {0};
	struct lab lab;
	struct term *t;
	int i;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL, rc);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	for (i = 0; i < COMMANDS; i++) {
		typed_choose(&chance, &typed[i]);
		typed_enter(t, &typed[i]);
		typed[i].ahead = !typed[i].interrupted && !chance_draw(&chance, 4);
		if (!typed[i].ahead && !typed_ended(t, i + 1))
			break;
	}
	if (typed[COMMANDS - 1].ahead)
		typed_ended(t, COMMANDS);
	term_type(t, "exit\r");
	term_exit(t, &i);
	term_free(t);
	lab_records(&lab);
	if (read_truth(&lab, truth, COMMANDS + 1) != COMMANDS || lab.n_records != COMMANDS + 1) {
		tap_note("not %d commands and an exit: %zu records", COMMANDS, lab.n_records);
		v.wrong = COMMANDS;
	} else {
		for (i = 0; i < COMMANDS; i++)
			judge(&lab, (size_t)i, typed, truth, &v);
	}
	lab_is_clean(&lab, "of a random session");
	lab_close(&lab);
	return v;
}

static void test_session(int number)
{
	struct chance drawn = chance;
	struct verdict v;
	int tries = 0;

	do {
		chance = drawn;
		v = drive();
	} while (!v.wrong && v.late && ++tries < TRIES);
	is_int(v.wrong + v.late, 0, "session %d is recorded as bash saw it", number);
}

int main(void)
{
	const char *sessions = getenv("SESSIONS");
	int n = sessions ? (int)strtol(sessions, NULL, 10) : 20, i;

	chance = chance_begin();
	for (i = 1; i <= n; i++)
		test_session(i);
	return tap_done();
}
