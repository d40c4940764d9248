/* SPDX-License-Identifier: MIT */
/* soak: a long session with its user, and short ones beside it which are also killed, for
 * SOAK_MINUTES (60). Everything is drawn from SEED. A line each minute, and what is wrong when it
 * is found; the folder stays then. Not of `make check`; see tests/README.md. */
#include "chance.h"
#include "gauge.h"
#include "lab.h"
#include "intake.h"
#include "sitting.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "base/json.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SLACK = 8,	     /* descriptors: of a guest, and files that are opened late */
	SHORT = 3,	     /* sessions beside the long one, at most */
	THINK_MS = 60,	     /* between two things that are done, at most */
	FULL_MS = 5 * 60000, /* between two full disks */
	LINE_MS = 60000,
};

struct soak {
	struct lab lab;
	struct chance chance;
	struct tally tally;
	struct intake intake;
	struct sitting all[1 + SHORT]; /* the first is the long one */
	struct gauge holder, scribe;   /* of the long one */
	int64_t began, line_at, full_at;
	long full_disks; /* -1: nothing can be mounted here */
};

static void on_record(void *ctx, const struct json *j, int again)
{
	struct soak *k = ctx;
	const char *session = j ? json_get_text(j, "session") : NULL;
	int i;

	if (!session) {
		ok(0, "each line of provenance.jsonl is a record");
		k->tally.failures++;
		return;
	}
	for (i = 0; i <= SHORT; i++)
		if (!strcmp(k->all[i].session, session) && !k->all[i].failed)
			sitting_record(&k->all[i], j, again);
}

static void read_records(struct soak *k)
{
	intake_read(&k->intake, on_record, k);
}

static void finish(struct soak *k, struct sitting *s)
{
	read_records(k);
	sitting_check(s);
	sitting_release(s);
}

/* A session on a disk of its own that becomes full and has room again. */
static void fill_disk(struct soak *k)
{
	struct buf out = {0};
	int status;

	k->full_at = sitting_now() + FULL_MS;
	if (k->full_disks < 0)
		return;
	if (lab_sh(&k->lab, NULL, "unshare -rm mount -t tmpfs steno .") != 0) {
		tap_skip("a disk that is nearly full", "nothing can be mounted here");
		k->full_disks = -1;
		return;
	}
	status = lab_sh(
		&k->lab, &out,
		"mkdir -p full; exec unshare -rm sh -c 'mount -t tmpfs -o size=3m steno full && cd "
		"full && git init -q . && head -c 1000000 /dev/zero >room && \"$STENO\" -q -- sh "
		"-c "
		"\"seq 300000 >&2; rm room; echo after; exit 4\" 2>/dev/null >../out; [ $? = 4 ] "
		"|| "
		"exit 90; grep -q after ../out || exit 91; grep -q \"\\\"l\\\"\" codex-logs/*.cast "
		"|| "
		"exit 92; grep -q \"\\\"exit_code\\\":4\" codex-logs/provenance.jsonl || exit 93; "
		"\"$STENO\" rebuild --check last || exit 94; \"$STENO\" verify --json; [ $? -le 1 "
		"]'");
	k->full_disks++;
	if (status) {
		ok(0, "a session outlives a full disk (%d): %.300s", status, buf_str(&out));
		k->tally.failures++;
	}
	buf_release(&out);
}

static void measure(struct soak *k)
{
	pid_t front = term_pid(k->all[0].t);

	gauge_take(&k->holder, gauge_process(front, "steno-holder"));
	gauge_take(&k->scribe, gauge_process(front, "steno-scribe"));
}

static void print_gauge(const char *name, const struct gauge *g)
{
	printf(", %s %ld KiB (%+ld, most %ld) %ld fds %ld threads", name, g->rss,
	       g->rss - g->first_rss, g->most_rss, g->descriptors, g->threads);
}

