/* SPDX-License-Identifier: MIT */
/* page_private: what the parts of the page share; for them only. */
#ifndef STENO_PAGE_PRIVATE_H
#define STENO_PAGE_PRIVATE_H

#include "../base/buf.h"
#include "../out/dialogue.h"
#include "../out/export_private.h"
#include "../out/spool.h"
#include "../out/transcript.h"
#include "../out/worktree.h"
#include "look.h"
#include "page.h"

#include <stdint.h>

struct command;
struct err;
struct event;
struct excerpt;
struct words;

struct page {
	struct exporter base;
	const char *name;
	const struct page_player *player;
	struct story *story;
	struct look look;
	struct spool body, list, strip; /* the commands; a line of each; a bar of each */
	struct worktree changes;
	struct dialogue dialogue;
	struct buf scratch;

	int has_inner; /* a command of an agent's, or the like, inside of another one */
	uint64_t commands, failed, words;
	int64_t now_us;		       /* of the event being put */
	int64_t length_us, longest_us; /* of the whole; of a command */

	int is_running;

	struct exporter *recording; /* into recording_fd; NULL: not wanted, or too large */
	int recording_fd;
	uint64_t recording_bytes;
};

extern const struct worktree_form page_changes_form;

/* page.c: takes in a command whole; nothing is taken in behind one that runs. */
void page_tell(struct page *p, const struct command *c);

/* page_blocks.c: each appends a block. */
void page_put_command(struct page *p, const struct command *c, struct buf *out);
void page_put_loose(struct page *p, const struct excerpt *text, struct buf *out);
/* The command in the list of all, and in the strip of time. */
void page_put_entry(const struct command *c, struct buf *out);
void page_put_bar(const struct command *c, int64_t length_us, struct buf *out);
int page_has_failed(const struct command *c);
/* It runs inside of another one: its bar stands above those of the others. */
int page_is_inner(const struct command *c);
enum { PAGE_LANE = 24 }; /* the height of either */
void page_put_duration(int64_t us, struct buf *out);

/* The time of day; the whole of it for who asks. */
void page_put_clock(int64_t wall_us, struct buf *out);

/* page_words.c: the same */
void page_put_words(struct page *p, int64_t at_us, const struct words *w, struct buf *out);
void page_put_note(struct page *p, const struct event *e, struct buf *out);

/* page_file.c */
int page_write(struct page *p, const struct transcript_now *now, int fd, struct err *err);

/* page_lines.c: text in <pre>, folded when it is long. */
/* seq 0: of no command. */
void page_put_output(struct page *p, const struct excerpt *e, uint32_t seq, struct buf *out);
/* The same without colours: for what was never on the screen. */
void page_put_excerpt(struct page *p, const struct excerpt *e, uint32_t seq, struct buf *out);
void page_put_plain(const char *text, size_t n, struct buf *out);

#endif
