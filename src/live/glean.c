/* SPDX-License-Identifier: MIT */
#include "glean.h"

#include <stdio.h>
#include <string.h>

int glean_value(const char *json, const char *key, const char *of, char *out, size_t size)
{
	const char *at = strstr(json, key);
	size_t n;

	if (!at)
		return 0;
	at += strlen(key);
	n = strspn(at, of);
	if (!n || at[n] != '"')
		return 0;
	snprintf(out, size, "%.*s", (int)(n < size ? n : size - 1), at);
	return 1;
}
