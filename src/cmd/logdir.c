/* SPDX-License-Identifier: MIT */
/* Nothing is made here: a verb that reads must not leave a folder behind. */
#include "logdir.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../repo/survey.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void logdir_choose(const char *root, const char *asked, const char *config, struct buf *out)
{
	const char *name = asked && *asked ? asked : config && *config ? config : "codex-logs";
	size_t n = strlen(name);

	while (n > 1 && name[n - 1] == '/')
		n--;
	if (name[0] != '/') {
		buf_puts(out, root);
		if (root[0] && root[strlen(root) - 1] != '/')
			buf_putc(out, '/');
	}
	buf_put(out, name, n);
}

int logdir_find(const char *log_dir, struct buf *out, struct err *err)
{
	char cwd[PATH_MAX];
	struct place place = {0};
	const char *asked = log_dir && *log_dir ? log_dir : getenv("STENO_LOG_DIR");
	char *config = asked && *asked ? NULL : place_user_config("steno.logDir");
	int is_absolute = (asked && asked[0] == '/') || (config && config[0] == '/'), rc = 0;

	if (!is_absolute && !getcwd(cwd, sizeof(cwd))) {
		rc = err_sys(err, "find the current directory");
	} else {
		if (!is_absolute)
			place_find(&place, cwd);
		logdir_choose(place.root ? place.root : "", asked, config, out);
		place_release(&place);
	}
	free(config);
	return rc;
}
