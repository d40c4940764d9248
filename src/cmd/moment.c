/* SPDX-License-Identifier: MIT */
#include "moment.h"

#include <stdlib.h>
#include <string.h>

int moment_parse_decimal(const char *text, double *out)
{
	char *end;

	if (!*text || text[strspn(text, "0123456789.")])
		return -1;
	*out = strtod(text, &end);
	return *end || *out > 1e9 ? -1 : 0;
}

int moment_parse(const char *text, int64_t *us)
{
	char part[32];
	double sum = 0, value;
	int parts;

	for (parts = 0; parts < 3; parts++) {
		size_t n = strcspn(text, ":");

		if (n >= sizeof(part))
			return -1;
		memcpy(part, text, n);
		part[n] = '\0';
		if (moment_parse_decimal(part, &value) < 0)
			return -1;
		sum = sum * 60 + value;
		text += n;
		if (!*text)
			break;
		text++;
	}
	if (parts == 3)
		return -1;
	*us = (int64_t)(sum * 1e6 + 0.5);
	return 0;
}
