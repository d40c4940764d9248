/* SPDX-License-Identifier: MIT */
#include "sh_args.h"

#include <stddef.h>
#include <string.h>

const char *sh_args_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *sh_args_shell(const char *argv0)
{
	static const char *const names[] = {"sh",  "bash", "dash", "zsh",  "ksh",
					    "ash", "mksh", "yash", "fish", NULL};
	const char *base;
	size_t i;

	base = sh_args_base(argv0[0] == '-' ? argv0 + 1 : argv0);
	for (i = 0; names[i]; i++)
		if (!strcmp(base, names[i]))
			return base;
	return NULL;
}

static int takes_word(const char *option)
{
	return !strcmp(option, "--rcfile") || !strcmp(option, "--init-file");
}

int sh_args_command(int argc, char *const *argv, const char **command)
{
	int has_c = 0, i;

	for (i = 1; i < argc; i++) {
		const char *a = argv[i], *p;

		if (!strcmp(a, "--") || !strcmp(a, "-")) {
			i++;
			break;
		}
		if (a[0] != '-' && a[0] != '+')
			break;
		if (a[1] == '-') {
			i += takes_word(a);
			continue;
		}
		for (p = a + 1; *p; p++) {
			has_c |= a[0] == '-' && *p == 'c';
			i += *p == 'o' || *p == 'O';
		}
	}
	*command = has_c && i < argc ? argv[i] : NULL;
	return has_c;
}

int sh_args_is_led(int argc, char *const *argv)
{
	const char *name = argc ? sh_args_shell(argv[0]) : NULL, *command = NULL;
	int i;

	if (!name || (strcmp(name, "bash") != 0 && strcmp(name, "zsh") != 0))
		return 0;
	for (i = 1; i < argc && (argv[i][0] == '-' || argv[i][0] == '+'); i++) {
		if (!strcmp(argv[i], "--posix") || !strcmp(argv[i], "--restricted"))
			return 0;
		if (argv[i][0] == '-' && argv[i][1] != '-' &&
		    strpbrk(argv[i], *name == 'b' ? "pri" : "fr"))
			return 0;
	}
	sh_args_command(argc, argv, &command);
	return command != NULL;
}
