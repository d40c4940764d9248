/* SPDX-License-Identifier: MIT */
/* survey_look(): what changed between two looks, and when. Scripts stand for commands. */
#include "repo/survey.h"
#include "tap.h"
#include "box.h"

#include "base/buf.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 16 };

static const char *box;

struct trip {
	struct place place;
	char dir[64];
	int begun, state, rc;
	int64_t start_us, since_us, until_us;
	struct {
		int64_t from, till;
	} steps[STEPS];
	int n;
	int clock_was_set;
	struct buf said;
};

/* The script within which the time falls, as "2"; 0: between them. */
static int step_at(const struct trip *t, int64_t at)
{
	int i;

	for (i = 0; i < t->n; i++)
		if (t->steps[i].from <= at && at <= t->steps[i].till)
			return i + 1;
	return 0;
}

static void hear(void *ctx, const char *fact, size_t n)
{
	static const char *const keys[] = {"how", "path", "subject", "branch", "what", "why"};
	struct trip *t = ctx;
	struct json *j = json_parse(fact, n, NULL);
	const char *kind = j ? json_get_text(j, "fact") : "NOT JSON";
	int64_t at = json_get_int(j, "at", -1), till = json_get_int(j, "till", -1);
	size_t i;

	if (strcmp(kind, "changed") != 0)
		buf_printf(&t->said, "%s ", kind);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_get_text(j, keys[i]))
			buf_printf(&t->said, "%s ", json_get_text(j, keys[i]));
	if (json_get_int(j, "left_out", -1) >= 0)
		buf_printf(&t->said, "%d ", (int)json_get_int(j, "left_out", -1));
	if (at >= 0)
		buf_printf(&t->said, "at %d ", step_at(t, at));
	if (till >= 0)
		buf_printf(&t->said, "till %d ", step_at(t, till));
	t->said.data[t->said.len - 1] = '\n';
	if (!strcmp(kind, "looked"))
		ok(json_get_int(j, "since", -1) == t->since_us &&
			   json_get_int(j, "until", -1) == t->until_us,
		   "a look says from when to when");
	json_free(j);
}

static void ignore(void *ctx, const char *fact, size_t n)
{
	(void)ctx;
	(void)fact;
	(void)n;
}

static int64_t now(const struct trip *t)
{
	return box_wall_us() - t->start_us;
}

static void begin(struct trip *t, const char *dir)
{
	char path[512];

	memset(t, 0, sizeof(*t));
	snprintf(t->dir, sizeof(t->dir), "%s", dir);
	snprintf(path, sizeof(path), "%s/%s", box, dir);
	box_tick();
	t->start_us = box_wall_us();
	box_tick();
	place_find(&t->place, path);
	t->begun = memfd_create("begun", MFD_CLOEXEC);
	t->state = memfd_create("state", MFD_CLOEXEC);
	survey_begin(&t->place, "logs", t->begun, t->start_us, ignore, NULL, NULL);
}

static void done(struct trip *t)
{
	place_release(&t->place);
	close(t->begun);
	close(t->state);
	buf_release(&t->said);
}

/* What the next command does. */
static void step(struct trip *t, const char *script)
{
	t->steps[t->n].from = now(t);
	box_tick();
	box_sh("cd %s; %s", t->dir, script);
	box_tick();
	t->steps[t->n++].till = now(t);
	box_tick();
}

static void look_at(struct trip *t, int64_t until_us)
{
	struct survey_look look = {.begun = t->begun,
				   .state = t->state,
				   .since_us = t->since_us,
				   .until_us = until_us,
				   .wall_us = t->start_us,
				   .clock_was_set = t->clock_was_set};

	t->until_us = until_us;
	buf_clear(&t->said);
	t->rc = survey_look(&t->place, "logs", &look, hear, t, NULL);
	t->since_us = until_us;
}

static void sees(struct trip *t, const char *want, const char *name)
{
	look_at(t, now(t));
	is_str(buf_str(&t->said), want, "%s", name);
}

static void make(const char *dir)
{
	box_sh("git init -q %s; cd %s; seq 1 40 > a; seq 1 40 > b; mkdir d; echo c > d/c; ln -s a "
	       "l; echo x > run; chmod +x run; git add .; git commit -qm first",
	       dir, dir);
}

