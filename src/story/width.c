/* SPDX-License-Identifier: MIT */
#include "width.h"

#include "width_private.h"

static int is_in(uint32_t cp, const struct width_range *ranges, size_t n)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cp > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && cp >= ranges[low].first;
}

int width_of(uint32_t cp)
{
	if (cp < 0x300)
		return 1;
	if (cp >= 0x4e00 && cp <= 0x9fff)
		return 2; /* most of the wide ones in any text */
	if (is_in(cp, width_zero, width_zero_count))
		return 0;
	return is_in(cp, width_wide, width_wide_count) ? 2 : 1;
}
