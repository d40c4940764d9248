/* SPDX-License-Identifier: MIT */
/* powercut: what steno does to its files is traced; for POINTS (200) moments of that, drawn from
 * SEED, what a power cut may have left is put in place, and then everything is done that a user
 * would do next. Not of `make check`; see tests/README.md. */
#include "chance.h"
#include "disk.h"
#include "lab.h"
#include "tap.h"
#include "trace.h"

#include "base/buf.h"
#include "base/io.h"
#include "base/json.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ignore_text[] = "*.cast\n.current_session\n";

struct cut {
	struct lab *lab;
	struct disk disk;
	struct buf how;
	char names[64][80]; /* of the files in the folder of the logs */
	int n_names;
	size_t bad_lines; /* of provenance.jsonl, as the power left it */
	int wrong;
};

static void wrong(struct cut *k, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void wrong(struct cut *k, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	tap_note("%s", text);
	k->wrong++;
}

static void give_up(const char *what)
{
	printf("Bail out! powercut: %s\n", what);
	exit(1);
}

/* The trace */

static int is_watched(void *ctx, const char *path)
{
	const struct lab *lab = ctx;
	size_t home = strlen(lab->home);

	if (!strcmp(path, lab->repo) || !strcmp(path, lab->home))
		return 1;
	if (!strncmp(path, lab->logs, strlen(lab->logs)))
		return 1;
	return !strncmp(path, lab->home, home) && !strncmp(path + home, "/.local", 7);
}

static void record(struct lab *lab, struct trace *trace)
{
	char *here = getcwd(NULL, 0);
	struct buf script = {0}, out = {0};

	buf_printf(
		&script,
		"FIXTURES='%s/tests/fixtures/agent' timeout -k 5 120 strace -o \"$LAB/trace\" %s "
		"'%s/tests/powercut/workload.sh'",
		here, trace_options, here);
	if (!is_int(lab_sh(lab, &out, buf_str(&script)), 0, "there is something to be cut"))
		tap_note("%s", buf_str(&out));
	buf_clear(&script);
	buf_printf(&script, "%s/trace", lab->dir);
	trace_read(trace, buf_str(&script), is_watched, lab);
	buf_release(&script);
	buf_release(&out);
	free(here);
}

/* Putting it in place */

static void put_file(void *ctx, const char *path, const struct buf *data, int is_folder)
{
	int fd;

	(void)ctx;
	if (is_folder) {
		mkdir(path, 0700);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || io_write_all(fd, data->data, data->len, NULL, NULL) < 0)
		give_up(path);
	close(fd);
}

static void put_in_place(struct cut *k, struct chance c)
{
	lab_sh(k->lab, NULL, "rm -rf codex-logs \"$HOME/.local\" \"$LAB/steno\"");
	buf_clear(&k->how);
	disk_cut(&k->disk, &c, put_file, k->lab, &k->how);
}

static void list_names(struct cut *k)
{
	DIR *d = opendir(k->lab->logs);
	struct dirent *e;

	k->n_names = 0;
	while (d && (e = readdir(d)) && k->n_names < 64)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			snprintf(k->names[k->n_names++], sizeof(k->names[0]), "%.79s", e->d_name);
	if (d)
		closedir(d);
}

static int ends(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n > m && !strcmp(name + n - m, ending);
}

/* What is promised of the files */

/* Each whole line of what was promised is a line of what is there. */
static void check_lines(struct cut *k, const struct buf *promised, struct buf *have)
{
	size_t at = 0;

	while (at < promised->len) {
		const unsigned char *from = promised->data + at;
		const unsigned char *end = memchr(from, '\n', promised->len - at);
		size_t n = end ? (size_t)(end - from) + 1 : promised->len - at;

		if (end && !memmem(have->data, have->len, from, n))
			wrong(k, "provenance.jsonl has lost %.*s", (int)n - 1, (const char *)from);
		at += n;
	}
}

/* A transcript is one of those that were to be it, whole. */
static void check_page(struct cut *k, const char *name, const struct buf *have)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", k->lab->logs, name);
	if (!disk_had(&k->disk, path, have))
		wrong(k, "%s is none that steno wrote: %zu bytes", name, have->len);
}

