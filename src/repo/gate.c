/* SPDX-License-Identifier: MIT */
/* libgit2 at arm's length. Its check of a repository's owner stays on. */
#include "gate.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

/* libgit2's initialisation parses every certificate of /etc/ssl/certs (mbedtls_stream.c), which
 * takes 4 of its 5 ms and serves a network that is never used here. It goes on without them when
 * the bundle cannot be opened, and opens nothing else: so for that moment no file can be. The
 * process has one thread, so nobody else wants to open one meanwhile. */
static int init_without_certificates(void)
{
	struct rlimit old, none;
	int count;

	if (getrlimit(RLIMIT_NOFILE, &old) < 0)
		return -1;
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = old.rlim_max};
	if (setrlimit(RLIMIT_NOFILE, &none) < 0)
		return -1;
	count = git_libgit2_init();
	if (setrlimit(RLIMIT_NOFILE, &old) < 0)
		bug("the limit of open files cannot be raised again");
	return count;
}

int gate_start(struct err *err)
{
	if (init_without_certificates() > 0 || git_libgit2_init() > 0)
		return 0;
	return gate_err(err, "start libgit2");
}

void gate_stop(void)
{
	git_libgit2_shutdown();
}

/* What libgit2 says of repositories it cannot read, and what a person should read instead. */
static const struct {
	const char *said, *meant;
} plain_words[] = {
	{"safe.directory", "it belongs to another user (git's safe.directory)"},
	{"'link'", "it has a split index, which libgit2 cannot read"},
	{"'sdir'", "it has a sparse index, which libgit2 cannot read"},
};

int gate_err(struct err *err, const char *what)
{
	const git_error *e = git_error_last();
	const char *text = e && e->message ? e->message : "unknown failure of libgit2";
	size_t i;

	for (i = 0; i < sizeof(plain_words) / sizeof(plain_words[0]); i++)
		if (strstr(text, plain_words[i].said))
			text = plain_words[i].meant;
	return err_set(err, "%s: %s", what, text);
}

int gate_flag(git_config *config, const char *key, int fallback)
{
	int value;

	return git_config_get_bool(&value, config, key) == 0 ? value : fallback;
}

int gate_number(git_config *config, const char *key, int fallback)
{
	int32_t value;

	return git_config_get_int32(&value, config, key) == 0 ? value : fallback;
}

static int read_filemode(git_repository *repo)
{
	git_config *config = NULL;
	int on = 1;

	if (git_repository_config_snapshot(&config, repo) == 0)
		on = gate_flag(config, "core.filemode", 1);
	git_config_free(config);
	return on;
}

/* libgit2's workdir has a slash at its end. */
static int has_workdir(git_repository *repo, const char *root)
{
	const char *workdir = git_repository_workdir(repo);
	size_t n = strlen(root);

	return workdir && strncmp(workdir, root, n) == 0 && strcmp(workdir + n, "/") == 0;
}

/* Of these the server stamps the files, by a clock of its own. */
static int is_remote(int root)
{
	static const unsigned int kinds[] = {
		0x6969,	    /* nfs */
		0x517B,	    /* smb */
		0xFF534D42, /* cifs */
		0xFE534D42, /* smb2 */
		0x65735546, /* fuse */
		0x01021997, /* 9p */
		0x00C36400, /* ceph */
		0x5346414F, /* afs */
		0x564C,	    /* ncp */
		0x73757245, /* coda */
		0x786F4256, /* virtualbox's shared folders */
	};
	struct statfs fs;
	size_t i;

	if (fstatfs(root, &fs) < 0)
		return 1;
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if ((unsigned int)fs.f_type == kinds[i])
			return 1;
	return 0;
}

int gate_enter(struct gate *g, const char *gitdir, const char *root, struct err *err)
{
	*g = (struct gate){.root = -1};
	if (git_repository_open_ext(&g->repo, gitdir, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0)
		return gate_err(err, "open the repository");
	if (!root)
		return 0;
	if (!has_workdir(g->repo, root) && git_repository_set_workdir(g->repo, root, 0) < 0)
		return gate_err(err, "set the working tree");
	g->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (g->root < 0)
		return err_sys(err, "open %s", root);
	g->filemode = read_filemode(g->repo);
	g->is_remote = is_remote(g->root);
	return 0;
}

void gate_leave(struct gate *g)
{
	git_repository_free(g->repo);
	io_close(&g->root);
	*g = (struct gate){.root = -1};
}

int gate_tree(git_tree **tree, const struct gate *g, const git_oid *oid, struct err *err)
{
	git_commit *commit = NULL;
	int rc = 0;

	*tree = NULL;
	if (!oid)
		return 0;
	if (git_commit_lookup(&commit, g->repo, oid) < 0 || git_commit_tree(tree, commit) < 0)
		rc = gate_err(err, "read the commit");
	git_commit_free(commit);
	return rc;
}

const git_oid *gate_oid(git_oid *oid, const char *hex)
{
	return hex && *hex && git_oid_fromstr(oid, hex) == 0 ? oid : NULL;
}

char *gate_branch(git_repository *repo)
{
	static const char heads[] = "refs/heads/";
	git_reference *ref = NULL;
	const char *target = NULL;
	char *branch = NULL;

	if (git_reference_lookup(&ref, repo, "HEAD") == 0)
		target = git_reference_symbolic_target(ref);
	if (target && strncmp(target, heads, sizeof(heads) - 1) == 0)
		branch = xstrdup(target + sizeof(heads) - 1);
	git_reference_free(ref);
	return branch;
}
