/* SPDX-License-Identifier: MIT */
/* The verb that plays a recording: on a terminal as it was to be seen, elsewhere as the text that
 * scrolled by. The recording's own bytes are written for --raw only. */
#include "cmd.h"
#include "help.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../play/film.h"
#include "../tape/source.h"
#include "moment.h"
#include "player.h"
#include "print.h"
#include "progress.h"
#include "scene.h"
#include "recording.h"
#include "target.h"
#include "vigil.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct play {
	struct session_scope scope;
	double speed;
	int64_t idle_us, at_us;
	uint32_t at, from, to; /* commands; 0: not given */
	int flags;	       /* of player.h */
	int raw, trusted;
	const struct source *source; /* the film's, for progress */
};

/* --- options --- */

static int read_number(const char *text, uint32_t *out)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !n || n > UINT32_MAX)
		return -1;
	*out = (uint32_t)n;
	return 0;
}

static int take_option(struct play *p, int c, const char *value)
{
	switch (c) {
	case 'A':
		p->scope.all = 1;
		return 0;
	case 'a':
		return *value == ':' || *value == '#' ? read_number(value + 1, &p->at)
						      : moment_parse(value, &p->at_us);
	case 'd':
		p->scope.log_dir = value;
		return 0;
	case 'f':
		p->flags |= PLAYER_FOLLOW;
		return 0;
	case 'F':
		return read_number(value, &p->from);
	case 'i':
		return moment_parse(value, &p->idle_us) < 0 || !p->idle_us ? -1 : 0;
	case 'l':
		p->flags |= PLAYER_LOOP;
		return 0;
	case 'm':
		p->flags |= PLAYER_PAUSE;
		return 0;
	case 'n':
		p->flags |= PLAYER_NO_STATUS;
		return 0;
	case 'r':
		p->raw = 1;
		return 0;
	case 's':
		return moment_parse_decimal(value, &p->speed) < 0 || p->speed < 1e-3 ||
				       p->speed > 1e6
			       ? -1
			       : 0;
	case 't':
		return read_number(value, &p->to);
	default:
		p->trusted = 1;
		return 0;
	}
}

/* Which value was wrong, and what it could be. */
static void say_wanted(int c, const char *value)
{
	static const struct {
		int c;
		const char *option, *wanted;
	} all[] = {{'a', "at", "90, 1:30, 1:02:03 or a command's number as :3"},
		   {'F', "from", "a command's number"},
		   {'i', "idle", "seconds"},
		   {'s', "speed", "a number from 0.001 to 1000000"},
		   {'t', "to", "a command's number"}};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].c == c)
			fprintf(stderr, "steno: --%s %s: not %s\n", all[i].option, value,
				all[i].wanted);
}

static int read_options(struct play *p, int argc, char **argv)
{
	static const struct option options[] = {
		{"all", no_argument, NULL, 'A'},	   {"at", required_argument, NULL, 'a'},
		{"follow", no_argument, NULL, 'f'},	   {"from", required_argument, NULL, 'F'},
		{"i-trust-it", no_argument, NULL, 'T'},	   {"idle", required_argument, NULL, 'i'},
		{"log-dir", required_argument, NULL, 'd'}, {"loop", no_argument, NULL, 'l'},
		{"no-status", no_argument, NULL, 'n'},	   {"pause", no_argument, NULL, 'm'},
		{"raw", no_argument, NULL, 'r'},	   {"speed", required_argument, NULL, 's'},
		{"to", required_argument, NULL, 't'},	   {NULL, 0, NULL, 0},
	};
	static const char *const words[] = {"SESSION", NULL};
	int c;

	while ((c = getopt_long(argc, argv, "fi:lms:", options, NULL)) != -1) {
		if (c == '?')
			return -1;
		if (take_option(p, c, optarg) < 0) {
			say_wanted(c, optarg);
			return -1;
		}
	}
	return help_words(argc, argv, words, 1);
}

/* --- from where to where --- */

/* Reads on, but not for long: as film_read(). */
static int read_some(const struct play *p, struct film *f, struct progress *progress,
		     struct err *err)
{
	int rc = film_read(f, 1 << 14, err);

	progress_step(progress, source_offset(p->source), source_size(p->source));
	return rc;
}

/* The command's chapter, read so far that it has ended. 0, 1 if there is none, -1. */
static int find_command(const struct play *p, struct film *f, uint32_t number, struct chapter *out,
			struct err *err)
{
	const struct chapter *c;
	struct progress progress;
	int rc;

