/* SPDX-License-Identifier: MIT */
/* glean: one value out of a small JSON file of an agent's, where no parser may run. */
#ifndef STENO_GLEAN_H
#define STENO_GLEAN_H

#include <stddef.h>

/* The value of a key, spelt as `"key":"`, if it is made of the characters `of` only, which need no
 * unescaping; it is cut to fit. 1 if there is one. */
int glean_value(const char *json, const char *key, const char *of, char *out, size_t size);

#endif
