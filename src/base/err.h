/* SPDX-License-Identifier: MIT */
/* err: why something failed, as text that a person can act on. */
#ifndef STENO_ERR_H
#define STENO_ERR_H

struct err {
	char text[512]; /* "open /x: Permission denied"; "" when nothing failed */
	int code;	/* errno of the first cause, or 0 */
};

/* Each returns -1, so that a caller may `return err_set(...)`. err may be NULL. */
int err_set(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* As err_set, with ": " and strerror(errno) added, errno kept in code. */
int err_sys(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Puts "<step>: " in front of a text that is there already. */
int err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* For the impossible: says where, and aborts. */
#define bug(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
void bug_at(const char *file, int line, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));

#endif
