/* SPDX-License-Identifier: MIT */
/* The file is opened anew at each call: another may bear its name by now. */
#include "intake.h"

#include "base/json.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void give_lines(struct intake *r, void (*each)(void *ctx, const struct json *j, int again),
		       void *ctx, int again)
{
	unsigned char *newline;
	size_t done = 0;

	while ((newline = memchr(r->rest.data + done, '\n', r->rest.len - done))) {
		size_t n = (size_t)(newline - r->rest.data) - done;
		struct json *j = json_parse(r->rest.data + done, n, NULL);

		each(ctx, j, again);
		json_free(j);
		done += n + 1;
	}
	r->rest.len -= done;
	memmove(r->rest.data, r->rest.data + done, r->rest.len);
}

void intake_read(struct intake *r, void (*each)(void *ctx, const struct json *j, int again),
		 void *ctx)
{
	int fd = open(r->path, O_RDONLY | O_CLOEXEC), again;
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return;
	again = fstat(fd, &st) == 0 && r->inode && st.st_ino != r->inode;
	if (again) {
		buf_clear(&r->rest);
		r->read = 0;
	}
	r->inode = st.st_ino;
	do {
		buf_reserve(&r->rest, 65536);
		n = pread(fd, r->rest.data + r->rest.len, 65536, r->read);
		if (n > 0) {
			r->rest.len += (size_t)n;
			r->read += n;
			give_lines(r, each, ctx, again);
		}
	} while (n > 0);
	close(fd);
}

void intake_release(struct intake *r)
{
	buf_release(&r->rest);
}
