/* SPDX-License-Identifier: MIT */
/* The file from top to bottom. Scripts and styles are the page's own, the player's, and the
 * colours' of this page; the policy names each by its hash, so nothing else can run or style,
 * whatever got into the page. The player needs WebAssembly, and nothing else. */
#include "page_private.h"

#include "../base/base64.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../base/sha256.h"
#include "../out/wording.h"
#include "../story/story.h"
#include "../tape/header.h"
#include "html.h"
#include "page-text.h"
#include "page_player.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 65536, OPEN_LIST = 12 /* commands up to which the list is open */ };

struct file {
	struct page *page;
	const struct transcript_now *now;
	struct buf colours; /* rules of this page */
	struct buf out;
	int fd;
};

static int has_player(const struct page *p)
{
	return p->player && p->recording;
}

/* The last part of the root's path, or what else there is. */
static const char *page_title(const struct page *p)
{
	const char *root = p->base.header->root, *slash = root ? strrchr(root, '/') : NULL;

	if (root)
		return slash && slash[1] ? slash + 1 : root;
	return p->base.header->title ? p->base.header->title : p->name;
}

/* The head */

static void put_hash(const void *data, size_t n, struct buf *out)
{
	unsigned char hash[SHA256_LEN], text[SHA256_LEN * 2];

	sha256(data, n, hash);
	buf_puts(out, " 'sha256-");
	buf_put(out, text, base64_encode(hash, sizeof(hash), text));
	buf_putc(out, '\'');
}

static void put_policy(struct file *f)
{
	const struct page *p = f->page;
	struct buf *out = &f->out;

	buf_puts(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "base-uri 'none'; form-action 'none'; script-src");
	put_hash(page_page_js, sizeof(page_page_js), out);
	if (has_player(p)) {
		put_hash(p->player->script.data, p->player->script.len, out);
		buf_puts(out, " 'wasm-unsafe-eval'");
	}
	buf_puts(out, "; style-src");
	put_hash(page_page_css, sizeof(page_page_css), out);
	put_hash(f->colours.data, f->colours.len, out);
	if (has_player(p))
		put_hash(p->player->style.data, p->player->style.len, out);
	buf_puts(out, "\">\n");
}

static void put_element(const char *name, const void *data, size_t n, struct buf *out)
{
	buf_printf(out, "<%s>", name);
	buf_put(out, data, n);
	buf_printf(out, "</%s>\n", name);
}

/* Scales the bars of the list, whose widths are milliseconds in percent. */
static void put_scale(const struct page *p, struct buf *out)
{
	int64_t ms = p->longest_us / 1000;

	buf_printf(out, ".bar rect{transform:scaleX(%.9f)}\n", ms > 0 ? 100.0 / (double)ms : 1.0);
}

static void put_head(struct file *f)
{
	const struct page *p = f->page;
	struct buf *out = &f->out;

	look_css(&p->look, &f->colours);
	put_scale(p, &f->colours);
	buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	put_policy(f);
	buf_puts(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"color-scheme\" content=\"light dark\">\n"
		      "<meta name=\"referrer\" content=\"no-referrer\">\n"
		      "<meta name=\"generator\" content=\"steno " STENO_VERSION "\">\n<title>");
	html_text(out, page_title(p));
	if (p->base.header->session) {
		buf_puts(out, ": ");
		html_text(out, p->base.header->session);
	}
	buf_puts(out, "</title>\n");
	if (has_player(p))
		put_element("style", p->player->style.data, p->player->style.len, out);
	put_element("style", page_page_css, sizeof(page_page_css), out);
	put_element("style", f->colours.data, f->colours.len, out);
	buf_puts(out, "</head>\n<body>\n");
}

/* The title and what is known of the session */

/* What was in effect, if the agent has told; else what steno was told. */
static void put_setting(struct buf *out, const char *name, const struct buf *seen, const char *told)
{
	buf_printf(out, "<div><dt>%s</dt><dd>", name);
	if (seen->len)
		html_line(out, seen->data, seen->len);
	else
		html_text(out, told);
	buf_puts(out, "</dd></div>\n");
}