static void print_line(struct soak *k)
{
	const struct tally *y = &k->tally;

	measure(k);
	k->line_at += LINE_MS;
	printf("# %4d min: %ld sessions, %ld commands, %ld records, %ld outputs read, %ld full "
	       "screens, %ld sizes, %ld guests, %ld kills, %ld full disks",
	       (int)((sitting_now() - k->began) / 60000), y->sessions, y->commands, y->records,
	       y->outputs, y->screens, y->resizes, y->guests, y->kills, k->full_disks);
	print_gauge("holder", &k->holder);
	print_gauge("scribe", &k->scribe);
	printf(", %ld wrong\n", y->failures);
	fflush(stdout);
}

/* What a session does now, if anything. */
static void move(struct soak *k, int i)
{
	struct sitting *s = &k->all[i];

	if (!s->t) {
		if (!chance_draw(&k->chance, 10))
			sitting_begin(s, &k->lab, &k->tally);
	} else if (s->busy_until) {
		if (sitting_now() >= s->busy_until)
			sitting_wake(s);
	} else if (i && !chance_draw(&k->chance, 15)) {
		sitting_kill(s, &k->chance);
	} else if (i && !chance_draw(&k->chance, 40)) {
		sitting_end(s, &k->chance);
		finish(k, s);
	} else {
		sitting_act(s, &k->chance);
	}
	if (s->failed)
		sitting_release(s);
}

static void run(struct soak *k, int64_t until)
{
	while (k->all[0].t && sitting_now() < until) {
		move(k, (int)chance_draw(&k->chance, 1 + SHORT));
		read_records(k);
		if (sitting_now() >= k->full_at)
			fill_disk(k);
		if (k->all[0].t && sitting_now() >= k->line_at)
			print_line(k);
		poll(NULL, 0, (int)chance_draw(&k->chance, THINK_MS));
	}
}

static void check_growth(const char *name, const struct gauge *g)
{
	ok(g->most_rss < 2 * g->first_rss + 8192, "the memory of the %s is bounded", name);
	ok(g->descriptors <= g->first_descriptors + SLACK, "so are its descriptors");
	is_int(g->threads, g->first_threads, "and its threads");
}

static void end_all(struct soak *k)
{
	int i;

	for (i = SHORT; i >= 0; i--) {
		if (k->all[i].t && k->all[i].busy_until) {
			while (sitting_now() < k->all[i].busy_until)
				poll(NULL, 0, 100);
			sitting_wake(&k->all[i]);
		}
		if (!k->all[i].t || k->all[i].failed)
			continue;
		if (!i)
			print_line(k);
		sitting_exit(&k->all[i]);
		finish(k, &k->all[i]);
	}
}

int main(void)
{
	static struct soak k;
	const char *minutes = getenv("SOAK_MINUTES");
	char path[512];

	setvbuf(stdout, NULL, _IOLBF, 0);
	k.chance = chance_begin();
	lab_open(&k.lab, 0);
	snprintf(path, sizeof(path), "%s/provenance.jsonl", k.lab.logs);
	k.intake.path = path;
	lab_sh(&k.lab, NULL,
	       "seq 500 >many; cat >>\"$HOME\"/.bashrc <<'END'\n"
	       "N=0; PROMPT_COMMAND='PS1=\"[$N] ready> \"; "
	       "echo $((N++)) >~/count.${STENO_SESSION##*/}'\nEND");
	k.began = k.line_at = sitting_now();
	k.line_at += LINE_MS;
	if (sitting_begin(&k.all[0], &k.lab, &k.tally) == 0) {
		run(&k, k.began + 60000 * strtoll(minutes ? minutes : "60", NULL, 10));
		ok(k.all[0].t != NULL, "the shell of the long session lives");
		end_all(&k);
	}
	check_growth("holder", &k.holder);
	check_growth("scribe", &k.scribe);
	is_int(k.tally.failures, 0, "nothing else was wrong");
	if (k.tally.failures)
		tap_note("what is left is in %s", k.lab.dir);
	else
		lab_close(&k.lab);
	intake_release(&k.intake);
	return tap_done();
}
