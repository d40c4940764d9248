/* SPDX-License-Identifier: MIT */
#include "subagents.h"

#include "glean.h"
#include "proc.h"

#include "../base/buf.h"

#include <stdio.h>
#include <string.h>

enum { ID_MOST = 64, ID_SHOWN = 7 };

int subagents_is_log(const char *name)
{
	size_t n = strlen(name);

	return n > 12 && !strncmp(name, "agent-", 6) && !strcmp(name + n - 6, ".jsonl");
}

void subagents_name(int dir, const char *log, char name[SUBAGENT_NAME])
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		" ._-";
	char file[ID_MOST + 32], kind[40];
	size_t n = strlen(log) - strlen(".jsonl");
	struct buf text = {0};

	name[0] = '\0';
	if (n > ID_MOST)
		return;
	snprintf(file, sizeof(file), "%.*s.meta.json", (int)n, log);
	if (proc_read_file(dir, file, &text) == 0 &&
	    glean_value(buf_str(&text), "\"agentType\":\"", letters, kind, sizeof(kind)))
		snprintf(name, SUBAGENT_NAME, "%s %.*s", kind,
			 (int)(n - 6 < ID_SHOWN ? n - 6 : ID_SHOWN), log + strlen("agent-"));
	buf_release(&text);
}