static void put_commands(const struct page *p, struct buf *out)
{
	buf_puts(out, "<div><dt>Commands</dt><dd>");
	wording_count(out, p->commands);
	if (p->failed) {
		buf_puts(out, ", <span class=\"bad\">✗ ");
		wording_count(out, p->failed);
		buf_puts(out, " failed</span>");
	}
	buf_puts(out, "</dd></div>\n");
}

static void put_began(const struct page *p, struct buf *out)
{
	struct buf iso = {0};

	if (p->base.header->start_us > 0 && header_has_start(p->base.header)) {
		wording_time(&iso, p->base.header->start_us);
		buf_printf(out, "<div><dt>Began</dt><dd><time datetime=\"%s\">", buf_str(&iso));
		buf_put(out, iso.data, 10);
		buf_putc(out, ' ');
		buf_put(out, iso.data + 11, 8);
		buf_puts(out, " UTC</time></dd></div>\n");
	}
	buf_release(&iso);
	buf_puts(out, "<div><dt>Lasted</dt><dd>");
	if (header_has_times(p->base.header))
		page_put_duration(p->length_us, out);
	else
		buf_puts(out, "not known");
	buf_puts(out, "</dd></div>\n");
}

static void put_facts(const struct page *p, struct buf *out)
{
	const struct header *h = p->base.header;

	buf_puts(out, "<dl>\n");
	put_began(p, out);
	if (h->version)
		put_commands(p, out);
	if (h->version) {
		put_setting(out, "Model", &p->dialogue.model, h->model);
		put_setting(out, "Profile", &p->dialogue.profile, h->profile);
		put_setting(out, "Sandbox", &p->dialogue.sandbox, h->sandbox);
	}
	buf_puts(out, "</dl>\n");
}

static void put_import(const struct header *h, struct buf *out)
{
	buf_puts(out, "<p>From ");
	html_text(out, h->imported);
	buf_puts(out, "'s own log");
	if (h->imported_from) {
		buf_putc(out, ' ');
		html_code(out, (const unsigned char *)h->imported_from, strlen(h->imported_from));
	}
	buf_puts(out, ". Nothing here was measured: times, exit codes and output are as ");
	html_text(out, h->imported);
	buf_puts(out, " wrote them down.</p>\n");
}

static void put_where(const struct page *p, struct buf *out)
{
	const struct header *h = p->base.header;
	const char *cwd = h->cwd ? h->cwd : h->root;

	buf_puts(out, "<p>Session <code>");
	html_text(out, h->session ? h->session : p->name);
	buf_puts(out, "</code>");
	if (cwd) {
		buf_puts(out, " in ");
		html_code(out, (const unsigned char *)cwd, strlen(cwd));
	}
	if (h->steno) {
		buf_puts(out, h->imported  ? ", imported by steno "
			      : h->made_of ? ", made by steno "
					   : ", recorded by steno ");
		html_text(out, h->steno);
	}
	if (h->made_of) {
		buf_puts(out, " of another program's recording ");
		html_code(out, (const unsigned char *)h->made_of, strlen(h->made_of));
	}
	if (h->command) {
		buf_puts(out, ", running ");
		html_code(out, (const unsigned char *)h->command, strlen(h->command));
	}
	buf_puts(out, ".</p>\n");
	if (h->imported)
		put_import(h, out);
	if (wording_times(h))
		buf_printf(out, "<p>%s</p>\n", wording_times(h));
}

static void put_ending(const struct transcript_now *now, int is_imported, struct buf *out)
{
	buf_puts(out, "<p class=\"ending\">");
	if (!is_imported) /* then nobody saw the end */
		wording_end(out, now);
	if (now->forged) {
		buf_putc(out, ' ');
		wording_forged(out, now->forged);
	}
	if (now->unheard) {
		buf_putc(out, ' ');
		wording_unheard(out, now->unheard);
	}
	if (now->skipped) {
		buf_putc(out, ' ');
		wording_skipped(out, now->skipped);
	}
	buf_puts(out, "</p>\n");
}

