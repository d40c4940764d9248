/* SPDX-License-Identifier: MIT */
/* survey: what git knows of the place where a session runs. The only user of libgit2 (1.5 to
 * 1.9). Runs in a short-lived process of its own. Executes nothing that the repository names, and
 * writes nothing into it.
 *
 * Facts are JSON objects of at most SURVEY_FACT bytes, in this order:
 *  begin: {"fact":"before","status":S,"path":P}  dirty already when the session began
 *         {"fact":"begun","dirty":N}             the last of begin; N as listed
 *  end:   {"fact":"head","oid":H|null,"branch":B|null}
 *         {"fact":"commit","oid":H,"subject":T}  made during the session, oldest first
 *         {"fact":"created"|"edited"|"removed","path":P}  since the session began
 *         {"fact":"untracked","path":P}          untracked now
 *         {"fact":"diff","text":T}               the next piece of `git diff --no-ext-diff`
 *         {"fact":"ended","diff_bytes":N}        the last of end
 *  look:  {"fact":"moved","oid":H|null,"branch":B|null}  HEAD is another than at the look before
 *         {"fact":"made","oid":H,"subject":T}    a commit made since, oldest first
 *         {"fact":"changed","how":"created"|"edited"|"removed","path":P}  since
 *         {"fact":"looked","since":A,"until":B}  the last of a look, which has seen all changes
 *                                                between; without it what is above is void
 *         {"fact":"blind","why":T}               no look could be taken; there will be no more
 *  any:   {"fact":"limit","what":W,"left_out":N}  a list or the diff was cut, or does not say all
 *         {"fact":"unreadable","why":T}          at begin or end git could not be asked
 * Times are microseconds since the session began. What a look finds bears "at": it was then for the
 * last time, or up to 20 ms later; or "till": it was then at the latest; or both: it was some time
 * between. Where there is no "at" it may have been from A on, and where there is neither, up to the
 * time of the event itself. "born" is when the file was made, if after A: nothing happened to it
 * before. A file that is touched while a look is taken is left to the next one.
 * S is one of "M" "A" "D" "T" "U" "?" (modified, added, deleted, type changed, unmerged, untracked;
 * a rename is a "D" and an "A"). Paths are relative to the root, '/'-separated; one that is not
 * UTF-8, holds control characters or begins with a quote is quoted as git quotes it ("a\303...");
 * another repository inside is shown as "dir/" and not entered. Ignored files are left out; one
 * that is no longer ignored counts as created. The folder of the logs is left out everywhere: of
 * the dirty, created, edited, removed and untracked files and of the diff.
 *
 * Lists hold at most 10,000 paths (of a look 1,000) or 1,000 commits, the diff at most 8 MiB, cut
 * at the end of a line. W, in words, is one of
 *   "paths that were dirty" "files changed" "commits" "untracked files"
 *   "bytes of the diff"                     past the 8 MiB
 *   "bytes of the diff that are not UTF-8"  each bad sequence of them is a U+FFFD in the text
 *   "combined diffs of unmerged files"      git shows one; here "* Unmerged path X" stands
 *   "files that could not be read for the diff"
 *   "files that commands changed"           of a look
 *
 * What changed is told by comparing what stood at a path at the start with what stands there now,
 * by content up to 16 MiB a file and 256 MiB together, else by size, time and inode. */
#ifndef STENO_SURVEY_H
#define STENO_SURVEY_H

#include <stddef.h>
#include <stdint.h>

struct err;

enum { SURVEY_FACT = 48 * 1024 };

struct place {
	char *root;   /* as `git rev-parse --show-toplevel`; else the cwd, links resolved */
	char *repo;   /* "git", or NULL: not in a working tree (none, bare, inside .git) */
	char *gitdir; /* the repository's own folder, links resolved; NULL if unknown */
	char *head;   /* commit, hex; NULL when unborn */
	char *branch; /* NULL when detached */
	char *why;    /* why there seems to be a repository that cannot be read; else NULL. root is
			 then the folder that holds .git, and repo still "git" */
};

/* Looks around from `cwd` (absolute). Always fills *p with at least root. Honours GIT_DIR,
 * GIT_WORK_TREE, GIT_CEILING_DIRECTORIES as git does. Cheap when no folder above is a repository:
 * libgit2 is then not even initialised. */
void place_find(struct place *p, const char *cwd);
void place_release(struct place *p);

/* The user's own (global, XDG, system; never the repository's) git config value, malloc'ed, or
 * NULL. */
char *place_user_config(const char *key);

typedef void survey_emit(void *ctx, const char *fact, size_t n);

/* state: an empty file open for reading and writing, where begin leaves what end needs to tell
 * what has changed; begin overwrites what is in it. logs: the folder of the logs, relative to the
 * root, or NULL if not below it. start_us: wall clock when the session began; a file changed after
 * it was not dirty before, so begin may run while the first command does. p->head must be from
 * before that. libgit2 is started and stopped within each call; no other thread may run meanwhile.
 * libgit2 1.5 never comes back from a loose object whose file was cut short, so whoever runs
 * these must be ready to kill the process.
 * On failure -1, after an "unreadable" fact that says what err does. */
int survey_begin(const struct place *p, const char *logs, int state, int64_t start_us,
		 survey_emit *emit, void *ctx, struct err *err);
int survey_end(const struct place *p, const char *logs, int state, int64_t start_us,
	       survey_emit *emit, void *ctx, struct err *err);

/* A look at what has changed since the look before, the first of them since survey_begin(). */
struct survey_look {
	int begun;	   /* what survey_begin() left */
	int state;	   /* an empty file before the first look; then what the look before left */
	int64_t since_us;  /* when the look before began; 0 */
	int64_t until_us;  /* now */
	int64_t wall_us;   /* the wall clock when the session began, as it goes now */
	int clock_was_set; /* since the look before: the files' times say nothing */
};

/* As survey_end(); a state that is not whole afterwards makes the next look fail. */
int survey_look(const struct place *p, const char *logs, const struct survey_look *look,
		survey_emit *emit, void *ctx, struct err *err);

#endif
