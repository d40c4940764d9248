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
	while ((c = getopt_long(argc, argv, "+dlq", options, NULL)) != -1) {
		switch (c) {
		case 0: /* a flag */
			break;
		case 'L':
			r->asked = optarg;
			break;
		case 'd':
			r->session.detached = 1;
			break;
		case 's':
			r->shell = optarg;
			break;
		case 'l':
			r->login = 1;
			break;
		case 'm':
			r->model = optarg;
			break;
		case 'p':
			r->profile = optarg;
			break;
		case 'b':
			r->sandbox = optarg;
			break;
		case 'w':
			r->within = 1;
			break;
		case 'q':
			r->quiet = 1;
			break;
		case 'z':
			if (!bad_size(optarg, &r->session.size))
				break;
			fprintf(stderr, "steno: --size %s: not COLSxROWS from 2x2 to 1000x1000\n",
				optarg);
			return -1;
		default:
			help_usage("rec");
			return -1;
		}
	}
	if (r->asked && !*r->asked)
		r->asked = NULL;
	return take_command(r, argc, argv);
}