static void put_top(struct file *f)
{
	const struct page *p = f->page;
	struct buf *out = &f->out;

	buf_puts(out,
		 "<a class=\"skip\" href=\"#transcript\">To the transcript</a>\n<header>\n<h1>");
	html_text(out, page_title(p));
	buf_puts(out, "</h1>\n");
	put_where(p, out);
	put_facts(p, out);
	put_ending(f->now, p->base.header->imported != NULL, out);
	buf_puts(out, "</header>\n<main>\n");
}

/* Writing */

static int write_out(struct file *f, struct err *err)
{
	int rc = io_write_all(f->fd, f->out.data, f->out.len, NULL, err);

	buf_clear(&f->out);
	return rc;
}

/* What is held, then the spool. */
static int write_spool(struct file *f, const struct spool *s, struct err *err)
{
	return write_out(f, err) < 0 ? -1 : spool_write(s, f->fd, err);
}

/* Where the time went */

static void put_axis(const struct page *p, struct buf *out)
{
	int i;

	buf_puts(out, "<p class=\"axis\" aria-hidden=\"true\">");
	for (i = 0; i <= 4; i++) {
		buf_puts(out, "<span>");
		page_put_duration(p->length_us * i / 4, out);
		buf_puts(out, "</span>");
	}
	buf_puts(out, "</p>\n");
}

static int write_strip(struct file *f, struct err *err)
{
	const struct page *p = f->page;
	int64_t ms = p->length_us / 1000;
	struct buf *out = &f->out;

	buf_printf(out,
		   "<h2>Where the time went</h2>\n"
		   "<svg class=\"strip%s\" viewBox=\"0 %d %" PRId64
		   " %d\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\n",
		   p->has_inner ? " two" : "", p->has_inner ? -PAGE_LANE - 2 : 0, ms > 0 ? ms : 1,
		   p->has_inner ? 2 * PAGE_LANE + 2 : PAGE_LANE);
	if (write_spool(f, &p->strip, err) < 0)
		return -1;
	buf_puts(out, "</svg>\n");
	put_axis(p, out);
	return 0;
}

static int write_times(struct file *f, struct err *err)
{
	const struct page *p = f->page;
	struct buf *out = &f->out;

	if (!p->commands)
		return 0;
	buf_puts(out, "<section class=\"times\" id=\"times\">\n");
	if (!header_has_times(p->base.header))
		buf_puts(out, "<h2>Commands</h2>\n");
	else if (write_strip(f, err) < 0)
		return -1;
	buf_printf(out, "<details%s><summary>All commands</summary>\n<ol class=\"list\">\n",
		   p->commands <= OPEN_LIST ? " open" : "");
	if (write_spool(f, &p->list, err) < 0)
		return -1;
	buf_puts(out, "</ol></details>\n</section>\n");
	return 0;
}

/* The replay */

static void put_no_replay(const struct page *p, struct buf *out)
{
	if (p->base.header->imported)
		buf_puts(out, "<p>Of this session there is no recording.</p>\n");
	else if (!p->player)
		buf_puts(out, "<p>The player is not in this page: asciinema-player was not there "
			      "when it was made. <code>steno play</code> plays the session in a "
			      "terminal.</p>\n");
	else
		buf_printf(out,
			   "<p>The recording is not in this page: it holds more than %d MiB of "
			   "output. <code>steno play</code> plays it in a terminal.</p>\n",
			   PAGE_RECORDING >> 20);
}

static int write_recording(struct file *f, struct err *err)
{
	unsigned char piece[PIECE];
	ssize_t n;

	if (lseek(f->page->recording_fd, 0, SEEK_SET) < 0)
		return err_sys(err, "read the recording");
	while ((n = io_read_full(f->page->recording_fd, piece, sizeof(piece))) > 0) {
		html_json(&f->out, piece, (size_t)n);
		if (write_out(f, err) < 0)
			return -1;
	}
	return n < 0 ? err_sys(err, "read the recording") : 0;
}

