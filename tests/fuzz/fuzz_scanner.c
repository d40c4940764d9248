/* SPDX-License-Identifier: MIT */
/* The scanner under arbitrary input: no byte is lost, made up or read too far, and cutting the
 * input changes nothing. The first byte seeds the cuts. */
#include "base/buf.h"
#include "base/err.h"
#include "live/scanner.h"

#include <stdint.h>
#include <string.h>

#define NONCE "0123456789a"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void on_output(void *ctx, const unsigned char *data, size_t n)
{
	buf_put(ctx, data, n);
}

/* Put back as it came, so that the whole must equal the input. */
static void on_mark(void *ctx, const unsigned char *data, size_t n)
{
	buf_puts(ctx, "\033]7377;" NONCE ";");
	buf_put(ctx, data, n);
	buf_putc(ctx, '\a');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct scanner_sink sink = {on_output, on_mark};
	struct scanner *s = scanner_new(NONCE);
	struct buf out = {0};
	uint32_t seed = n ? data[0] : 0;
	size_t i = 0;

	while (s && i < n) {
		size_t k;

		seed = seed * 1664525u + 1013904223u;
		k = 1 + (seed >> 26);
		k = k < n - i ? k : n - i;
		scanner_put(s, data + i, k, &sink, &out);
		i += k;
	}
	if (s) {
		scanner_end(s, &sink, &out);
		if (out.len != n || (n && memcmp(out.data, data, n)))
			bug("the scanner changed the stream");
	}
	scanner_free(s);
	buf_release(&out);
	return 0;
}
