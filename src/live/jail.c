/* SPDX-License-Identifier: MIT */
/* seccomp and Landlock without a library: one filter and one rule. */
#include "jail.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define JAIL_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define JAIL_ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef JAIL_ARCH
/* With this bit set x86_64 has every call once more (x32). */
#define X32_BIT 0x40000000

#define REFUSE(call)                                                                               \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1),                                         \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

static void refuse_calls(void)
{
	static struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, JAIL_ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM), /* int 0x80 */
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		REFUSE(__NR_execve),
		REFUSE(__NR_execveat),
		REFUSE(__NR_socket),
#ifndef __SANITIZE_ADDRESS__ /* the leak checker traces */
		REFUSE(__NR_ptrace),
#endif
		REFUSE(__NR_process_vm_readv),
		REFUSE(__NR_process_vm_writev),
		REFUSE(__NR_pidfd_getfd),
		REFUSE(__NR_io_uring_setup), /* its requests are not filtered */
		/* what changes a file and is none of Landlock's */
		REFUSE(__NR_truncate),
		REFUSE(__NR_fchmod),
		REFUSE(__NR_fchmodat),
		REFUSE(__NR_fchown),
		REFUSE(__NR_fchownat),
		REFUSE(__NR_utimensat),
		REFUSE(__NR_setxattr),
		REFUSE(__NR_lsetxattr),
		REFUSE(__NR_fsetxattr),
		REFUSE(__NR_removexattr),
		REFUSE(__NR_lremovexattr),
		REFUSE(__NR_fremovexattr),
#ifdef __NR_fchmodat2
		REFUSE(__NR_fchmodat2),
#endif
#ifdef __NR_chmod /* of older machines only */
		REFUSE(__NR_chmod),
		REFUSE(__NR_chown),
		REFUSE(__NR_lchown),
		REFUSE(__NR_utime),
		REFUSE(__NR_utimes),
		REFUSE(__NR_futimesat),
#endif
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(*code), code};

	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#else
static void refuse_calls(void)
{
}
#endif

/* The rights of Landlock's first version (Linux 5.13) that change files. */
static const uint64_t changing = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
				 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
				 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
				 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
				 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

static const uint64_t opening =
	LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE;

static void confine_to(int dir, uint64_t refused)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = refused};
	struct landlock_path_beneath_attr beneath = {.allowed_access = refused, .parent_fd = dir};
	long rules = syscall(__NR_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (rules < 0)
		return;
	if (dir < 0 ||
	    syscall(__NR_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0)
		syscall(__NR_landlock_restrict_self, rules, 0);
	close((int)rules);
}

void jail_enter(int dir)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return;
	confine_to(dir, changing);
	refuse_calls();
}

void jail_seal(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return;
	confine_to(-1, changing | opening);
	refuse_calls();
}

void jail_calls(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		refuse_calls();
}