static int write_replay(struct file *f, struct err *err)
{
	struct buf *out = &f->out;

	buf_puts(out, "<section class=\"replay\" id=\"replay\">\n<h2>Replay</h2>\n");
	if (!has_player(f->page)) {
		put_no_replay(f->page, out);
	} else {
		buf_puts(out, "<noscript><p>The replay needs JavaScript.</p></noscript>\n"
			      "<details id=\"stage\" hidden><summary>Play the session</summary>\n"
			      "<div id=\"player\"></div></details>\n"
			      "<script type=\"application/json\" id=\"recording\">");
		if (write_recording(f, err) < 0)
			return -1;
		buf_puts(out, "</script>\n");
	}
	buf_puts(out, "</section>\n");
	return 0;
}

/* The transcript */

static void put_filter(const struct page *p, struct buf *out)
{
	if (p->commands < 2)
		return;
	buf_printf(out,
		   "<form class=\"filter\" id=\"filter\" role=\"search\" hidden>\n"
		   "<label>Filter <input type=\"search\" id=\"wanted\" autocomplete=\"off\" "
		   "spellcheck=\"false\" placeholder=\"text of commands and output\"></label>\n"
		   "<label class=\"only\"><input type=\"checkbox\" id=\"failed\"%s> failed only"
		   "</label>\n<output id=\"count\" for=\"wanted failed\"></output>\n</form>\n",
		   p->failed ? "" : " disabled");
}

static int write_transcript(struct file *f, struct err *err)
{
	const struct page *p = f->page;
	struct buf *out = &f->out;

	buf_puts(out, "<section id=\"transcript\">\n<h2>Transcript</h2>\n");
	put_filter(p, out);
	if (write_spool(f, &p->body, err) < 0)
		return -1;
	if (!p->commands && p->base.header->version)
		buf_printf(out, "<p>%s</p>\n", wording_no_commands(p->base.header));
	buf_puts(out, "</section>\n");
	return 0;
}

/* The section is opened by the form. */
static int write_changes(struct file *f, struct err *err)
{
	const struct page *p = f->page;

	if (!p->base.header->version)
		return 0;
	if (write_out(f, err) < 0 ||
	    worktree_write(&p->changes, f->now->is_running ? WORKTREE_RUNNING : 0, f->fd, err) < 0)
		return -1;
	buf_puts(&f->out, "</section>\n");
	return 0;
}

static void put_end(struct file *f)
{
	const struct page *p = f->page;
	struct buf *out = &f->out;

	buf_puts(out, "</main>\n<footer>\n<p>Made by steno " STENO_VERSION
		      " from the recording. Times of day are UTC.</p>\n");
	if (has_player(p)) {
		buf_puts(out, "<details><summary>The player is asciinema-player, under the Apache "
			      "License 2.0</summary>\n<pre>\n");
		html_block(out, p->player->licence.data, p->player->licence.len);
		buf_puts(out, "</pre></details>\n");
	}
	buf_puts(out, "</footer>\n");
	if (has_player(p))
		put_element("script", p->player->script.data, p->player->script.len, out);
	put_element("script", page_page_js, sizeof(page_page_js), out);
	buf_puts(out, "</body>\n</html>\n");
}

int page_write(struct page *p, const struct transcript_now *now, int fd, struct err *err)
{
	struct file f = {.page = p, .now = now, .fd = fd};
	int rc = -1;

	put_head(&f);
	put_top(&f);
	if (write_times(&f, err) == 0 && write_replay(&f, err) == 0 &&
	    write_transcript(&f, err) == 0 && write_changes(&f, err) == 0) {
		put_end(&f);
		rc = write_out(&f, err);
	}
	buf_release(&f.colours);
	buf_release(&f.out);
	return rc;
}
