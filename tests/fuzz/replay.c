/* SPDX-License-Identifier: MIT */
/* replay: gives a fuzz target, which is linked to this, each file of its corpus
 * (tests/fuzz/corpus/<target>) and the empty input. No fuzzer is needed, so every compiler and
 * each run of the tests does it. The working directory is the top of the tree. */
#include "tap.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Returns the size, or -1. *data is the caller's. */
static long slurp(const char *path, uint8_t **data)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = NULL;
	size_t n = 0, got, cap = 0;

	if (!f)
		return -1;
	do {
		if (n == cap) {
			cap = cap ? 2 * cap : 4096;
			p = realloc(p, cap);
			if (!p)
				abort();
		}
		got = fread(p + n, 1, cap - n, f);
		n += got;
	} while (got);
	fclose(f);
	*data = p;
	return (long)n;
}

/* A copy of just its size, so that the address sanitizer sees a read past the end. */
static void give(const uint8_t *data, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);

	if (!exact)
		abort();
	if (n)
		memcpy(exact, data, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	char path[4096];
	struct dirent *e;
	long n, files = 0;
	uint8_t *data;
	DIR *d;

	(void)argc;
	give(NULL, 0);
	ok(1, "%s takes an empty input", name);
	snprintf(path, sizeof(path), "tests/fuzz/corpus/%s", name);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "tests/fuzz/corpus/%s/%s", name, e->d_name);
		tap_note("%s", path);
		fflush(stdout);
		n = slurp(path, &data);
		if (n < 0)
			continue;
		give(data, (size_t)n);
		free(data);
		files++;
	}
	if (d)
		closedir(d);
	ok(files > 0, "%s takes the %ld inputs of its corpus", name, files);
	return tap_done();
}
