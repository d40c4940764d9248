/* SPDX-License-Identifier: MIT */
/* Four kinds of output, the same in each run: no clock, no real randomness. */
#include "data.h"

#include "outer.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

const char *const data_names[DATA_KINDS] = {"plain", "colour", "UTF-8", "short"};

/* A linear congruential generator (Knuth, MMIX). */
static uint32_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* 79 columns, as of a compiler's log. */
static int plain_line(char *out, uint64_t *seed)
{
	int i;

	for (i = 0; i < 79; i++) {
		uint32_t r = next(seed);

		out[i] = (char)(r % 7 ? 'a' + (int)(r / 7 % 26) : ' ');
	}
	out[79] = '\n';
	return 80;
}

/* As of ls --color or grep: short words, each in a colour. */
static int colour_line(char *out, size_t size, uint64_t *seed)
{
	int n = 0, i;

	for (i = 0; i < 8; i++)
		n += snprintf(out + n, size - (size_t)n, "\033[01;3%um%08" PRIx32 "\033[0m ",
			      1 + next(seed) % 7, next(seed));
	out[n++] = '\n';
	return n;
}

/* Two, three and four bytes a character, wide ones among them. */
static int utf8_line(char *out, size_t size, uint64_t *seed)
{
	static const char *const words[] = {"größer", "naïve",	"Ελληνικά", "русский",
					    "日本語", "한국어", "┌──┐",	    "🙂"};
	int n = 0, i;

	for (i = 0; i < 8; i++)
		n += snprintf(out + n, size - (size_t)n, "%s ", words[next(seed) % 8]);
	out[n++] = '\n';
	return n;
}

double data_write(enum data_kind kind, double mb, const char *path)
{
	FILE *f = fopen(path, "w");
	uint64_t seed = 42, count = 1;
	double bytes = 0;
	char line[512];
	int n;

	if (!f)
		die(path);
	while (bytes < mb * 1e6) {
		if (kind == DATA_PLAIN)
			n = plain_line(line, &seed);
		else if (kind == DATA_COLOUR)
			n = colour_line(line, sizeof(line), &seed);
		else if (kind == DATA_UTF8)
			n = utf8_line(line, sizeof(line), &seed);
		else
			n = snprintf(line, sizeof(line), "%" PRIu64 "\n", count++);
		fwrite(line, 1, (size_t)n, f);
		bytes += n;
	}
	if (fclose(f))
		die(path);
	return bytes / 1e6;
}
