/* SPDX-License-Identifier: MIT */
/* Fuzz target: any file through the reader. The first byte chooses whether the rest is the whole
 * file or what follows a good header, and how far it has grown when it is first read. Reading it
 * as it grows must give as many events and bytes as reading it at once. */
#include "base/err.h"
#include "tape/event.h"
#include "tape/reader.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char header[] = "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n";

struct sum {
	uint64_t events, bytes, mixed;
	int64_t last_us;
};

/* Takes all events that are there now. */
static void drain(struct reader *r, struct sum *sum)
{
	struct event e;
	size_t i;

	while (reader_next(r, &e, NULL) == 1) {
		if (e.at_us < sum->last_us)
			bug("time falls");
		sum->last_us = e.at_us;
		sum->events++;
		sum->bytes += e.len;
		sum->mixed = sum->mixed * 31 + (unsigned char)e.code;
		for (i = 0; i < e.len; i++)
			sum->mixed = sum->mixed * 31 + e.data[i];
	}
}

static void put(int fd, const void *data, size_t n)
{
	if (n && write(fd, data, n) != (ssize_t)n)
		bug("memory file");
}

static struct sum read_at_once(int fd)
{
	struct reader *r = reader_new(fd, NULL);
	struct sum sum = {0};

	if (r)
		drain(r, &sum);
	reader_free(r);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sum grown = {0}, whole;
	struct reader *r;
	size_t first;
	int fd;

	if (!size)
		return 0;
	fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0)
		return 0;
	if (data[0] & 1)
		put(fd, header, sizeof(header) - 1);
	first = (size - 1) * (data[0] >> 1) / 127;
	put(fd, data + 1, first);
	r = reader_new(fd, NULL);
	if (r)
		drain(r, &grown);
	put(fd, data + 1 + first, size - 1 - first);
	if (r)
		drain(r, &grown);
	whole = read_at_once(fd);
	if (r && (grown.events != whole.events || grown.bytes != whole.bytes ||
		  grown.mixed != whole.mixed))
		bug("a growing file reads otherwise");
	reader_free(r);
	close(fd);
	return 0;
}
