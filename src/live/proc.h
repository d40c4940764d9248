/* SPDX-License-Identifier: MIT */
/* proc: the processes of this machine, as /proc tells (proc(5)). They come and go meanwhile: what
 * cannot be read is not there. */
#ifndef STENO_PROC_H
#define STENO_PROC_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;

struct process {
	pid_t pid, parent;
	uint64_t age;  /* when it began, in clock ticks since boot */
	char name[32]; /* as the kernel has it, cut at 15 characters */
	int is_dead;   /* a zombie: it has nothing open any more */
};

/* Zero-initialise it; free(list) when done. */
struct processes {
	struct process *list; /* by pid */
	size_t n, cap;
};

void proc_list(struct processes *all);
/* The pid of the process or thread that was made last, anywhere on this machine; -1: not known. */
pid_t proc_newest(void);
const struct process *proc_find(const struct processes *all, pid_t pid); /* or NULL */
int proc_stat(pid_t pid, struct process *p);				 /* 0, or -1: it is gone */
/* Whether that very process still runs. */
int proc_lives(pid_t pid, uint64_t age);
/* Whether a process lives that has this terminal as its controlling one. */
int proc_has_terminal(pid_t pid, dev_t tty);
/* When a process began by the wall clock, in microseconds. */
int64_t proc_wall(uint64_t age);

/* /proc/PID/what, whole, with a NUL behind it; -1 if it cannot be read. */
int proc_read(pid_t pid, const char *what, struct buf *out);
/* The same of any small file: a regular one, no link; at most 256 KiB. */
int proc_read_file(int dir, const char *path, struct buf *out);
/* What NAME= is in an environment read so; NULL. Borrowed. */
const char *proc_variable(const struct buf *env, const char *name);
/* Where it is, as the kernel says; malloc'ed. NULL: not known. */
char *proc_cwd(pid_t pid);

#endif
