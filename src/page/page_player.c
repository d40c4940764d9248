/* SPDX-License-Identifier: MIT */
/* Three files of a folder. They end up inside of elements of the page, so each is looked through
 * for what would end its element there. */
#include "page_player.h"

#include "../base/err.h"
#include "../base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { PLAYER_MOST = 16 << 20 };

static int read_all(int fd, struct buf *out)
{
	ssize_t n;

	do {
		buf_reserve(out, 65536);
		n = io_read_full(fd, out->data + out->len, 65536);
		if (n > 0)
			out->len += (size_t)n;
	} while (n > 0 && out->len <= PLAYER_MOST);
	return n < 0 ? -1 : 0;
}

static int load(struct buf *out, int dir, const char *name, struct err *err)
{
	int fd = openat(dir, name, O_RDONLY | O_NOCTTY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_sys(err, "open %s", name);
	rc = read_all(fd, out);
	if (rc < 0)
		err_sys(err, "read %s", name);
	else if (!out->len || out->len > PLAYER_MOST)
		rc = err_set(err, "%s: is empty, or too large", name);
	close(fd);
	return rc;
}

/* "</script", "</style" or "<!--", in any case; or what a parser of HTML changes, so that the hash
 * would not fit. */
static int ends_element(const struct buf *b)
{
	static const char *const ends[] = {"</script", "</style", "<!--"};
	size_t i, k;

	if (memchr(b->data, '\r', b->len) || memchr(b->data, '\0', b->len))
		return 1;
	for (i = 0; i < b->len; i++)
		for (k = 0; b->data[i] == '<' && k < sizeof(ends) / sizeof(*ends); k++) {
			size_t n = strlen(ends[k]);

			if (b->len - i >= n && !strncasecmp((const char *)b->data + i, ends[k], n))
				return 1;
		}
	return 0;
}

int page_player_load(struct page_player *p, const char *folder, struct err *err)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (dir < 0)
		return errno == ENOENT ? 1 : err_sys(err, "open %s", folder);
	rc = load(&p->script, dir, "asciinema-player.min.js", err);
	if (!rc)
		rc = load(&p->style, dir, "asciinema-player.css", err);
	if (!rc)
		rc = load(&p->licence, dir, "LICENSE", err);
	if (!rc && (ends_element(&p->script) || ends_element(&p->style)))
		rc = err_set(err, "cannot stand inside of a page");
	close(dir);
	return rc < 0 ? err_wrap(err, "%s", folder) : 0;
}

void page_player_release(struct page_player *p)
{
	buf_release(&p->script);
	buf_release(&p->style);
	buf_release(&p->licence);
}
