/* SPDX-License-Identifier: MIT */
/* agent: a coding agent's own log of a conversation, read while it grows or afterwards. Bytes in,
 * words (tape/words.h) out: no I/O, no clock. The same bytes give the same words, however they are
 * cut.
 *
 * Read are, told by what is in them:
 *   codex   rollout-*.jsonl of Codex CLI, all forms from 2025 on
 *   claude  transcripts of Claude Code, sub-agents' files too
 *   gemini  chats of Gemini CLI, one JSON text or one a line
 * None of them is documented; adapters take what they know and count the rest. */
#ifndef STENO_AGENT_H
#define STENO_AGENT_H

#include <stddef.h>
#include <stdint.h>

struct agent;
struct words;

/* Longer lines are passed over and told by a WORDS_NOTE. */
enum { AGENT_LINE = 16 << 20 };

/* w and its texts are borrowed for the call; line and nth rise from word to word. */
typedef void agent_sink(void *ctx, const struct words *w);

/* Texts are NULL until known; they stay as they are from then on. */
struct agent_info {
	const char *agent;  /* "codex", ...; NULL: no line of a known kind yet */
	const char *thread; /* its id of the conversation */
	const char *name;   /* of a sub-agent; NULL: none */
	const char *cwd;    /* where it began */
	int64_t start_us;   /* when, as it says; -1 */
	uint64_t lines;	    /* with something in them */
	uint64_t unknown;   /* of a kind no adapter knows */
	uint64_t bad;	    /* no JSON, torn ones among them */
	uint64_t too_long;
};

struct agent *agent_new(agent_sink *sink, void *ctx);
void agent_free(struct agent *a);
void agent_put(struct agent *a, const void *bytes, size_t n);
/* The log is complete: what waited for what follows is told now. */
void agent_end(struct agent *a);
const struct agent_info *agent_info(const struct agent *a);

#endif
