/* SPDX-License-Identifier: MIT */
/* The session's place in the folder of the logs. Everything is opened relative to the folder's
 * descriptor, before the shell starts, so that nothing that runs in the session can move it. */
#include "logs.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../base/stamp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char ignore_text[] = "*.cast\n.current_session\n";
static const char current_name[] = ".current_session";

static int fill_ignore(void *ctx, int fd, struct err *err)
{
	(void)ctx;
	return io_write_all(fd, ignore_text, sizeof(ignore_text) - 1, NULL, err);
}

/* An empty one would be believed by every later session, so it is whole when it is there. */
static int write_ignore(int dir, struct err *err)
{
	if (faccessat(dir, ".gitignore", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	return io_replace_file(dir, ".gitignore", IO_WHOLE, fill_ignore, NULL, err);
}

/* What the scribe could not append to is found out while there is still another folder to go to. */
static int check_provenance(int dir, struct err *err)
{
	int fd = io_open_file(dir, "provenance.jsonl", O_RDWR | O_APPEND, err);

	if (fd < 0)
		return err->code == ENOENT ? 0 : -1;
	close(fd);
	return 0;
}

static int set_lock(int cast, short type, struct err *err)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};

	if (fcntl(cast, F_OFD_SETLK, &lock) < 0)
		return err_sys(err, "lock the recording");
	return 0;
}

void logs_end(const struct logs *l)
{
	set_lock(l->cast, F_UNLCK, NULL);
}

int logs_is_running(int cast)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};

	return fcntl(cast, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static int is_taken(int dir, const char *session, const char *ending)
{
	char name[LOGS_SESSION + 8];

	snprintf(name, sizeof(name), "%s%s", session, ending);
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

static int make_cast(struct logs *l, int64_t start_us, struct err *err)
{
	enum { TRIES = 100000 };
	char stamp[STAMP_NAME_LEN + 1], name[LOGS_SESSION + 8];
	int i;

	for (i = 0; i < TRIES; i++) {
		stamp_name(start_us + i * INT64_C(1000000), stamp);
		snprintf(l->session, sizeof(l->session), "%s-session", stamp);
		if (is_taken(l->dir, l->session, ".md"))
			continue;
		snprintf(name, sizeof(name), "%s.cast", l->session);
		l->cast = io_open_file(l->dir, name, O_RDWR | O_APPEND | O_CREAT | O_EXCL, err);
		if (l->cast >= 0)
			return set_lock(l->cast, F_WRLCK, err);
		if (err->code != EEXIST)
			return -1;
	}
	return err_set(err, "no free name for a session within %d seconds", TRIES);
}

int logs_open(struct logs *l, const char *folder, int flags, int64_t start_us, struct err *err)
{
	struct logs made = {.dir = -1, .cast = -1};

	made.dir = io_open_dir(folder, flags, err);
	if (made.dir < 0)
		return -1;
	if (check_provenance(made.dir, err) < 0 || write_ignore(made.dir, err) < 0 ||
	    make_cast(&made, start_us, err) < 0) {
		err_wrap(err, "%s", folder);
		logs_close(&made);
		return -1;
	}
	*l = made;
	return 0;
}

void logs_abandon(struct logs *l)
{
	char name[LOGS_SESSION + 8];

	snprintf(name, sizeof(name), "%s.cast", l->session);
	unlinkat(l->dir, name, 0);
	logs_close(l);
}

void logs_close(struct logs *l)
{
	io_close(&l->cast);
	io_close(&l->dir);
}

static int fill_current(void *session, int fd, struct err *err)
{
	char line[LOGS_SESSION + 2];
	int n = snprintf(line, sizeof(line), "%s\n", (const char *)session);

	return io_write_all(fd, line, (size_t)n, NULL, err);
}

int logs_current_begin(const struct logs *l, struct err *err)
{
	char session[LOGS_SESSION];

	memcpy(session, l->session, sizeof(session));
	return io_replace_file(l->dir, current_name, 0, fill_current, session, err);
}

static int is_current(const struct logs *l)
{
	char line[LOGS_SESSION + 2] = "";
	int fd = io_open_file(l->dir, current_name, O_RDONLY, NULL);

	if (fd < 0)
		return 0;
	if (io_read_full(fd, line, sizeof(line) - 1) < 0)
		line[0] = '\0';
	close(fd);
	line[strcspn(line, "\n")] = '\0';
	return !strcmp(line, l->session);
}

static int runs(int dir, const char *cast_name)
{
	int fd = io_open_file(dir, cast_name, O_RDONLY, NULL);
	int running;

	if (fd < 0)
		return 0;
	running = logs_is_running(fd);
	close(fd);
	return running;
}

/* The newest other session that runs, into `newest` ("" if none). */
static void find_newest(const struct logs *l, char newest[LOGS_SESSION])
{
	static const char ending[] = "-session.cast";
	int fd = openat(l->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	newest[0] = '\0';
	while (d && (e = readdir(d))) {
		size_t n = strlen(e->d_name), session_len = n - strlen(".cast");

		if (n < sizeof(ending) || n >= LOGS_SESSION ||
		    strcmp(e->d_name + n - (sizeof(ending) - 1), ending))
			continue;
		if (strncmp(e->d_name, newest, session_len) <= 0 ||
		    !strncmp(e->d_name, l->session, session_len) || !runs(l->dir, e->d_name))
			continue;
		memcpy(newest, e->d_name, session_len);
		newest[session_len] = '\0';
	}
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
}

void logs_current_end(const struct logs *l)
{
	char newest[LOGS_SESSION];

	if (!is_current(l))
		return;
	find_newest(l, newest);
	if (!newest[0] || io_replace_file(l->dir, current_name, 0, fill_current, newest, NULL) < 0)
		unlinkat(l->dir, current_name, 0);
}