static void test_each_command(void)
{
	struct trip t;

	make("each");
	box_sh("cd each; echo dirty >> d/c; echo old > old");
	begin(&t, "each");
	step(&t, "ls > /dev/null");
	sees(&t, "looked\n", "a command that changes nothing");
	step(&t, "echo x > new; echo y >> a; rm b; mkdir logs; echo log > logs/x; touch d/c");
	sees(&t, "edited a at 2\nremoved b till 2\ncreated new at 2\nlooked\n",
	     "create, edit and remove; not the logs, nor what is only touched");
	sees(&t, "looked\n", "what was told is not told again");
	step(&t, "echo more >> d/c; echo y >> a; rm new");
	sees(&t, "edited a at 3\nedited d/c at 3\nremoved new till 3\nlooked\n",
	     "what was dirty before is compared with how it was then");
	step(&t, "chmod +x a; rm l; ln -s b l; mkfifo fifo; rm old");
	sees(&t, "edited a at 4\nedited l at 4\nremoved old till 4\nlooked\n",
	     "modes and links; a FIFO is no file");
	step(&t, "git checkout -q .");
	sees(&t, "edited a at 5\ncreated b at 5\nedited d/c at 5\nedited l at 5\nlooked\n",
	     "what is undone is changed");
	done(&t);
}

static void test_several_commands(void)
{
	struct trip t;

	make("several");
	begin(&t, "several");
	step(&t, "echo 1 > one; echo 1 >> a");
	step(&t, "echo 2 > two; echo 2 >> a");
	step(&t, "rm two b; echo 3 > d/three; sleep 0.05");
	sees(&t,
	     "edited a at 2\nremoved b till 3\ncreated d/three at 3\ncreated one at 1\nlooked\n",
	     "of several commands each has its own");
	box_tick();
	box_sh("echo 0 >> several/a; rm several/one");
	box_tick();
	step(&t, "ls > /dev/null");
	sees(&t, "edited a at 0\nremoved one till 0\nlooked\n", "changes between commands");
	done(&t);
}

static void test_names(void)
{
	struct trip t;

	make("names");
	box_sh("cd names; mkdir -p u/v; echo 1 > u/v/1; echo 2 > u/2");
	begin(&t, "names");
	step(&t, "mv a A; git mv b B");
	sees(&t, "created A at 1\ncreated B at 1\nremoved a till 1\nremoved b till 1\nlooked\n",
	     "another name for a file");
	step(&t, "mv d D; mv u d");
	sees(&t,
	     "created D/c till 2\ncreated d/2\nremoved d/c till 2\ncreated d/v/1\n"
	     "removed u/2 till 2\nremoved u/v/1 till 2\nlooked\n",
	     "another name for a folder, whose files do not show when");
	done(&t);
}

static void test_commits(void)
{
	struct trip t;

	make("commits");
	begin(&t, "commits");
	step(&t, "echo x >> a; echo n > n; git add n");
	sees(&t, "edited a at 1\ncreated n at 1\nlooked\n", "before a commit");
	step(&t, "git commit -qam second; git commit -q --allow-empty -m third");
	sees(&t, "moved main at 2\nmade second at 2\nmade third at 2\nlooked\n",
	     "commits change no file");
	step(&t, "git checkout -qb side");
	sees(&t, "moved side at 3\nlooked\n", "another branch of the same commit");
	step(&t, "git rm -q b; echo y >> a; git commit -qam fourth");
	sees(&t, "moved side at 4\nmade fourth at 4\nedited a at 4\nremoved b till 4\nlooked\n",
	     "a commit with its changes");
	step(&t, "git checkout -q main; echo dirty >> a");
	sees(&t, "moved main at 5\nedited a at 5\ncreated b at 5\nlooked\n", "a checkout");
	step(&t, "git stash -q; git checkout -q --detach side");
	sees(&t, "moved at 6\nedited a at 6\nremoved b till 6\nlooked\n", "a stash, and no branch");
	step(&t, "git stash pop -q 2>/dev/null || git checkout -q stash@{0} -- a");
	sees(&t, "edited a at 7\nlooked\n", "back from the stash");
	done(&t);
}

static void test_unborn(void)
{
	struct trip t;

	box_sh("git init -q unborn; echo x > unborn/x");
	begin(&t, "unborn");
	step(&t, "echo y > y; git add .");
	sees(&t, "created y at 1\nlooked\n", "nothing committed yet");
	step(&t, "git commit -qm begin");
	sees(&t, "moved main at 2\nmade begin at 2\nlooked\n", "the first commit");
	done(&t);
}

