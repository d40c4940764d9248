/* SPDX-License-Identifier: MIT */
/* The screen against terminals that have nothing to do with it: real programs are recorded, and at
 * random moments what steno says that the terminal showed is compared with what xterm.js and tmux
 * show of the same bytes; of xterm.js the looks of each cell, too. SEED=N repeats a run.
 * tests/README.md tells the differences that are known. */
#include "base/buf.h"
#include "lab.h"
#include "moments.h"
#include "subjects.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { XTERM_MOMENTS = 24, TMUX_MOMENTS = 5, PLAYED_MOMENTS = 2, TOLD = 8 };

static struct lab lab;
static unsigned seed;

struct score {
	long cells, text, looks; /* all, those whose text differs, whose looks only differ */
	int told;
};

static const char *line_end(const char *p)
{
	return p + strcspn(p, "\n");
}

/* Of a cell that shows nothing only the background is seen. */
static void reduce(char *cell)
{
	char *width = strchr(cell, '\t'), *fg, *bg, *flags;

	if (!width || (cell[0] != ' ' && cell != width))
		return;
	fg = strchr(width + 1, '\t');
	bg = fg ? strchr(fg + 1, '\t') : NULL;
	flags = bg ? strchr(bg + 1, '\t') : NULL;
	if (!flags || strpbrk(flags, "urs"))
		return;
	flags[1] = '\0';
	memmove(fg + 2, bg, strlen(bg) + 1);
	fg[1] = '-';
}

static void compare_cell(struct score *score, const char *ours, const char *theirs,
			 const char *what)
{
	char a[128], b[128];
	size_t n;

	snprintf(a, sizeof(a), "%.*s", (int)(line_end(ours) - ours), ours);
	snprintf(b, sizeof(b), "%.*s", (int)(line_end(theirs) - theirs), theirs);
	reduce(a);
	reduce(b);
	score->cells++;
	if (!strcmp(a, b))
		return;
	n = strcspn(a, "\t") + 2;
	if (strncmp(a, b, n) != 0)
		score->text++;
	else
		score->looks++;
	if (score->told++ < TOLD)
		tap_note("%s: ours %s theirs %s", what, a, b);
}

static void compare_cells(struct score *score, struct moment *m, const char *theirs)
{
	const char *ours = buf_str(&m->cells);
	int row, col;
	char what[64];

	for (row = 0; row < m->n_rows; row++)
		for (col = 0; col < m->n_cols && *ours && *theirs; col++) {
			snprintf(what, sizeof(what), "after %u events, %d,%d", m->events, row, col);
			compare_cell(score, ours, theirs, what);
			ours = line_end(ours) + 1;
			theirs = line_end(theirs) + 1;
		}
}

/* Characters that differ in a row. */
static long compare_row(const char *ours, size_t n, const char *theirs, size_t k)
{
	long differ = 0;
	size_t i = 0, j = 0;

	while (i < n || j < k) {
		size_t a = i < n ? 1 : 0, b = j < k ? 1 : 0;

		while (i + a < n && (ours[i + a] & 0xc0) == 0x80)
			a++;
		while (j + b < k && (theirs[j + b] & 0xc0) == 0x80)
			b++;
		differ += a != b || memcmp(ours + i, theirs + j, a) != 0;
		i += a;
		j += b;
	}
	return differ;
}

static void compare_rows(struct score *score, struct moment *m, const char *theirs)
{
	const char *ours = buf_str(&m->rows);
	int row;

	for (row = 0; row < m->n_rows; row++) {
		const char *ours_end = line_end(ours), *theirs_end = line_end(theirs);
		const char *last = theirs_end;
		long differ;

		while (last > theirs && last[-1] == ' ')
			last--;
		differ = compare_row(ours, (size_t)(ours_end - ours), theirs,
				     (size_t)(last - theirs));
		score->cells += m->n_cols;
		score->text += differ;
		if (differ && score->told++ < TOLD)
			tap_note("after %u events, row %d: ours [%.*s] theirs [%.*s]", m->events,
				 row, (int)(ours_end - ours), ours, (int)(last - theirs), theirs);
		ours = *ours_end ? ours_end + 1 : ours_end;
		theirs = *theirs_end ? theirs_end + 1 : theirs_end;
	}
}

