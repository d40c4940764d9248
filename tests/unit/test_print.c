/* SPDX-License-Identifier: MIT */
/* How listings spell sizes, spans, paths, and text that is not to be trusted. */
#include "base/buf.h"
#include "base/json.h"
#include "cmd/catalog.h"
#include "cmd/print.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static struct buf out;

/* What has been put since the last call. */
static const char *put(void)
{
	static struct buf last;

	buf_release(&last);
	last = out;
	memset(&out, 0, sizeof(out));
	return buf_str(&last);
}

static void is_span(int64_t us, const char *want)
{
	print_span(&out, us);
	is_str(put(), want, "%lld us are %s", (long long)us, want);
}

static void is_size(int64_t bytes, const char *want)
{
	print_size(&out, bytes);
	is_str(put(), want, "%lld bytes are %s", (long long)bytes, want);
}

static void is_path(const char *path, const char *base, const char *want)
{
	print_path(&out, path, strlen(path), base);
	is_str(put(), want, "%s seen from %s", path, base ? base : "nowhere");
}

static void test_numbers(void)
{
	is_span(0, "0ms");
	is_span(999999, "999ms");
	is_span(1000000, "1.0s");
	is_span(59999999, "59.9s");
	is_span(60000000, "1m00s");
	is_span(3599999999, "59m59s");
	is_span(INT64_C(7500000000), "2h05m");
	is_span(INT64_C(273600000000), "3d04h");
	is_size(0, "0");
	is_size(1023, "1023");
	is_size(1024, "1.0K");
	is_size(10240, "10K");
	is_size(1048576, "1.0M");
	is_size(INT64_MAX, "8.0E");
}

static void test_paths(void)
{
	setenv("HOME", "/home/ada", 1);
	is_path("/home/ada/r/sub/dir", "/home/ada/r", "sub/dir");
	is_path("/home/ada/r", "/home/ada/r", ".");
	is_path("/home/ada/rest", "/home/ada/r", "~/rest");
	is_path("/home/ada", NULL, "~");
	is_path("/home/adam", NULL, "/home/adam");
	is_path("/srv/x", "/home/ada/r", "/srv/x");
	is_path("/", NULL, "/");
	is_path("/tmp/a\033[31m\nb", NULL, "/tmp/a\\x1B[31m\\nb");
	is_path("/tmp/a\r", "/tmp", "a\\r");
}

static void is_named(const char *path, int is_here, const char *want)
{
	struct folder f = {.is_here = is_here};

	f.path = xstrdup(path);
	print_session(&out, &f, "S");
	is_str(put(), want, "S in %s", path);
	free(f.path);
}

static void test_names(void)
{
	is_named("/home/ada/r/codex-logs", 1, "S");
	is_named("/home/ada/r/codex-logs", 0, "~/r/codex-logs/S");
	is_named("/srv/r/codex-logs", 0, "/srv/r/codex-logs/S");
	is_named("/home/ada/a b/logs", 0, "'/home/ada/a b/logs/S'");
	is_named("/srv/\033]0;x\a/logs", 0, "'/srv/\\x1B]0;x\\x07/logs/S'");
}

/* Whatever the bytes are, nothing that a terminal acts on is left. */
static void test_hostile(void)
{
	unsigned seed = 1, round;
	int bad = 0;

	print_text(&out,
		   "a\tb\nc\xC2\x9B"
		   "d\xE2\x80\xAE"
		   "e\xE2\x80\x8B"
		   "f\x7F"
		   "g\xFF",
		   19);
	is_str(put(), "a\\tb\\nc\\x9Bd\\u{202E}e\\u{200B}f\\x7Fg\xEF\xBF\xBD",
	       "what is not seen is written out");
	for (round = 0; round < 20000; round++) {
		unsigned char bytes[24];
		const char *seen;
		size_t i;

		for (i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1103515245u + 12345u;
			bytes[i] = (unsigned char)(seed >> 16);
		}
		print_text(&out, bytes, sizeof(bytes));
		seen = put();
		for (; *seen; seen++)
			bad += (unsigned char)*seen < 0x20 || *seen == 0x7F ||
			       (seen[0] == '\xC2' && (unsigned char)seen[1] < 0xA0);
	}
	is_int(bad, 0, "no control character is left of random bytes");
}

static void test_json(void)
{
	static const char line[] = "{\"a\":\"\xC3\xA4\xC2\x9B\xE2\x80\xAE\x7F\xF3\xA0\x80\x81\"}";
	struct json *before = json_parse(line, strlen(line), NULL), *after;
	const char *seen;

	print_json(&out, line, strlen(line));
	seen = put();
	is_str(seen, "{\"a\":\"\xC3\xA4\\u009b\\u202e\\u007f\\udb40\\udc01\"}",
	       "JSON for a terminal has escapes for what is not seen");
	after = json_parse(seen, strlen(seen), NULL);
	ok(before && after, "it is JSON still");
	is_str(json_get_text(after, "a"), json_get_text(before, "a"), "and says the same");
	json_free(before);
	json_free(after);
}

int main(void)
{
	test_numbers();
	test_paths();
	test_names();
	test_hostile();
	test_json();
	put();
	return tap_done();
}