/* What the next command does while the look is taken must not be told as the last one's. */
static void test_later(void)
{
	int64_t until;
	struct trip t;

	make("later");
	box_sh("cd later; echo dirty >> b");
	begin(&t, "later");
	step(&t, "echo 1 >> a; echo 1 > new; echo 1 >> run");
	until = now(&t);
	box_tick();
	step(&t, "echo 2 >> a; echo 2 >> b; rm d/c; echo 2 > newer");
	look_at(&t, until);
	is_str(buf_str(&t.said), "created new at 1\nedited run at 1\nlooked\n",
	       "what was touched since the look began is left out");
	step(&t, "git stash -q -u");
	sees(&t, "edited b at 3\nremoved new till 3\nedited run at 3\nlooked\n",
	     "and told by the next, as it is then, or not at all");
	done(&t);
}

static void test_time_unknown(void)
{
	struct trip t;

	make("unknown");
	begin(&t, "unknown");
	step(&t, "echo x >> a; rm b");
	t.clock_was_set = 1;
	sees(&t, "edited a\nremoved b\nlooked\n", "when the clock was set no time is told");
	t.clock_was_set = 0;
	make("unknown/nested");
	sees(&t, "created nested/\nlooked\n", "nor of another repository");
	done(&t);
}

static void test_line_ends(void)
{
	struct trip t;

	make("crlf");
	box_sh("cd crlf; git config core.autocrlf true; printf 'x\\r\\n' > x; git add x 2>&1;"
	       "git commit -qm x");
	begin(&t, "crlf");
	step(&t, "printf 'y\\r\\n' >> x");
	sees(&t, "edited x at 1\nlooked\n", "an edit");
	step(&t, "touch x; git add x 2>&1; git commit -qm y");
	sees(&t, "moved main at 2\nmade y at 2\nlooked\n",
	     "line ends that git converts are no change");
	done(&t);
}

static void test_many(void)
{
	struct trip t;

	make("many");
	begin(&t, "many");
	step(&t, "mkdir m; cd m; seq 1200 | xargs touch");
	look_at(&t, now(&t));
	ok(strstr(buf_str(&t.said), "\nlimit files that commands changed 200\nlooked\n") != NULL,
	   "a long list is cut, and that is said");
	step(&t, "rm m/7; truncate -s 20M heap");
	sees(&t, "created heap at 2\nremoved m/7 till 2\nlooked\n", "what was cut is known");
	step(&t, "printf x >> heap");
	sees(&t, "edited heap at 3\nlooked\n", "a large file");
	done(&t);
}

static void test_locked(void)
{
	struct trip t;

	make("locked");
	begin(&t, "locked");
	step(&t, "touch .git/index.lock; echo x >> a");
	sees(&t, "edited a at 1\nlooked\n", "a locked index");
	done(&t);
}

static void test_odd_names(void)
{
	struct trip t;

	make("odd");
	begin(&t, "odd");
	step(&t, "printf x > \"$(printf 'e\\033s')\"; mkdir \"$(printf '\\303')\";"
		 "printf x > \"$(printf '\\303')/x\"; ln -s . loop; ln -s /etc etc");
	sees(&t,
	     "created \"e\\033s\" at 1\ncreated etc at 1\ncreated loop at 1\n"
	     "created \"\\303/x\" at 1\nlooked\n",
	     "odd names, and links that lead in a circle or out");
	done(&t);
}

static void test_blind(void)
{
	struct trip t;

	make("blind");
	begin(&t, "blind");
	is_int(ftruncate(t.begun, 10), 0, "the state of the beginning is torn");
	sees(&t, "blind what was there when the session began is not known\n", "a torn state");
	is_int(t.rc, -1, "is a failure");
	done(&t);
	begin(&t, "blind");
	step(&t, "mv .git/HEAD .git/HAED");
	look_at(&t, now(&t));
	is_int(strncmp(buf_str(&t.said), "blind ", 6), 0, "no repository any more");
	box_sh("cd blind; mv .git/HAED .git/HEAD");
	done(&t);
}

/* Random acts: what a look finds must be what differs between two listings of all that git does not
 * ignore, and none of it may be told as another act's. */

