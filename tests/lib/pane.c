/* SPDX-License-Identifier: MIT */
/* tmux, asked through its own command line. */
#include "pane.h"

#include "lab.h"
#include "tap.h"

#include "base/buf.h"
#include "base/quote.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEADLINE_MS = 20000, LOOK_MS = 20 };

static int run(const struct pane *p, struct buf *out, const char *script)
{
	struct buf all = {0};
	int rc;

	buf_printf(&all, "T=\"tmux -S $LAB/%s.tmux -f /dev/null\"\n%s", p->name, script);
	rc = lab_sh(p->lab, out, buf_str(&all));
	buf_release(&all);
	return rc;
}

void pane_open(struct pane *p, const struct lab *lab, const char *name, int rows, int cols)
{
	char script[1024];

	p->lab = lab;
	p->name = name;
	snprintf(script, sizeof(script),
		 "$T new-session -d -x %d -y %d 'exec env -u TMUX -u TMUX_PANE -u STENO_SESSION "
		 "SHELL=/bin/bash PS1=\"" PANE_PROMPT
		 "\" bash --norc' \\; set -g status off \\; set -g window-size manual \\; "
		 "resize-window -x %d -y %d",
		 cols, rows, cols, rows);
	if (run(p, NULL, script) != 0) {
		printf("Bail out! no tmux\n");
		exit(1);
	}
	pane_ends(p, "outer>", "a terminal is there");
}

void pane_close(struct pane *p)
{
	/* one that comes to its socket while it ends is sent away */
	run(p, NULL,
	    "s=$($T display -p '#{pid}') && $T kill-server; i=0; "
	    "while grep -q '^State:.[^ZX]' /proc/$s/status && [ $i -lt 1000 ]; do i=$((i+1)); "
	    "sleep .02; done");
}

void pane_keys(const struct pane *p, const char *keys)
{
	struct buf script = {0};

	buf_printf(&script, "$T send-keys %s", keys);
	run(p, NULL, buf_str(&script));
	buf_release(&script);
}

void pane_type(const struct pane *p, const char *text)
{
	struct buf keys = {0};

	buf_puts(&keys, "-l -- ");
	quote_shell(&keys, text);
	pane_keys(p, buf_str(&keys));
	buf_release(&keys);
}

void pane_line(const struct pane *p, const char *text)
{
	pane_type(p, text);
	pane_keys(p, "Enter");
}

void pane_capture(const struct pane *p, const char *flags, struct buf *out)
{
	char script[128];

	buf_clear(out);
	snprintf(script, sizeof(script), "$T capture-pane -p %s", flags);
	run(p, out, script);
}

static int is_last(struct buf *seen, const char *text)
{
	while (seen->len && strchr(" \n", seen->data[seen->len - 1]))
		seen->len--;
	return seen->len >= strlen(text) &&
	       !memcmp(seen->data + seen->len - strlen(text), text, strlen(text));
}

static int await(const struct pane *p, const char *text, int last, const char *name)
{
	struct buf seen = {0};
	int left, there = 0;

	for (left = DEADLINE_MS; left > 0 && !there; left -= LOOK_MS) {
		pane_capture(p, "", &seen);
		there = last ? is_last(&seen, text) : strstr(buf_str(&seen), text) != NULL;
		if (!there)
			poll(NULL, 0, LOOK_MS);
	}
	ok(there, "%s", name);
	if (!there)
		tap_note("`%s` is not in:\n%s", text, buf_str(&seen));
	buf_release(&seen);
	return there;
}

int pane_shows(const struct pane *p, const char *text, const char *name)
{
	return await(p, text, 0, name);
}

int pane_ends(const struct pane *p, const char *text, const char *name)
{
	return await(p, text, 1, name);
}

int pane_until(const struct pane *p, const char *script, const char *name)
{
	struct buf out = {0};
	int left, rc = 1;

	for (left = DEADLINE_MS; left > 0 && rc; left -= LOOK_MS) {
		buf_clear(&out);
		rc = run(p, &out, script);
		if (rc)
			poll(NULL, 0, LOOK_MS);
	}
	ok(!rc, "%s", name);
	if (rc)
		tap_note("%s", buf_str(&out));
	buf_release(&out);
	return !rc;
}

int pane_is(const struct pane *p, const char *format, const char *want, const char *name)
{
	struct buf script = {0};
	int rc;

	buf_printf(&script, "got=$($T display -p '%s'); echo \"$got\"; [ \"$got\" = '%s' ]", format,
		   want);
	rc = pane_until(p, buf_str(&script), name);
	buf_release(&script);
	return rc;
}

void pane_stop(const struct pane *p)
{
	run(p, NULL, "kill -STOP $($T display -p '#{pid}')");
}

void pane_go_on(const struct pane *p)
{
	run(p, NULL, "for f in $(pgrep -f \"tmux -S $LAB/[a-z]*.tmux\"); do kill -CONT $f; done");
}
