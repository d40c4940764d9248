/* SPDX-License-Identifier: MIT */
/* subagents: the logs of Claude Code's sub-agents, ID/subagents/agent-*.jsonl beside ID.jsonl of
 * their conversation. */
#ifndef STENO_SUBAGENTS_H
#define STENO_SUBAGENTS_H

enum { SUBAGENT_NAME = 80 };

/* Whether a file of that folder is such a log. */
int subagents_is_log(const char *name);
/* "general-purpose a54de91": its kind, by the file beside its log, agent-a54de91....meta.json, and
 * the beginning of its id; "" if that file does not tell. dir: the folder. */
void subagents_name(int dir, const char *log, char name[SUBAGENT_NAME]);

#endif