	progress_begin(&progress, "play", 0);
	rc = scene_command(f, p->source, number, &progress, &c, err);
	progress_end(&progress);
	if (!rc)
		*out = *c;
	return rc;
}

/* Reads up to where playing starts, while the terminal is as ever and ^C works. */
static int read_to(const struct play *p, struct film *f, int64_t at_us, struct err *err)
{
	struct progress progress;
	int rc = 1;

	progress_begin(&progress, "play", 0);
	while (rc == 1 && film_length_us(f) <= at_us)
		rc = read_some(p, f, &progress, err);
	progress_end(&progress);
	return rc < 0 ? -1 : 0;
}

static int make_plan(const struct play *p, struct film *f, struct player_plan *plan,
		     struct err *err)
{
	struct chapter c;
	int rc = 0;

	*plan = (struct player_plan){.speed = p->speed,
				     .idle_us = p->idle_us,
				     .stop = UINT64_MAX,
				     .at_us = p->at_us,
				     .flags = p->flags};
	if (p->to && (rc = find_command(p, f, p->to, &c, err)) == 0 && c.end)
		plan->stop = c.end;
	if (!rc && plan->stop == UINT64_MAX)
		plan->last = p->to;
	if (!rc && p->from && (rc = find_command(p, f, p->from, &c, err)) == 0) {
		plan->begin = c.at;
		plan->begin_us = c.at_us;
	}
	if (!rc && p->at && (rc = find_command(p, f, p->at, &c, err)) == 0)
		plan->at_us = c.at_us;
	if (!rc && (p->flags & PLAYER_FOLLOW || plan->at_us > 0))
		rc = read_to(p, f, p->flags & PLAYER_FOLLOW ? INT64_MAX : plan->at_us, err);
	return rc;
}

/* --- the verb --- */

/* On a terminal. */
static int play_film(const struct play *p, struct film *f, struct vigil *vigil, int *signal_number,
		     struct err *err)
{
	struct player_plan plan;
	int rc;

	if (vigil->was_recorded)
		film_set_growing(f);
	rc = make_plan(p, f, &plan, err);
	if (rc)
		return rc;
	plan.vigil = vigil;
	rc = player_run(f, &plan, err);
	*signal_number = rc > 0 ? rc : 0;
	return rc < 0 ? -1 : 0;
}

static int print_film(const struct play *p, struct film *f, struct err *err)
{
	struct player_plan plan;
	int rc = make_plan(p, f, &plan, err);

	if (rc)
		return rc;
	return p->raw ? player_print_bytes(f, &plan, err) : player_print_text(f, &plan, err);
}

static void die_of(int sig)
{
	struct sigaction action = {.sa_handler = SIG_DFL};

	sigaction(sig, &action, NULL);
	raise(sig);
}

static int play(struct play *p, const char *what)
{
	struct recording r = {0};
	struct err err = {.code = 0};
	struct film *f = NULL;
	struct vigil vigil;
	int dir = target_scratch_dir(), signal_number = 0;
	int rc = recording_open(&r, &p->scope, what, NULL, &err);

	if (!rc) {
		if (r.number)
			p->from = p->to = r.number;
		p->source = r.source;
		f = film_new(r.source, dir);
		r.source = NULL;
		vigil_init(&vigil, r.session.name ? r.session.cast : -1);
		if (p->raw || !isatty(STDOUT_FILENO))
			rc = print_film(p, f, &err);
		else
			rc = play_film(p, f, &vigil, &signal_number, &err);
		if (rc)
			err_wrap(&err, "%s", r.name);
	}
	if (!rc && (fflush(stdout) || ferror(stdout)))
		rc = err_sys(&err, "write the output");
	if (rc)
		print_failure(err.text);
	film_free(f);
	io_close(&dir);
	recording_release(&r);
	if (signal_number)
		die_of(signal_number);
	return rc < 0 ? 3 : rc;
}

int cmd_play(int argc, char **argv)
{
	struct play p = {.speed = 1, .at_us = -1};

	if (read_options(&p, argc, argv) < 0)
		return help_usage("play");
	if (p.raw && !recording_allows_raw(p.trusted))
		return 2;
	if (p.flags & PLAYER_FOLLOW && !isatty(STDOUT_FILENO)) {
		fputs("steno: -f is for a terminal; `steno show -f` follows as text\n", stderr);
		return 2;
	}
	return play(&p, optind < argc ? argv[optind] : "last");
}
