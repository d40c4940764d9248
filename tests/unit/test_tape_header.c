/* SPDX-License-Identifier: MIT */
/* The header line: what steno writes it reads back, and other programs' headers are taken. */
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "tape/header.h"
#include "tap.h"

#include <string.h>

static int parse(struct header *h, const char *text, struct err *err)
{
	return header_parse(h, text, strlen(text), err);
}

static struct header full(void)
{
	static char texts[16][48] = {"xterm-256color",
				     "make 'a b'",
				     "20250907-185827-session",
				     "00112233445566778899aabbccddeeff",
				     "0.1.0",
				     "/home/u/\xC3\xA9t\xC3\xA9",
				     "/home/u/\"q\"\\\n",
				     "/bin/bash",
				     "bash",
				     "git",
				     "0123456789abcdef",
				     "main",
				     "a model",
				     "a profile",
				     "a sandbox",
				     "20250907-185800-session"};

	return (struct header){.cols = 120,
			       .rows = 40,
			       .term = texts[0],
			       .start_us = INT64_C(1757271507123456),
			       .command = texts[1],
			       .version = 1,
			       .session = texts[2],
			       .id = texts[3],
			       .steno = texts[4],
			       .root = texts[5],
			       .cwd = texts[6],
			       .shell = texts[7],
			       .hooks = texts[8],
			       .repo = texts[9],
			       .git_head = texts[10],
			       .git_branch = texts[11],
			       .model = texts[12],
			       .profile = texts[13],
			       .sandbox = texts[14],
			       .parent = texts[15]};
}

static int same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static int same(const struct header *a, const struct header *b)
{
	return a->cols == b->cols && a->rows == b->rows && a->start_us == b->start_us &&
	       a->version == b->version && same_text(a->term, b->term) &&
	       same_text(a->command, b->command) && same_text(a->session, b->session) &&
	       same_text(a->id, b->id) && same_text(a->steno, b->steno) &&
	       same_text(a->root, b->root) && same_text(a->cwd, b->cwd) &&
	       same_text(a->shell, b->shell) && same_text(a->hooks, b->hooks) &&
	       same_text(a->repo, b->repo) && same_text(a->git_head, b->git_head) &&
	       same_text(a->git_branch, b->git_branch) && same_text(a->model, b->model) &&
	       same_text(a->profile, b->profile) && same_text(a->sandbox, b->sandbox) &&
	       same_text(a->parent, b->parent) && same_text(a->made_of, b->made_of) &&
	       same_text(a->times, b->times);
}

/* Prints h, reads it back, compares. */
static int survives(const struct header *h)
{
	struct header got = {0};
	struct buf line = {0};
	int good;

	header_print(h, &line);
	good = line.len && line.data[line.len - 1] == '\n' &&
	       header_parse(&got, line.data, line.len - 1, NULL) == 0 && same(h, &got);
	buf_release(&line);
	header_release(&got);
	return good;
}

static void test_round_trip(void)
{
	static char path[] = "/a\xFF/\xC3";
	struct header h = full();

	ok(survives(&h), "a full header is read back as it was");
	h.root = h.cwd = h.command = h.git_branch = path;
	ok(survives(&h), "texts that are not UTF-8 are read back exactly");
	h = (struct header){.cols = 80, .rows = 24, .version = 1};
	ok(survives(&h), "an empty header is read back as it was");
}

static void test_times(void)
{
	static char begin[] = "begin", none[] = "none", other[] = "x";
	struct header h = full();
	struct buf line = {0};

	ok(header_has_times(&h) && header_has_start(&h), "a recording has times");
	h.made_of = h.session;
	h.times = begin;
	ok(survives(&h), "that only the start is known is read back");
	ok(!header_has_times(&h) && header_has_start(&h), "then there is a start, and no times");
	h.times = none;
	ok(survives(&h), "that nothing was timed is read back, with the file's time");
	ok(!header_has_times(&h) && !header_has_start(&h), "then there is no start, either");
	header_print(&h, &line);
	ok(!strstr(buf_str(&line), "timestamp"), "and other programs are told none");
	h.times = other;
	ok(!header_has_times(&h) && !header_has_start(&h), "what else it says tells of no time");
	buf_release(&line);
}

