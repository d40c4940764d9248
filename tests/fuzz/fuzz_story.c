/* SPDX-License-Identifier: MIT */
/* Any events (events.h) through the story into both files' text. Each command must end once, after
 * it began; the first half of the events must tell the first part of the story; the transcript must
 * hold nothing that is not text, a provenance line must be one short line. */
#include "events.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "out/provenance.h"
#include "out/transcript.h"
#include "story/story.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/words.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char id[] = "00112233445566778899aabbccddeeff";
static const struct header header = {.cols = 20, .rows = 4, .id = id};

enum { SEQS = 1 << 16 };

struct told {
	struct buf log; /* what was told, as bytes to compare */
	struct transcript *transcript;
	unsigned char ended[SEQS];
	uint32_t begun, n_ended;
};

static void on_started(void *ctx, const struct command *c)
{
	struct told *t = ctx;

	if (c->seq != ++t->begun)
		bug("commands begin out of order");
	transcript_put_started(t->transcript, c);
}

static void on_ended(void *ctx, const struct command *c)
{
	struct told *t = ctx;
	struct buf line = {0};

	if (!c->seq || c->seq > t->begun || t->ended[c->seq % SEQS]++)
		bug("a command ends twice, or never began");
	t->n_ended++;
	if (!c->end || (c->end_us >= 0 && c->end_us < c->start_us))
		bug("a command without a good end");
	provenance_line(&header, c, &line);
	if (line.len > PROVENANCE_LINE ||
	    memchr(line.data, '\n', line.len) != line.data + line.len - 1)
		bug("a bad provenance line");
	buf_put(&t->log, line.data, line.len);
	buf_release(&line);
	transcript_put_command(t->transcript, c);
}

static void on_loose(void *ctx, int64_t at_us, const struct excerpt *text)
{
	struct told *t = ctx;

	buf_put(&t->log, &at_us, sizeof(at_us));
	transcript_put_loose(t->transcript, at_us, text);
}

static void on_words(void *ctx, int64_t at_us, const struct words *w)
{
	struct told *t = ctx;

	buf_put(&t->log, w->text, w->text ? w->n : 0);
	transcript_put_words(t->transcript, at_us, w);
}

static void on_fact(void *ctx, const struct event *e)
{
	struct told *t = ctx;

	buf_put(&t->log, e->data, e->len);
	transcript_put_fact(t->transcript, e);
}

static const struct story_sink sink = {.started = on_started,
				       .ended = on_ended,
				       .loose = on_loose,
				       .words = on_words,
				       .fact = on_fact};

static void put_event(void *ctx, const struct event *e)
{
	story_put(ctx, e);
}

static void check_page(const struct transcript *t, struct story *s)
{
	const struct command *beside[STORY_BESIDE];
	struct transcript_now now = {
		.running = story_running(s), .loose = story_loose(s), .beside = beside};
	int fd = memfd_create("page", MFD_CLOEXEC);
	struct buf page = {0};
	size_t n, i;

	while (now.n_beside < STORY_BESIDE &&
	       (beside[now.n_beside] = story_beside(s, now.n_beside)))
		now.n_beside++;
	if (fd < 0 || transcript_write(t, &now, fd, NULL) < 0)
		bug("cannot write");
	n = (size_t)lseek(fd, 0, SEEK_END);
	buf_reserve(&page, n);
	if (pread(fd, page.data, n, 0) != (ssize_t)n)
		bug("cannot read");
	close(fd);
	if (utf8_valid_prefix(page.data, n) != n)
		bug("the transcript is not UTF-8");
	for (i = 0; i < n; i++)
		if ((page.data[i] < 0x20 && page.data[i] != '\n' && page.data[i] != '\t') ||
		    page.data[i] == 0x7F)
			bug("a control character in the transcript");
	buf_release(&page);
}

static void tell(struct told *t, const uint8_t *data, size_t size, int end)
{
	struct story *s = story_new(&header, &sink, t);

	memset(t, 0, sizeof(*t));
	t->transcript = transcript_new(&header, -1);
	events_read(data, size, put_event, s);
	check_page(t->transcript, s);
	if (end)
		story_end(s);
	if (end && t->n_ended != t->begun)
		bug("a command without an end");
	check_page(t->transcript, s);
	transcript_free(t->transcript);
	story_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *half = size ? memrchr(data, '\n', size / 2) : NULL;
	static struct told whole, part;

	tell(&whole, data, size, 1);
	tell(&part, data, half ? (size_t)(half - data) : 0, 0);
	if (part.log.len > whole.log.len ||
	    (part.log.len && memcmp(part.log.data, whole.log.data, part.log.len)))
		bug("a beginning tells another story");
	buf_release(&whole.log);
	buf_release(&part.log);
	return 0;
}
