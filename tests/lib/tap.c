/* SPDX-License-Identifier: MIT */
/* TAP (testanything.org), as little of it as the runner reads. */
#include "tap.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int count, failed;

__attribute__((format(printf, 2, 0))) static int report(int truth, const char *name, va_list ap)
{
	count++;
	failed += !truth;
	printf("%sok %d - ", truth ? "" : "not ", count);
	vprintf(name, ap);
	putchar('\n');
	fflush(stdout);
	return truth;
}

static void show(const char *what, const unsigned char *p, size_t n)
{
	size_t i;

	printf("#   %s (%zu bytes): ", what, n);
	for (i = 0; i < n && i < 400; i++) {
		if (p[i] == '\n')
			fputs("\\n", stdout);
		else if (isprint(p[i]) || p[i] >= 0x80)
			putchar(p[i]);
		else
			printf("\\x%02x", p[i]);
	}
	puts(i < n ? "..." : "");
}

int ok(int truth, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	report(!!truth, name, ap);
	va_end(ap);
	return truth;
}

int is_int(int64_t got, int64_t want, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	report(got == want, name, ap);
	va_end(ap);
	if (got != want)
		printf("#   got %" PRId64 ", want %" PRId64 "\n", got, want);
	return got == want;
}

int is_mem(const void *got, size_t got_n, const void *want, size_t want_n, const char *name, ...)
{
	int same = got_n == want_n && (!got_n || !memcmp(got, want, got_n));
	va_list ap;

	va_start(ap, name);
	report(same, name, ap);
	va_end(ap);
	if (!same) {
		show("got ", got, got_n);
		show("want", want, want_n);
	}
	return same;
}

int is_str(const char *got, const char *want, const char *name, ...)
{
	int same = got && want ? !strcmp(got, want) : got == want;
	va_list ap;

	va_start(ap, name);
	report(same, name, ap);
	va_end(ap);
	if (!same) {
		show("got ", (const unsigned char *)(got ? got : "(null)"),
		     strlen(got ? got : "(null)"));
		show("want", (const unsigned char *)(want ? want : "(null)"),
		     strlen(want ? want : "(null)"));
	}
	return same;
}

void tap_skip(const char *name, const char *why)
{
	count++;
	printf("ok %d - %s # SKIP %s\n", count, name, why);
}

void tap_note(const char *fmt, ...)
{
	va_list ap;

	fputs("# ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

int tap_done(void)
{
	printf("1..%d\n", count);
	return failed ? 1 : 0;
}
