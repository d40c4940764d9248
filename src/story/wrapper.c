/* SPDX-License-Identifier: MIT */
/* Each wrapper ends in the command as one quoted word of sh(1), so that reading words from there on
 * says for certain where it ends: what stands behind it must be as expected, too. */
#include "wrapper.h"

#include "../base/buf.h"
#include "../base/quote.h"

#include <string.h>

struct text {
	const unsigned char *p;
	size_t n;
};

static int begins(struct text t, const char *with)
{
	size_t n = strlen(with);

	return t.n >= n && !memcmp(t.p, with, n);
}

static int skip(struct text *t, const char *what)
{
	size_t n = strlen(what);

	if (!begins(*t, what))
		return 0;
	t->p += n;
	t->n -= n;
	return 1;
}

/* Goes behind the first occurrence. */
static int skip_to(struct text *t, const char *what)
{
	size_t n = strlen(what);
	const unsigned char *at = t->n ? memmem(t->p, t->n, what, n) : NULL;

	if (!at)
		return 0;
	t->n -= (size_t)(at - t->p) + n;
	t->p = at + n;
	return 1;
}

/* One character of a word, quoted so: bytes used, 0: the word is torn. */
static size_t take_quoted(struct text t, struct buf *out)
{
	unsigned char quote = t.p[0];
	size_t i;

	for (i = 1; i < t.n && t.p[i] != quote; i++) {
		if (quote == '"' && t.p[i] == '\\' && i + 1 < t.n &&
		    strchr(QUOTE_DOUBLE, t.p[i + 1]))
			i++;
		buf_putc(out, t.p[i]);
	}
	return i < t.n ? i + 1 : 0;
}

/* The next word, without its quotes. 0: there is none, or it is torn. */
static int take_word(struct text *t, struct buf *out)
{
	size_t before;

	while (skip(t, " "))
		;
	before = t->n;
	while (t->n && t->p[0] != ' ' && t->p[0] != '\n') {
		size_t used = 1;

		if (t->p[0] == '\'' || t->p[0] == '"') {
			used = take_quoted(*t, out);
		} else if (t->p[0] == '\\' && t->n > 1) {
			buf_putc(out, t->p[1]);
			used = 2;
		} else {
			buf_putc(out, t->p[0]);
		}
		if (!used)
			return 0;
		t->p += used;
		t->n -= used;
	}
	return t->n < before;
}

/* ... exec '/bin/bash' -c 'COMMAND', behind what restores the environment of a snapshot */
static enum wrapper read_codex(struct text t, struct buf *asked)
{
	struct buf shell = {0}, option = {0};
	int good;

	if (begins(t, "if [ -z \"${BASH_ENV-}\" ]") && memmem(t.p, t.n, "# Snapshot file", 15))
		return WRAPPER_HARNESS;
	if (begins(t, "set -e; . \"") && memmem(t.p, t.n, "/shell_snapshots/", 17))
		return WRAPPER_HARNESS;
	if (!memmem(t.p, t.n, "__CODEX_SNAPSHOT_", 17) || !skip_to(&t, "\nexec "))
		return WRAPPER_NONE;
	good = take_word(&t, &shell) && take_word(&t, &option) && option.len > 1 &&
	       option.data[0] == '-' && option.data[option.len - 1] == 'c' && take_word(&t, asked);
	buf_release(&shell);
	buf_release(&option);
	return good ? WRAPPER_ASKED : WRAPPER_NONE;
}

/* source SNAPSHOT ... && eval 'COMMAND' [< /dev/null] && pwd -P >| FILE */
static enum wrapper read_claude(struct text t, struct buf *asked)
{
	if (begins(t, "SNAPSHOT_FILE=") || (t.n == 3 && begins(t, "env")))
		return WRAPPER_HARNESS;
	if (!skip_to(&t, "eval ") || !take_word(&t, asked))
		return WRAPPER_NONE;
	skip(&t, " < /dev/null");
	if (!t.n || skip(&t, " && pwd -P >| "))
		return WRAPPER_ASKED;
	return WRAPPER_NONE;
}

/* What stands before the last occurrence of `with`, if only a newline may stand behind that. */
static enum wrapper read_until(struct text t, const char *with, struct buf *asked)
{
	size_t n = strlen(with);

	if (t.n && t.p[t.n - 1] == '\n')
		t.n--;
	if (t.n < n || memcmp(t.p + t.n - n, with, n) != 0)
		return WRAPPER_NONE;
	buf_put(asked, t.p, t.n - n);
	return WRAPPER_ASKED;
}

/* [shopt ...; ] { COMMAND; }; __code=$?; ...
 * shopt ...; _bgpids_file=FILE ( trap ... EXIT COMMAND ) __code=$? ..., a line each (0.61) */
static enum wrapper read_gemini(struct text t, struct buf *asked)
{
	static const char behind[] = "; }; __code=$?;";
	const unsigned char *end;

	if (begins(t, "shopt ") && !skip_to(&t, "; "))
		return WRAPPER_NONE;
	if (skip(&t, "_bgpids_file=") &&
	    skip_to(&t, "\n(\n  trap 'jobs -p > \"$_bgpids_file\"' EXIT\n"))
		return read_until(t, "\n)\n__code=$?\nexit $__code", asked);
	if (!skip(&t, "{ "))
		return WRAPPER_NONE;
	end = memmem(t.p, t.n, behind, sizeof(behind) - 1);
	if (!end)
		return WRAPPER_NONE;
	buf_put(asked, t.p, (size_t)(end - t.p));
	return WRAPPER_ASKED;
}

enum wrapper wrapper_read(const char *agent, const unsigned char *text, size_t n, struct buf *asked)
{
	static const struct {
		const char *agent;
		enum wrapper (*read)(struct text t, struct buf *asked);
	} agents[] = {{"codex", read_codex}, {"claude", read_claude}, {"gemini", read_gemini}};
	struct text t = {text, n};
	enum wrapper found = WRAPPER_NONE;
	size_t i;

	for (i = 0; i < sizeof(agents) / sizeof(*agents) && found == WRAPPER_NONE; i++) {
		buf_clear(asked);
		/* Codex does not say who it is when it looks around */
		if (n && (agent ? !strcmp(agent, agents[i].agent) : !i))
			found = agents[i].read(t, asked);
	}
	if (found != WRAPPER_ASKED)
		buf_clear(asked);
	return found;
}
