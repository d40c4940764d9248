/* SPDX-License-Identifier: MIT */
/* Lines out of a command. */
#include "report.h"

#include "../base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = REPORT_LINE - 128, WORD_MOST = 256 };

/* Whoever recorded may be gone: that is nothing to die of, nor for the command to hear of. */
static int send_line(const struct report *r, struct buf *line)
{
	const struct timespec at_once = {0};
	sigset_t broken, before;
	ssize_t n;

	buf_putc(line, '\n');
	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	sigprocmask(SIG_BLOCK, &broken, &before);
	do
		n = write(r->fd, line->data, line->len);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EPIPE)
		sigtimedwait(&broken, NULL, &at_once);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return n == (ssize_t)line->len ? 0 : -1;
}

/* As percent_put(), but of what is no ASCII, too: a line may end within a character, and no byte
 * may be lost. */
static size_t cost(unsigned char c)
{
	return c < 0x20 || c >= 0x7f || c == '%' || c == ';' ? 3 : 1;
}

/* Appends as much of what *text has left as the line has room for. */
static void put_piece(struct buf *line, const char **text, size_t *left)
{
	for (; *left && line->len + cost((unsigned char)**text) <= ROOM; ++*text, --*left) {
		unsigned char c = (unsigned char)**text;

		if (cost(c) > 1)
			buf_printf(line, "%%%02X", c);
		else
			buf_putc(line, c);
	}
}

static void put_word(struct buf *line, const char *key, const char *text)
{
	size_t n = text ? strnlen(text, WORD_MOST) : 0;

	if (!n)
		return;
	buf_puts(line, key);
	put_piece(line, &text, &n);
}

/* One of the command's long texts, in as many lines as it takes. */
static int send_text(const struct report *r, const char *key, const char *text, size_t left)
{
	struct buf line = {0};
	int rc = 0;

	while (left && !rc) {
		buf_clear(&line);
		buf_printf(&line, "T;i=%s;%s=", r->id, key);
		put_piece(&line, &text, &left);
		rc = send_line(r, &line);
	}
	buf_release(&line);
	return rc;
}

static int send_begin(const struct report *r, const struct report_command *c)
{
	size_t n = strlen(c->text), most = n < REPORT_TEXT ? n : REPORT_TEXT;
	struct buf line = {0};
	int rc;

	if (send_text(r, "d", c->cwd ? c->cwd : "", c->cwd ? strlen(c->cwd) : 0) < 0 ||
	    send_text(r, "cmd", c->text, most) < 0)
		return -1;
	buf_printf(&line, "B;i=%s;w=%" PRId64 ";pid=%d;tty=%d", r->id, c->wall_us, (int)c->pid,
		   c->on_terminal);
	if (most < n)
		buf_puts(&line, ";cut=1");
	put_word(&line, ";agent=", c->agent);
	put_word(&line, ";call=", c->call);
	rc = send_line(r, &line);
	buf_release(&line);
	return rc;
}

void report_begin(struct report *r, const struct report_command *c)
{
	r->begun = r->fd >= 0 && send_begin(r, c) == 0;
}

void report_end(struct report *r, const struct report_command *c, int64_t us, int wait_status)
{
	struct buf line = {0};

	if (r->fd < 0)
		return;
	if (!r->begun)
		report_begin(r, c);
	buf_printf(&line, "E;i=%s;us=%" PRId64, r->id, us);
	if (WIFSIGNALED(wait_status))
		buf_printf(&line, ";sig=%d", WTERMSIG(wait_status));
	else
		buf_printf(&line, ";st=%d", WEXITSTATUS(wait_status));
	send_line(r, &line);
	buf_release(&line);
}