/* At least 99 in 100. */
static void judge(const struct score *score, const char *subject, const char *terminal)
{
	ok(score->cells > 0 && score->text * 100 <= score->cells,
	   "%s: the text of %ld of %ld cells is as in %s", subject, score->cells - score->text,
	   score->cells, terminal);
	if (!strcmp(terminal, "xterm.js"))
		ok(score->looks * 100 <= score->cells, "%s: and so are the looks of all but %ld",
		   subject, score->looks);
}

static void ask_xterm(struct moment *moments, int n, const char *subject)
{
	struct buf script = {0}, out = {0};
	struct score score = {0};
	const char *at;
	int i;

	buf_puts(&script, "node \"$ORACLE\" \"$MODULES\" cut.cast");
	for (i = 0; i < n; i++)
		buf_printf(&script, " %u", moments[i].events);
	is_int(lab_sh(&lab, &out, buf_str(&script)), 0, "%s: xterm.js reads it", subject);
	at = buf_str(&out);
	for (i = 0; i < n; i++) {
		char head[64];
		const char *found;

		snprintf(head, sizeof(head), "@ %u %d %d\n", moments[i].events, moments[i].n_rows,
			 moments[i].n_cols);
		found = strstr(at, head);
		if (!found) {
			tap_note("%.200s", at);
			break;
		}
		at = found + strlen(head);
		compare_cells(&score, &moments[i], at);
	}
	is_int(i, n, "%s: and shows all moments", subject);
	judge(&score, subject, "xterm.js");
	buf_release(&script);
	buf_release(&out);
}

/* The pane asks where the cursor is: tmux has shown all before it answers. CAN ends what the moment
 * cut off. */
static const char tmux_script[] =
	"echo 'set -g status off' >tmux.conf\n"
	"cat >pane.sh <<'END'\nstty raw -echo; cat output; printf '\\030\\033[6n'; "
	"IFS= read -r -d R answer; tmux wait-for -S shown; read -r answer\nEND\n"
	"tmux -S $SOCKET -f tmux.conf new-session -d -x $COLS -y $ROWS 'bash pane.sh' && "
	"tmux -S $SOCKET wait-for shown && tmux -S $SOCKET capture-pane -p -N; "
	"tmux -S $SOCKET kill-server";

static void write_file(const char *name, const struct buf *what)
{
	char *path = NULL;
	FILE *f;

	if (asprintf(&path, "%s/%s", lab.repo, name) < 0 || !(f = fopen(path, "w")))
		exit(1);
	fwrite(what->data, 1, what->len, f);
	fclose(f);
	free(path);
}

static void ask_tmux_of(struct score *score, struct moment *m)
{
	static int socket; /* a server that ends keeps its own for a moment */
	struct buf out = {0}, script = {0};

	write_file("output", &m->output);
	buf_printf(&script, "COLS=%d ROWS=%d SOCKET=socket%d\n%s", m->n_cols, m->n_rows, socket++,
		   tmux_script);
	lab_sh(&lab, &out, buf_str(&script));
	compare_rows(score, m, buf_str(&out));
	buf_release(&out);
	buf_release(&script);
}

static void ask_tmux(struct moment *moments, int n, const char *subject)
{
	struct score score = {0};
	int i;

	for (i = 0; i < TMUX_MOMENTS && n; i++)
		ask_tmux_of(&score, &moments[n - 1 - i * n / TMUX_MOMENTS]);
	judge(&score, subject, "tmux");
}

/* Played in a pane, where time nearly stands still. Another program than the one under test has to
 * show it, so this waits until it is there, but not for ever. */
static const char play_script[] =
	"tmux -S $SOCKET -f tmux.conf new-session -d -x $COLS -y $ROWS "
	"\"$STENO play --no-status -s 0.001 --at $AT cut.cast\"\n"
	"i=0; while tmux -S $SOCKET capture-pane -p -N | sed 's/ *$//' >shown; "
	"! cmp -s shown wanted && [ $i -lt 400 ]; do i=$((i+1)); sleep 0.05; done; cat shown; "
	"tmux -S $SOCKET kill-server";

