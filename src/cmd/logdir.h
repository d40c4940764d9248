/* SPDX-License-Identifier: MIT */
/* logdir: where the folder of the logs is. */
#ifndef STENO_LOGDIR_H
#define STENO_LOGDIR_H

struct buf;
struct err;

/* Appends its path; it need not be there. log_dir: --log-dir, or NULL: then STENO_LOG_DIR, the
 * user's git config steno.logDir, codex-logs; a relative one is below the root of the working
 * tree. */
int logdir_find(const char *log_dir, struct buf *out, struct err *err);
/* The same where all is known: asked is --log-dir or STENO_LOG_DIR, config the user's steno.logDir;
 * NULL or "" where there is none. */
void logdir_choose(const char *root, const char *asked, const char *config, struct buf *out);

#endif
