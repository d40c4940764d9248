/* SPDX-License-Identifier: MIT */
/* Beside the program first, so that a tree that was built or moved is whole in itself. */
#include "datadir.h"

#include "../base/buf.h"
#include "../page/page_player.h"
#include "place.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

/* The folder of the folder that the program is in; 0, or -1: not known. */
static int put_prefix(struct buf *out)
{
	char path[PATH_MAX], *slash;
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	int up;

	if (n <= 0)
		return -1;
	path[n] = '\0';
	for (up = 0; up < 2; up++) {
		slash = strrchr(path, '/');
		if (!slash)
			return -1;
		*slash = '\0';
	}
	buf_puts(out, path);
	return 0;
}

int datadir_load_player(struct page_player *p, struct err *err)
{
	struct buf folder = {0};
	int rc = 1;

	if (put_prefix(&folder) == 0) {
		buf_puts(&folder, "/share/steno/player");
		rc = page_player_load(p, buf_str(&folder), err);
	}
	buf_release(&folder);
	return rc == 1 ? page_player_load(p, STENO_DATADIR "/player", err) : rc;
}