/* The painter leaves joiners (U+200D) out. */
static void put_without_joiners(struct buf *out, const struct buf *text)
{
	static const char joiner[] = "\xe2\x80\x8d";
	size_t i = 0;

	while (i < text->len)
		if (i + 3 <= text->len && !memcmp(text->data + i, joiner, 3))
			i += 3;
		else
			buf_putc(out, text->data[i++]);
}

static void play_in_tmux(struct score *score, const struct moment *m, int number)
{
	struct moment wanted = {.events = m->events, .n_rows = m->n_rows, .n_cols = m->n_cols};
	struct buf out = {0}, script = {0};

	put_without_joiners(&wanted.rows, &m->rows);
	write_file("wanted", &wanted.rows);
	buf_printf(&script, "COLS=%d ROWS=%d SOCKET=player%d AT=%u.%03u\n%s", m->n_cols, m->n_rows,
		   number, m->events / 1000, m->events % 1000, play_script);
	lab_sh(&lab, &out, buf_str(&script));
	compare_rows(score, &wanted, buf_str(&out));
	buf_release(&wanted.rows);
	buf_release(&out);
	buf_release(&script);
}

static void play_moments(struct moment *moments, int n, const char *subject)
{
	static int number;
	struct score score = {0};
	int i;

	for (i = 0; i < PLAYED_MOMENTS && n; i++)
		play_in_tmux(&score, &moments[n - 1 - i * n / PLAYED_MOMENTS], number++);
	judge(&score, subject, "a pane of tmux when it is played");
}

static int has(const char *program)
{
	char script[64];

	snprintf(script, sizeof(script), "command -v %s", program);
	return lab_sh(&lab, NULL, script) == 0;
}

static int has_xterm(void)
{
	return has("node") &&
	       lab_sh(&lab, NULL,
		      "test -d \"$MODULES/node_modules/@xterm/headless\" && "
		      "test -d \"$MODULES/node_modules/@xterm/addon-unicode11\"") == 0;
}

static void test_subject(const struct subject *s, int xterm, int tmux)
{
	struct moment moments[XTERM_MOMENTS] = {0};
	char *from = NULL, *to = NULL;
	int n;

	if (!has(s->needs)) {
		tap_skip(s->name, "the program is not there");
		return;
	}
	s->drive(&lab);
	if (asprintf(&from, "%s/%s.cast", lab.logs, lab_session(&lab)) < 0 ||
	    asprintf(&to, "%s/cut.cast", lab.repo) < 0)
		exit(1);
	moments_cut(from, to, &seed);
	n = moments_take(moments, XTERM_MOMENTS, to, &seed);
	ok(n > 1, "%s: there are moments", s->name);
	if (xterm)
		ask_xterm(moments, n, s->name);
	if (tmux && !s->not_tmux) {
		ask_tmux(moments, n, s->name);
		play_moments(moments, n, s->name);
	}
	moments_release(moments, n);
	free(from);
	free(to);
	lab_sh(&lab, NULL, "rm -f codex-logs/*.cast");
}

/* Where the node packages and our script are, for lab_sh(). */
static void set_paths(void)
{
	char *here = getcwd(NULL, 0), *path = NULL;

	if (!here || asprintf(&path, "%s/tests/oracle/xterm.mjs", here) < 0)
		exit(1);
	setenv("ORACLE", path, 1);
	free(path);
	if (asprintf(&path, "%s/../npm", getenv("BUILD")) < 0)
		exit(1);
	setenv("MODULES", path, 1);
	free(path);
	free(here);
}

int main(void)
{
	const char *given = getenv("SEED");
	int xterm, tmux;
	size_t i;

	seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
	tap_note("SEED=%u", seed);
	set_paths();
	lab_open(&lab, 0);
	xterm = has_xterm();
	tmux = has("tmux");
	if (!xterm)
		tap_skip("xterm.js", "node, or its packages @xterm/headless and "
				     "@xterm/addon-unicode11, are not there");
	if (!tmux)
		tap_skip("tmux", "it is not there");
	subjects_prepare(&lab);
	for (i = 0; (xterm || tmux) && i < subjects_count; i++)
		test_subject(&subjects[i], xterm, tmux);
	lab_close(&lab);
	return tap_done();
}
