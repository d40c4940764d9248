/* SPDX-License-Identifier: MIT */
#include "width.h"

#include "width_private.h"

int width_of(uint32_t cp)
{
	const unsigned char *page;

	if (cp < 0x300 || cp / WIDTH_PAGE >= WIDTH_PAGES)
		return 1;
	page = width_pages[width_page[cp / WIDTH_PAGE]];
	cp %= WIDTH_PAGE;
	return page[cp / WIDTH_IN_BYTE] >> 2 * (cp % WIDTH_IN_BYTE) & 3;
}
