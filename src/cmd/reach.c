/* SPDX-License-Identifier: MIT */
/* From a recording to the process that writes it. */
#include "reach.h"

#include "../base/err.h"
#include "../live/client.h"
#include "../live/logs.h"
#include "../live/wire.h"
#include "../tape/header.h"
#include "../tape/reader.h"
#include "sessions.h"

#include <stdlib.h>
#include <unistd.h>

enum { SOON_MS = 500 };

int reach_file(const struct session_file *file, int *sock, struct err *err)
{
	struct reader *r = reader_new(file->cast, err);
	const struct header *h = r ? reader_header(r) : NULL;
	int rc = -1;

	if (h && h->session && h->id)
		rc = client_connect(sock, getenv("XDG_RUNTIME_DIR"), h->session, h->id, err);
	else if (h)
		err_set(err, "%s was not recorded by steno", file->name);
	if (rc == 1 && logs_is_running(file->cast))
		err_set(err, "%s runs, but has no socket where one is looked for (XDG_RUNTIME_DIR)",
			file->name);
	reader_free(r);
	return rc;
}

int reach_session(const char *log_dir, const char *what, int *sock, struct err *err)
{
	struct session_file file;
	int rc;

	if (!what)
		what = getenv("STENO_SESSION");
	if (!what || !*what) {
		err_set(err, "no session is named, this is not within one, and none runs here");
		return 1;
	}
	rc = session_find_anywhere(&file, log_dir, what, err);
	if (rc)
		return rc;
	rc = reach_file(&file, sock, err);
	session_release(&file);
	return rc;
}

int reach_status(const char *session, const char *id, struct wire_status *out)
{
	int sock = -1, rc = -1;

	if (client_connect(&sock, getenv("XDG_RUNTIME_DIR"), session, id, NULL) == 0)
		rc = client_status(sock, out, SOON_MS, NULL);
	if (sock >= 0)
		close(sock);
	return rc;
}
