/* SPDX-License-Identifier: MIT */
/* Fuzz target: any file through whatever format it seems to have. The first byte says whether the
 * end of the rest is a typescript's timing file, and how much of it. */
#include "base/err.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/source.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int file_of(const void *data, size_t n)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || (n && write(fd, data, n) != (ssize_t)n))
		bug("memory file");
	return fd;
}

static void check_header(const struct header *h)
{
	if (h->cols < 1 || h->cols > 1000 || h->rows < 1 || h->rows > 1000)
		bug("no size of a terminal");
	if (h->start_us < 0 || (h->command && strlen(h->command) > (1 << 20)))
		bug("no header");
}

/* An event costs at least a byte of the files, but for one at each end. */
static void drain(struct source *s, size_t size)
{
	uint64_t events = 0, bytes = 0;
	int64_t last_us = 0;
	struct event e;
	size_t i;

	while (source_next(s, &e, NULL) == 1) {
		if (e.at_us < last_us)
			bug("time falls");
		if (++events > size + 2)
			bug("events without end");
		last_us = e.at_us;
		for (i = 0; i < e.len; i++)
			bytes += e.data[i];
	}
	if (source_offset(s) < 0 || source_offset(s) > (int64_t)size)
		bug("read %llu behind the end", (unsigned long long)bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source *s;
	size_t first;
	int fd, timing = -1;

	if (!size)
		return 0;
	first = data[0] & 1 ? (size - 1) * (data[0] >> 1) / 127 : size - 1;
	fd = file_of(data + 1, first);
	if (data[0] & 1)
		timing = file_of(data + 1 + first, size - 1 - first);
	s = source_new(fd, timing, NULL);
	if (s) {
		check_header(source_header(s));
		drain(s, size);
	}
	source_free(s);
	close(fd);
	if (timing >= 0)
		close(timing);
	return 0;
}
