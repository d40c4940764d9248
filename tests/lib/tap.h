/* SPDX-License-Identifier: MIT */
/* tap: test output as the Test Anything Protocol. A test program calls ok() and its kin, then
 * returns tap_done(). A name is a sentence: what holds. */
#ifndef STENO_TAP_H
#define STENO_TAP_H

#include <stddef.h>
#include <stdint.h>

/* Each prints "ok N - name" or "not ok N - name" with what was got and wanted; returns its
 * truth. */
int ok(int truth, const char *name, ...) __attribute__((format(printf, 2, 3)));
int is_int(int64_t got, int64_t want, const char *name, ...) __attribute__((format(printf, 3, 4)));
int is_str(const char *got, const char *want, const char *name, ...)
	__attribute__((format(printf, 3, 4)));
int is_mem(const void *got, size_t got_n, const void *want, size_t want_n, const char *name, ...)
	__attribute__((format(printf, 5, 6)));
/* A test that cannot run here: says why, aloud; counted as skipped. */
void tap_skip(const char *name, const char *why);
/* A line of explanation ("# ..."). */
void tap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Prints the plan; 0 if all passed, else 1. */
int tap_done(void);

#endif