static const char list[] =
	"cd %s; git ls-files -co --exclude-standard | LC_ALL=C sort -u | while IFS= read -r f; do"
	"  if [ -L \"$f\" ]; then printf '%%s\\tlink %%s\\n' \"$f\" \"$(readlink \"$f\")\";"
	"  elif [ -f \"$f\" ]; then [ -x \"$f\" ] && x=x || x=-;"
	"    printf '%%s\\t%%s\\n' \"$f\" \"$x $(git hash-object --no-filters \"$f\")\"; fi;"
	"done > ../%s";
static const char compare[] =
	"LC_ALL=C join -t '\t' -a 1 -a 2 -e '' -o 0,1.2,2.2 then now | awk -F '\t' '"
	"$2 == \"\" { print \"created \" $1 } $3 == \"\" { print \"removed \" $1 }"
	"$2 != \"\" && $3 != \"\" && $2 != $3 { print \"edited \" $1 }'";

static void put_act(struct buf *script, unsigned int *seed)
{
	static const char *const files[] = {"a", "b", "d/c", "run", "l", "x y", "d/e", "e/f"};
	static const char *const acts[] = {"echo $n >> \"$f\"",
					   "mkdir -p d e; seq $n > \"$f\"",
					   "sed -i ${n}d \"$f\"",
					   "rm -f \"$f\"",
					   "chmod +x \"$f\"",
					   "git add -A",
					   "git stash -q",
					   "git stash pop -q",
					   "git commit -qm $n",
					   "git reset -q --hard",
					   "git rm -qf --cached --ignore-unmatch \"$f\"",
					   "rm -f \"$f\"; mkdir -p d; ln -s a$n \"$f\"",
					   "rm -rf g; mv d g; mv e d",
					   "git checkout -q HEAD~1",
					   "touch \"$f\""};
	unsigned int act = (unsigned int)rand_r(seed) % (sizeof(acts) / sizeof(*acts));
	unsigned int file = (unsigned int)rand_r(seed) % (sizeof(files) / sizeof(*files));

	buf_printf(script, "n=%u; f='%s'; (%s) >/dev/null 2>&1 || true",
		   (unsigned int)rand_r(seed) % 40 + 1, files[file], acts[act]);
}

/* What the look said of files, without the times; ok(): these are the last step's. */
static void put_files(struct buf *out, struct trip *t, unsigned int seed)
{
	char line[256], *at;
	const char *p = buf_str(&t->said), *end;

	for (; (end = strchr(p, '\n')); p = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - p), p);
		if (!strncmp(line, "moved", 5) || !strncmp(line, "made", 4) ||
		    !strcmp(line, "looked"))
			continue;
		while ((at = strstr(line, " at ")) || (at = strstr(line, " till "))) {
			if (strtol(strrchr(line, ' '), NULL, 10) != t->n)
				ok(0, "seed %u: %s was in step %d", seed, line, t->n);
			*at = '\0';
		}
		buf_printf(out, "%s\n", line);
	}
}

static void test_random(unsigned int seed)
{
	unsigned int first = seed;
	struct trip t;
	char dir[32];
	int i;

	snprintf(dir, sizeof(dir), "random%u", seed);
	make(dir);
	begin(&t, dir);
	box_sh(list, dir, "then");
	for (i = 0; i < STEPS; i++) {
		struct buf script = {0}, got = {0};
		char *want;

		put_act(&script, &seed);
		step(&t, buf_str(&script));
		look_at(&t, now(&t));
		put_files(&got, &t, first);
		box_sh(list, dir, "now");
		want = box_ask("%s && echo .", compare);
		if (got.len)
			got.len--;
		buf_puts(&got, got.len ? "\n." : ".");
		if (!is_str(buf_str(&got), want, "seed %u, act %d", first, i + 1))
			tap_note("%s", buf_str(&script));
		box_sh("mv now then");
		free(want);
		buf_release(&script);
		buf_release(&got);
	}
	done(&t);
}

int main(void)
{
	const char *seed = getenv("SEED");
	unsigned int i;

	box = box_open();
	test_each_command();
	test_several_commands();
	test_names();
	test_commits();
	test_unborn();
	test_later();
	test_time_unknown();
	test_line_ends();
	test_many();
	test_locked();
	test_odd_names();
	test_blind();
	for (i = 0; i < (seed ? 1 : 4); i++)
		test_random(seed ? (unsigned int)strtoul(seed, NULL, 10)
				 : (unsigned int)time(NULL) + i);
	box_close();
	return tap_done();
}
