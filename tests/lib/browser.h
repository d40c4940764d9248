/* SPDX-License-Identifier: MIT */
/* browser: a headless Chromium, driven through the pipe of its DevTools protocol
 * (chromedevtools.github.io/devtools-protocol). It has a profile of its own and no network to go
 * to: whatever a page asks for is a complaint. */
#ifndef STENO_BROWSER_H
#define STENO_BROWSER_H

struct browser;

enum { BROWSER_DEADLINE_MS = 60000 };

/* NULL if there is no Chromium. One that is there and does not answer ends the test program. */
struct browser *browser_open(void);
void browser_close(struct browser *b);

/* Loads a file and waits until that is done; its fragment may follow the path. Complaints are
 * forgotten. */
void browser_go(struct browser *b, const char *path);
/* The value of an expression, or of its promise, as a string; malloc'ed. NULL: it threw. */
char *browser_ask(struct browser *b, const char *expression);
/* Asks again and again until that is "true": 1; or 0 after the deadline, having said so. */
int browser_until(struct browser *b, const char *expression);
/* Presses a key by its name ("Enter", "/", "Tab"), or types text, where the focus is. */
void browser_key(struct browser *b, const char *key);
void browser_type(struct browser *b, const char *text);
/* The window in CSS pixels, whether the user prefers a dark page, and whether pages that are loaded
 * from here on may run scripts of their own. */
enum { BROWSER_DARK = 1, BROWSER_NO_SCRIPT = 2 };
void browser_look(struct browser *b, int width, int height, int flags);
/* Errors, violations of the page's policy, and requests since the page was loaded, a line each; ""
 * if there were none. Borrowed until the next call. */
const char *browser_complaints(struct browser *b);

#endif
