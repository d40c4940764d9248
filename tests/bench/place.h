/* SPDX-License-Identifier: MIT */
/* place: the folder in which all is measured, and the files in it. Failures end the program. */
#ifndef STENO_PLACE_H
#define STENO_PLACE_H

#include <stddef.h>

/* Makes it, goes there, and lets the environment name it; place_leave() removes it. */
void place_enter(void);
void place_leave(void);
const char *place_path(void);

/* A new log file for a peer; for steno, a new folder that it finds in the environment. In a static
 * buffer. */
const char *place_new_log(void);
void place_remove(const char *path);
/* Names are below the place. */
void place_make_folder(const char *name);
void place_write(const char *name, const char *text);

/* The only file in a folder that ends so. Returns 0 or -1. */
int place_find(const char *folder, const char *end, char *path, size_t size);
/* Megabytes; 0 if there is no such file. */
double place_size_mb(const char *path);
/* The file's first megabyte has this text. */
int place_holds(const char *path, const char *text);

#endif
