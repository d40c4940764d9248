/* SPDX-License-Identifier: MIT */
/* Any events (events.h) through a page and, of what is on the screen, through a picture. Whatever
 * they are, both must be well formed, and all that has a meaning in them steno's own. */
#include "events.h"
#include "markup.h"

#include "base/buf.h"
#include "base/err.h"
#include "out/export.h"
#include "page/page.h"
#include "page/page_player.h"
#include "page/svg.h"
#include "story/screen.h"
#include "tape/event.h"
#include "tape/header.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct made {
	struct exporter *page;
	struct screen *screen;
};

static void on_text(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
}

static const struct screen_sink sink = {on_text, on_text};

static void put_event(void *ctx, const struct event *e)
{
	struct made *made = ctx;

	if (export_put(made->page, e, NULL) < 0)
		bug("cannot write");
	if (e->code == EVENT_OUTPUT)
		screen_write(made->screen, e->data, e->len);
}

static void check(const char *wrong, const char *at)
{
	if (wrong)
		bug("%s: %s", wrong, at);
}

static void check_page(int fd)
{
	struct buf page = {0};
	char at[MARKUP_AT];
	size_t n = (size_t)lseek(fd, 0, SEEK_END);

	buf_reserve(&page, n);
	if (pread(fd, page.data, n, 0) != (ssize_t)n)
		bug("cannot read");
	page.len = n;
	check(markup_html(&page, at), at);
	buf_release(&page);
}

static void check_picture(const struct screen *s, const char *title)
{
	struct buf picture = {0};
	char at[MARKUP_AT];

	svg_put(&picture, s, title, SVG_FRAME | SVG_CURSOR);
	check(markup_svg(&picture, at), at);
	buf_clear(&picture);
	svg_put(&picture, s, title, SVG_FIT);
	check(markup_svg(&picture, at), at);
	buf_release(&picture);
}

/* The input is also what every text of the header says. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char hooks[] = "bash";
	struct buf text = {0};
	struct header h = {.cols = 20, .rows = 4, .version = 1, .hooks = hooks};
	struct page_player player = {.script = {0}};
	int fd = memfd_create("page", MFD_CLOEXEC);
	struct made made;

	buf_put(&text, data, size < 200 ? size : 200);
	h.session = h.root = h.model = h.git_branch = h.command = (char *)(uintptr_t)buf_str(&text);
	buf_puts(&player.script, "0");
	made.screen = screen_new(h.rows, h.cols, &sink, NULL);
	made.page = page_new(&h, "name", size % 2 ? &player : NULL, -1, fd);
	events_read(data, size, put_event, &made);
	if (fd < 0 || export_end(made.page, size % 3 ? 0 : EXPORT_RUNNING, NULL) < 0)
		bug("cannot write");
	check_page(fd);
	check_picture(made.screen, buf_str(&text));
	export_free(made.page);
	screen_free(made.screen);
	page_player_release(&player);
	buf_release(&text);
	close(fd);
	return 0;
}
