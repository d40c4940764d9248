/* SPDX-License-Identifier: MIT */
/* What the user asks of a recording. */
#include "help.h"
#include "rec_private.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int bad_size(const char *text, struct winsize *size)
{
	char rest;
	int cols, rows;

	if (sscanf(text, "%dx%d%c", &cols, &rows, &rest) != 2 || cols < 2 || rows < 2 ||
	    cols > 1000 || rows > 1000)
		return 1;
	size->ws_col = (unsigned short)cols;
	size->ws_row = (unsigned short)rows;
	return 0;
}

/* What stands behind the options. */
static int take_command(struct rec *r, int argc, char **argv)
{
	if (optind == argc)
		return 0;
	if (strcmp(argv[optind - 1], "--") != 0) {
		fprintf(stderr, "steno: put -- before the command: steno -- %s\n", argv[optind]);
		return -1;
	}
	r->command = argv + optind;
	return 0;
}

/* What getopt_long(3) gave. 0, or -1: it was said. */
static int take_option(struct rec *r, int c)
{
	switch (c) {
	case 0: /* a flag */
		return 0;
	case 'L':
		r->asked = optarg;
		return 0;
	case 'd':
		r->session.detached = 1;
		return 0;
	case 's':
		r->shell = optarg;
		return 0;
	case 'l':
		r->login = 1;
		return 0;
	case 'm':
		r->model = optarg;
		return 0;
	case 'p':
		r->profile = optarg;
		return 0;
	case 'b':
		r->sandbox = optarg;
		return 0;
	case 'w':
		r->within = 1;
		return 0;
	case 'q':
		r->quiet = 1;
		return 0;
	case 'z':
		if (!bad_size(optarg, &r->session.size))
			return 0;
		fprintf(stderr, "steno: --size %s: not COLSxROWS from 2x2 to 1000x1000\n", optarg);
		return -1;
	default:
		help_usage("rec");
		return -1;
	}
}

int rec_options(struct rec *r, int argc, char **argv)
{
	const struct option options[] = {
		{"log-dir", required_argument, NULL, 'L'},
		{"shell", required_argument, NULL, 's'},
		{"login", no_argument, NULL, 'l'},
		{"size", required_argument, NULL, 'z'},
		{"detach", no_argument, NULL, 'd'},
		{"model", required_argument, NULL, 'm'},
		{"profile", required_argument, NULL, 'p'},
		{"sandbox", required_argument, NULL, 'b'},
		{"quiet", no_argument, NULL, 'q'},
		{"nested", no_argument, &r->nested, 1},
		{"within", no_argument, NULL, 'w'},
		{"measure", no_argument, &r->measure, 1},
		{"no-measure", no_argument, &r->measure, 0},
		{NULL, 0, NULL, 0},
	};
	static char name[] = "steno";
	int c;

	argv[0] = name; /* what getopt(3) puts before its words */
	r->asked = getenv("STENO_LOG_DIR");
	while ((c = getopt_long(argc, argv, "+dlq", options, NULL)) != -1)
		if (take_option(r, c) < 0)
			return -1;
	if (r->asked && !*r->asked)
		r->asked = NULL;
	return take_command(r, argc, argv);
}
