/* SPDX-License-Identifier: MIT */
/* Golden sessions: each folder of tests/golden holds a recording and the two files that a rebuild
 * must make of it, byte for byte. After a wanted change: GOLDEN_UPDATE=1 runs this and writes them
 * anew; look at the difference before you commit it. */
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "out/provenance.h"
#include "out/scribe.h"
#include "box.h"
#include "tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {"session.md", PROVENANCE_NAME};

static void slurp(int dir, const char *name, struct buf *out)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	char chunk[4096];
	ssize_t n;

	buf_clear(out);
	while (fd >= 0 && (n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_put(out, chunk, (size_t)n);
	io_close(&fd);
}

static void update(int dir, const char *name, const struct buf *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || io_write_all(fd, text->data, text->len, NULL, NULL) < 0)
		bug("cannot write %s", name);
	close(fd);
}

static void test_session(int golden, const char *name, int work)
{
	int dir = openat(golden, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int cast = openat(dir, "recording.cast", O_RDONLY | O_CLOEXEC);
	const struct scribe scribe = {.cast = cast, .dir = work, .session = "session"};
	struct buf got = {0}, want = {0};
	struct err err = {.code = 0};
	size_t i;

	unlinkat(work, PROVENANCE_NAME, 0);
	if (!is_int(scribe_rebuild(&scribe, &err), 0, "%s is rebuilt", name))
		tap_note("%s", err.text);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		slurp(work, names[i], &got);
		if (getenv("GOLDEN_UPDATE"))
			update(dir, names[i], &got);
		slurp(dir, names[i], &want);
		is_mem(got.data, got.len, want.data, want.len, "%s has the wanted %s", name,
		       names[i]);
	}
	is_int(scribe_check(&scribe, &err), 0, "%s: a check agrees", name);
	io_close(&cast);
	io_close(&dir);
	buf_release(&got);
	buf_release(&want);
}

int main(void)
{
	int golden = open("tests/golden", O_RDONLY | O_DIRECTORY | O_CLOEXEC), work, count = 0;
	struct dirent **list = NULL;
	int n = scandir("tests/golden", &list, NULL, alphasort), i;

	box_open();
	work = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.') {
			test_session(golden, list[i]->d_name, work);
			count++;
		}
		free(list[i]);
	}
	free(list);
	ok(count > 0, "there are golden sessions");
	io_close(&work);
	io_close(&golden);
	box_close();
	return tap_done();
}
