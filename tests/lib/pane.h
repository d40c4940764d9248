/* SPDX-License-Identifier: MIT */
/* pane: a real terminal emulator to try steno at: a tmux server of its own with one pane, in which
 * a plain shell runs whose prompt is PANE_PROMPT. Nothing sleeps without a condition and a
 * deadline. */
#ifndef STENO_PANE_H
#define STENO_PANE_H

struct buf;
struct lab;

#define PANE_PROMPT "outer> "

struct pane {
	const struct lab *lab;
	const char *name;
};

/* The shell has STENO and LAB in its environment and is in the lab's repository. */
void pane_open(struct pane *p, const struct lab *lab, const char *name, int rows, int cols);
/* Ends the server: its terminal is hung up. */
void pane_close(struct pane *p);
/* Keys as tmux spells them, and text as it is. */
void pane_keys(const struct pane *p, const char *keys);
void pane_type(const struct pane *p, const char *text);
/* Types text and Enter. */
void pane_line(const struct pane *p, const char *text);
/* What is to be seen now; with flags "-e" the colours, too. */
void pane_capture(const struct pane *p, const char *flags, struct buf *out);
/* ok(): at last the text is on the screen; or is the last line that is not blank. */
int pane_shows(const struct pane *p, const char *text, const char *name);
int pane_ends(const struct pane *p, const char *text, const char *name);
/* ok(): at last tmux says this of the format, such as "#{alternate_on}". */
int pane_is(const struct pane *p, const char *format, const char *want, const char *name);
/* Stops the terminal: it takes nothing more; and lets it go on. */
void pane_stop(const struct pane *p);
void pane_go_on(const struct pane *p);
/* ok(): at last a script succeeds; it has PANE's tmux as $T. */
int pane_until(const struct pane *p, const char *script, const char *name);

#endif