static void check_promise(struct cut *k, const char *name, struct buf *have)
{
	const struct buf *promised;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", k->lab->logs, name);
	promised = disk_promise(&k->disk, path);
	if (!strcmp(name, ".gitignore") &&
	    (have->len != strlen(ignore_text) || memcmp(have->data, ignore_text, have->len)))
		wrong(k, ".gitignore is not whole: %zu bytes", have->len);
	else if (!strcmp(name, "provenance.jsonl") && promised)
		check_lines(k, promised, have);
	else if (ends(name, ".cast") && promised &&
		 (have->len < promised->len || memcmp(have->data, promised->data, promised->len)))
		wrong(k, "%s does not begin with the %zu bytes that were synced", name,
		      promised->len);
}

/* What was synced has its name, too. */
static void check_there(struct cut *k)
{
	const struct names *seen = &k->disk.seen;
	size_t i;

	for (i = 0; i < seen->n; i++) {
		const char *path = seen->list[i].path;

		if ((ends(path, ".cast") || ends(path, "/provenance.jsonl")) &&
		    disk_promise(&k->disk, path) && access(path, F_OK) < 0)
			wrong(k, "%s was synced and is not there", path);
	}
}

static void check_files(struct cut *k)
{
	struct buf have = {0};
	int i;

	check_there(k);
	for (i = 0; i < k->n_names; i++) {
		buf_clear(&have);
		lab_read(k->lab, k->names[i], &have);
		check_promise(k, k->names[i], &have);
		if (ends(k->names[i], ".md"))
			check_page(k, k->names[i], &have);
	}
	buf_release(&have);
}

/* What a user does then */