static void test_shape(void)
{
	static char path[] = "/a\xFF";
	struct header h = full();
	const struct json *steno;
	struct buf line = {0};
	struct json *j;

	h.root = path;
	h.model = NULL;
	header_print(&h, &line);
	ok(memcmp(line.data, "{\"version\":3,\"term\":{", 21) == 0, "the version comes first");
	j = json_parse(line.data, line.len, NULL);
	is_int(json_get_int(json_get(j, "term"), "cols", 0), 120, "term has the columns");
	is_int(json_get_int(json_get(j, "term"), "rows", 0), 40, "term has the rows");
	is_str(json_get_text(json_get(j, "term"), "type"), "xterm-256color", "term has the type");
	is_int(json_get_int(j, "timestamp", 0), 1757271507, "the timestamp is in whole seconds");
	is_str(json_get_text(j, "command"), "make 'a b'", "the command is where players look");
	is_str(json_get_text(json_get(j, "env"), "SHELL"), "/bin/bash", "env has the shell");
	steno = json_get(j, "steno");
	is_int(json_get_int(steno, "start_us", 0), INT64_C(1757271507123456), "the start is exact");
	is_str(json_get_text(steno, "root"), "/a\xEF\xBF\xBD", "a bad byte in a path is U+FFFD");
	is_str(json_get_text(steno, "root_b64"), "L2H/", "beside it are the exact bytes");
	ok(json_get(steno, "cwd_b64") == NULL, "a good path has no second form");
	ok(json_get(steno, "model") && json_lacks(steno, "model"), "what is not known is null");
	json_free(j);
	buf_release(&line);
}

static void test_foreign(void)
{
	struct header h = {0};

	is_int(parse(&h,
		     "{\"version\":3,\"term\":{\"cols\":100,\"rows\":50,\"theme\":{\"fg\":\"#"
		     "000000\"}},"
		     "\"timestamp\":1509091818,\"idle_time_limit\":2.5,\"title\":\"x\",\"tags\":[1]"
		     ","
		     "\"env\":{\"SHELL\":\"/bin/zsh\"}}",
		     NULL),
	       0, "another program's header is taken");
	is_int(h.version, 0, "it is not one of ours");
	is_int(h.cols, 100, "its columns are known");
	is_int(h.start_us, INT64_C(1509091818000000), "its time is known");
	is_str(h.shell, "/bin/zsh", "its shell is known");
	ok(h.command == NULL && h.root == NULL, "the rest is not");
	header_release(&h);
	is_int(parse(&h, "{\"version\":3,\"term\":{\"cols\":99999999999,\"rows\":-4}}", NULL), 0,
	       "a mad size is taken");
	is_int(h.cols, 1000, "columns are clamped");
	is_int(h.rows, 1, "rows are clamped");
	header_release(&h);
	is_int(parse(&h,
		     "{\"version\":3,\"term\":{\"cols\":1,\"rows\":1},\"timestamp\":9e18,\"steno\":"
		     "{\"version\":7,\"start_us\":-5,\"root\":\"/"
		     "r\",\"root_b64\":\"***\",\"cwd\":1}}",
		     NULL),
	       0, "odd values are taken");
	is_int(h.start_us, 0, "a time that no clock says is none");
	is_int(h.version, 7, "a later version is told");
	is_str(h.root, "/r", "bad base64 leaves the text");
	ok(h.cwd == NULL, "a text that is a number is none");
	header_release(&h);
}

static void test_refused(void)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{}",
		"null",
		"{\"version\":2,\"width\":80,\"height\":24}",
		"{\"version\":3}",
		"{\"version\":3,\"term\":[]}",
		"{\"version\":3,\"term\":{\"cols\":80}}",
		"{\"version\":3,\"version\":3,\"term\":{\"cols\":8,\"rows\":2}}",
		"{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}} x",
		"{\"version\":3,\"term\":{\"cols\":80,\"rows\":24},\"title\":\"\xFF\"}"};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct header h = {.cols = 77};
		struct err err = {0};

		ok(parse(&h, bad[i], &err) < 0 && h.cols == 77 && err.text[0],
		   "refuses %s and leaves the struct alone", *bad[i] ? "a bad header" : "nothing");
	}
}

int main(void)
{
	test_round_trip();
	test_times();
	test_shape();
	test_foreign();
	test_refused();
	return tap_done();
}
