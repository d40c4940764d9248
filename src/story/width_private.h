/* SPDX-License-Identifier: MIT */
/* width_private: the table behind width.c. */
#ifndef STENO_WIDTH_PRIVATE_H
#define STENO_WIDTH_PRIVATE_H

enum { WIDTH_PAGE = 256, WIDTH_PAGES = 0x110000 / WIDTH_PAGE, WIDTH_IN_BYTE = 4 };

/* Which page is of these 256 characters. */
extern const unsigned char width_page[WIDTH_PAGES];
/* Two bits a character, the first one's lowest. */
extern const unsigned char width_pages[][WIDTH_PAGE / WIDTH_IN_BYTE];

#endif