/* steno's status is one of those from `least` to `most`; with another than 0 it says why. */
static void steno(struct cut *k, struct buf *out, int least, int most, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static void steno(struct cut *k, struct buf *out, int least, int most, const char *format, ...)
{
	struct buf script = {0};
	char verb[256];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(verb, sizeof(verb), format, args);
	va_end(args);
	buf_clear(out);
	buf_printf(&script, "SHELL=/bin/bash timeout 20 \"$STENO\" %s </dev/null", verb);
	status = lab_sh(k->lab, out, buf_str(&script));
	if (status < least || status > most || (status && !out->len))
		wrong(k, "%s: status %d: %.300s", verb, status, buf_str(out));
	buf_release(&script);
}

/* Whether the recording has its first line. */
static int has_header(const struct buf *cast)
{
	const unsigned char *end = memchr(cast->data, '\n', cast->len);

	return end && !memchr(cast->data, '\0', (size_t)(end - cast->data));
}

static int is_whole(struct cut *k, const char *name, struct buf *cast)
{
	buf_clear(cast);
	lab_read(k->lab, name, cast);
	return has_header(cast);
}

/* Recordings of which not even the first line is there are told. */
static void list(struct cut *k, struct buf *out)
{
	struct buf cast = {0};
	int i, told, lost = 0;

	for (i = 0; i < k->n_names; i++)
		lost += ends(k->names[i], ".cast") && !is_whole(k, k->names[i], &cast);
	steno(k, out, 0, 3, "ls");
	told = strstr(buf_str(out), "recording is left out") ||
	       strstr(buf_str(out), "recordings are left out");
	if (told != (lost > 0))
		wrong(k, "%d recordings cannot be listed: %s", lost, buf_str(out));
	steno(k, out, 0, 3, "log");
	buf_release(&cast);
}

static void look_at(struct cut *k, const char *name, struct buf *out)
{
	struct buf cast = {0};
	int whole = is_whole(k, name, &cast);

	steno(k, out, whole ? 0 : 1, whole ? 0 : 3, "show --no-pager %.23s", name);
	steno(k, out, whole ? 0 : 1, whole ? 1 : 3, "verify %.23s", name);
	if (whole && cast.data[cast.len - 1] != '\n' && !strstr(buf_str(out), "within an event"))
		wrong(k, "verify does not tell that %s is torn: %s", name, buf_str(out));
	if (whole) {
		steno(k, out, 0, 0, "rebuild %.23s", name);
		steno(k, out, 0, 0, "rebuild --check %.23s", name);
	} else {
		steno(k, out, 1, 3, "rebuild %.23s", name);
	}
	buf_release(&cast);
}

/* Lines that are no JSON objects; zeros at the end are none. *last: the last line. */
static size_t count_bad(struct cut *k, struct buf *last)
{
	struct buf all = {0};
	size_t at = 0, bad = 0;

	lab_read(k->lab, "provenance.jsonl", &all);
	while (all.len && !all.data[all.len - 1])
		all.len--;
	while (at < all.len) {
		const unsigned char *end = memchr(all.data + at, '\n', all.len - at);
		size_t n = end ? (size_t)(end - all.data) - at : all.len - at;
		struct json *j = json_parse(all.data + at, n, NULL);

		bad += !j;
		buf_clear(last);
		buf_put(last, all.data + at, n);
		json_free(j);
		at += n + 1;
	}
	buf_release(&all);
	return bad;
}

static void go_on(struct cut *k, struct buf *out)
{
	struct buf last = {0};
	struct json *j;
	size_t bad;

	steno(k, out, 4, 4, "-- sh -c 'echo on; exit 4'");
	if (strstr(buf_str(out), "steno:"))
		wrong(k, "a new session complains: %s", buf_str(out));
	bad = count_bad(k, &last);
	if (bad > k->bad_lines)
		wrong(k, "%zu lines of provenance.jsonl are no JSON, not %zu", bad, k->bad_lines);
	j = json_parse(last.data, last.len, NULL);
	if (!j || json_get_int(j, "exit_code", -1) != 4)
		wrong(k, "the new session's line is not the last: %.200s", buf_str(&last));
	json_free(j);
	steno(k, out, 0, 0, "verify last");
	steno(k, out, 0, 3, "ls --all");
	buf_release(&last);
}

static void use(struct cut *k)
{
	struct buf out = {0}, last = {0};
	int i;

	list_names(k);
	k->bad_lines = count_bad(k, &last);
	check_files(k);
	list(k, &out);
	for (i = 0; i < k->n_names; i++)
		if (ends(k->names[i], ".cast"))
			look_at(k, k->names[i], &out);
	go_on(k, &out);
	buf_release(&out);
	buf_release(&last);
}

/* The power is cut when so many steps have been done. */
static void cut_at(struct lab *lab, struct trace *trace, size_t steps, struct chance *chance)
{
	struct cut k = {.lab = lab};
	struct chance before;
	int strict = (int)chance_draw(chance, 2);
	size_t i;

	disk_init(&k.disk, strict);
	disk_add_root(&k.disk, lab->repo);
	disk_add_root(&k.disk, lab->home);
	for (i = 0; i < steps; i++)
		disk_step(&k.disk, &trace->steps[i]);
	before = *chance;
	put_in_place(&k, before);
	chance_draw(chance, 2);
	use(&k);
	if (!ok(!k.wrong, "a cut behind step %zu of %zu", steps, trace->n)) {
		tap_note("%s:%s", strict ? "no name is safe before its folder is" : "journal",
			 buf_str(&k.how));
		put_in_place(&k, before);
		lab_sh(lab, NULL,
		       "cp -r codex-logs \"$LAB/left-$(ls -d \"$LAB\"/left-* | wc -l)\"");
	}
	buf_release(&k.how);
	disk_release(&k.disk);
}

/* Half of the moments are right behind a step that changes a name or syncs: there most can go
 * wrong. */
static size_t choose(const struct trace *t, struct chance *c)
{
	size_t at = chance_draw(c, (unsigned int)t->n);

	if (chance_draw(c, 2))
		while (at < t->n && t->steps[at].kind == STEP_WRITE)
			at++;
	return at + (at < t->n);
}

int main(void)
{
	const char *points = getenv("POINTS");
	int n = points ? (int)strtol(points, NULL, 10) : 200, i, bad = 0;
	struct trace trace = {0};
	struct chance chance;
	struct lab lab;

	setvbuf(stdout, NULL, _IOLBF, 0);
	chance = chance_begin();
	lab_open(&lab, 0);
	record(&lab, &trace);
	tap_note("%zu steps", trace.n);
	for (i = 0; i < n && trace.n; i++)
		cut_at(&lab, &trace, choose(&trace, &chance), &chance);
	bad = lab_sh(&lab, NULL, "[ ! -e \"$LAB\"/left-0 ]");
	if (bad)
		tap_note("what was left is in %s", lab.dir);
	else
		lab_close(&lab);
	trace_release(&trace);
	return tap_done();
}
