/* SPDX-License-Identifier: MIT */
/* rec_private: what the parts of the verb that records share; for them only. */
#ifndef STENO_REC_PRIVATE_H
#define STENO_REC_PRIVATE_H

#include "../base/buf.h"
#include "../live/rundir.h"
#include "../live/session.h"
#include "../live/tty.h"
#include "../repo/survey.h"

struct err;

struct rec {
	struct session session;
	struct tty tty;
	struct place place;
	char *user_dir;	   /* the user's git config steno.logDir, or NULL */
	char *folder;	   /* of the logs, absolute */
	const char *asked; /* --log-dir or STENO_LOG_DIR, or NULL */
	const char *shell, *model, *profile, *sandbox;
	char **command; /* argv of what is to be run instead of a shell, or NULL */
	int login, quiet, nested, within;
	char *parent; /* the session that this runs within, or NULL */
	int report;   /* to the process that started this one in the background; -1 */
	char rundir[RUNDIR_PATH];
	struct buf text; /* the command as a shell would read it */
	char *env_session;
	char *env[16];
	char *unset[8];
	int measure; /* what agents' shells run: 1, 0, -1: if it is an agent */
	char *argv_shell[2];
	int state; /* the survey's */
	int look_state;
};

/* rec_options.c */

/* Fills in what the user asks for; argv[0] becomes what getopt(3) says. 0, or -1 when that was
 * wrong: it has been said on standard error. */
int rec_options(struct rec *r, int argc, char **argv);

/* rec_survey.c */

/* Finds r->place, which never fails (why nothing is known stands in it), and leaves the survey of
 * the beginning at work in r->session.survey. */
void rec_find_place(struct rec *r);
/* Into r->folder: where the logs are wanted. */
void rec_choose_folder(struct rec *r);
/* For struct session: the survey of the end, and a look in between. ctx: struct rec. */
int rec_survey_end(void *ctx, int in, int out);
int rec_look(void *ctx, int in, int out);

/* rec_logs.c */

/* Opens r->session.logs, if need be elsewhere than asked for, which it then says, and writes the
 * recording's first line, for which all else must be known. 0, or -1 with err. */
int rec_open_logs(struct rec *r, struct err *err);

/* rec_program.c */

/* Whether shells that r->command starts are to report what they run. */
int rec_is_measured(struct rec *r);
/* Into r->session: what is to be run, a shell with hooks or r->command, and the nonce. A shell that
 * cannot have hooks is run without, which it then says. */
void rec_prepare_program(struct rec *r);
/* Into r->session.program: its environment, when r->session.logs is open. */
void rec_prepare_environment(struct rec *r);

#endif
