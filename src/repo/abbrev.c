/* SPDX-License-Identifier: MIT */
/* Counts packed objects as git does: from the packs' indexes, loose objects not at all. */
#include "abbrev.h"

#include "../base/buf.h"
#include "../base/io.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ABBREV_LEAST = 4,  /* git's minimum */
	ABBREV_USUAL = 7,  /* FALLBACK_DEFAULT_ABBREV */
	FANOUT_LAST = 255, /* gitformat-pack(5): the last of 256 counts is that of all objects */
};

static uint32_t big_endian(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Objects in one pack, from the index of version 1 or 2. */
static uint64_t count_of(int dir, const char *name)
{
	static const unsigned char v2[] = {0xff, 't', 'O', 'c'};
	int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	unsigned char head[4], last[4];
	uint64_t count = 0;
	struct stat st;
	off_t at;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && pread(fd, head, 4, 0) == 4) {
		at = (memcmp(head, v2, 4) == 0 ? 8 : 0) + FANOUT_LAST * 4;
		if (pread(fd, last, 4, at) == 4)
			count = big_endian(last);
	}
	io_close(&fd);
	return count;
}

static int ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

static uint64_t count_packed(git_repository *repo)
{
	struct buf path = {0};
	const struct dirent *e;
	uint64_t count = 0;
	DIR *d;

	buf_printf(&path, "%sobjects/pack", git_repository_commondir(repo));
	d = opendir(buf_str(&path));
	buf_release(&path);
	if (!d)
		return 0;
	while ((e = readdir(d)) != NULL)
		if (ends_in(e->d_name, ".idx"))
			count += count_of(dirfd(d), e->d_name);
	closedir(d);
	return count;
}

static size_t length_for(uint64_t count)
{
	size_t bits = 0, digits;

	while (count) {
		bits++;
		count >>= 1;
	}
	digits = (bits + 1) / 2;
	return digits < ABBREV_USUAL ? ABBREV_USUAL : digits;
}

size_t abbrev_length(git_repository *repo, git_config *config)
{
	const char *text;
	int32_t n;

	if (git_config_get_string(&text, config, "core.abbrev") < 0 ||
	    strcasecmp(text, "auto") == 0)
		return length_for(count_packed(repo));
	if (git_config_parse_int32(&n, text) < 0)
		return ABBREV_MAX; /* "no" */
	if (n < ABBREV_LEAST)
		return ABBREV_LEAST;
	return n > ABBREV_MAX ? (size_t)ABBREV_MAX : (size_t)n;
}

void abbrev_oid(char out[ABBREV_MAX + 1], git_odb *odb, const git_oid *oid, size_t length)
{
	static const git_oid zero;
	git_oid other;

	while (length < ABBREV_MAX && !git_oid_equal(oid, &zero)) {
		int rc = git_odb_exists_prefix(&other, odb, oid, length);

		if (rc == GIT_ENOTFOUND || (rc == 0 && git_oid_equal(&other, oid)))
			break;
		length++;
	}
	git_oid_tostr(out, length + 1, oid);
}
