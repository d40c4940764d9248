/* SPDX-License-Identifier: MIT */
#include "place.h"
#include "outer.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/steno-bench.XXXXXX";
static int count_logs;

void place_enter(void)
{
	if (!mkdtemp(dir) || chdir(dir))
		die(dir);
	setenv("HOME", dir, 1);
	setenv("XDG_RUNTIME_DIR", dir, 1);
	setenv("XDG_STATE_HOME", dir, 1);
}

void place_leave(void)
{
	if (chdir("/") == 0)
		place_remove(dir);
}

const char *place_path(void)
{
	return dir;
}

const char *place_new_log(void)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/log-%d", dir, ++count_logs);
	setenv("STENO_LOG_DIR", path, 1);
	return path;
}

void place_remove(const char *path)
{
	pid_t pid = fork();

	if (!pid) {
		execlp("rm", "rm", "-rf", path, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

int place_find(const char *folder, const char *end, char *path, size_t size)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	int rc = -1;

	while (d && (e = readdir(d))) {
		size_t n = strlen(e->d_name), m = strlen(end);

		if (n <= m || strcmp(e->d_name + n - m, end) != 0)
			continue;
		snprintf(path, size, "%s/%s", folder, e->d_name);
		rc = 0;
	}
	if (d)
		closedir(d);
	return rc;
}

double place_size_mb(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : (double)st.st_size / 1e6;
}

int place_holds(const char *path, const char *text)
{
	static char content[1 << 20];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return 0;
	n = fread(content, 1, sizeof(content), f);
	fclose(f);
	return memmem(content, n, text, strlen(text)) != NULL;
}

void place_make_folder(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (mkdir(path, 0700) < 0)
		die(path);
}

void place_write(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		die(path);
}
