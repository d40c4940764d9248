/* SPDX-License-Identifier: MIT */
/* banned: functions that have no bound, no error, no reentrancy, or that start a shell. The
 * Makefile includes this first in every file, so that calling one is a compile error; the system
 * headers that declare them come before, since a macro would spoil their declarations.
 * Function-like macros and not `#pragma GCC poison`: that refuses the bare word too, also where
 * a library's header happens to use it. */
#ifndef STENO_BANNED_H
#define STENO_BANNED_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(f) sorry_##f##_is_banned

#undef strcpy
#define strcpy(...) BANNED(strcpy) /* buf_puts, memcpy with a length */
#undef strcat
#define strcat(...) BANNED(strcat)
#undef strncpy
#define strncpy(...) BANNED(strncpy)
#undef strncat
#define strncat(...) BANNED(strncat)
#undef sprintf
#define sprintf(...) BANNED(sprintf) /* snprintf, buf_printf */
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf)
#undef strtok
#define strtok(...) BANNED(strtok) /* strchr, strcspn */
#undef gets
#define gets(...) BANNED(gets)
#undef atoi
#define atoi(...) BANNED(atoi) /* strtol with its end and errno looked at */
#undef localtime
#define localtime(...) BANNED(localtime) /* stamp_iso */
#undef gmtime
#define gmtime(...) BANNED(gmtime) /* gmtime_r */
#undef signal
#define signal(...) BANNED(signal) /* sigaction */
#undef system
#define system(...) BANNED(system) /* fork and execv */
#undef popen
#define popen(...) BANNED(popen)

#endif
