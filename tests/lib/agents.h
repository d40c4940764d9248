/* SPDX-License-Identifier: MIT */
/* agents: the real Codex CLI, Claude Code and Gemini CLI, told by a scripted model (model.mjs) what
 * to say and what to run. What they were asked and say would break a log that is kept by hand; what
 * they run fails, is killed, runs in the background and in parallel, edits, prints what is no
 * text. */
#ifndef STENO_AGENTS_H
#define STENO_AGENTS_H

struct lab;
struct term;

extern struct lab agents_lab; /* where the one at work is tried */

/* Of the longest reply. Many make a megabyte; at that the full-screen Claude Code works for
 * minutes. */
enum { AGENTS_MANY = 24000, AGENTS_SOME = 1000 };

/* Whether `make agents` has installed it. Asked first: it sets TOP, the top of the tree. */
int agents_has(const char *agent);

/* A lab with the model at work: ./env.sh leads an agent to it, ./asked is what to ask. */
void agents_begin(int lines);
void agents_end(const char *agent);
/* A full-screen agent at the prompt of a recorded shell, until its last word and `leave`. */
void agents_show(const char *agent, const char *line, int lines, void (*leave)(struct term *t));

/* ok(): what was said is in the transcript, byte for byte. */
void agents_check_words(const char *agent);
/* ok(): each command is in the log once, from src, with its status, and `others` beside them. */
void agents_check_commands(const char *agent, const char *src, int others);
/* ok(): under the agent's name for it, and with what it printed. */
void agents_check_outputs(const char *agent);
/* ok(): those that were measured have true times. */
void agents_check_times(const char *agent);
/* ok(): both, measured, with true times. */
void agents_check(const char *agent, int others);
/* The record of a command; below 0 if there is not one. */
long agents_record(const char *text);

/* Whole tests: of a shell's line that runs steno with an agent that prints, and of one that is
 * typed in a recorded shell. */
void agents_print(const char *agent, const char *line, int lines);
void agents_full_screen(const char *agent, const char *line, int lines,
			void (*leave)(struct term *t));

#endif
