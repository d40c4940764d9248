/* SPDX-License-Identifier: MIT */
/* cmd: the verbs that work on recordings. argv[0] is what getopt(3) puts before its words; the
 * result is the exit status: 0 done, 1 no such thing (rebuild --check: a difference), 2 usage, 3
 * failed. */
#ifndef STENO_CMD_H
#define STENO_CMD_H

/* steno attach [-r] [--detach-key KEY] [--size-from smallest|latest] [--log-dir DIR] [SESSION] */
int cmd_attach(int argc, char **argv);
/* steno kill [--log-dir DIR] SESSION */
int cmd_kill(int argc, char **argv);
/* steno play [options] [SESSION[:N]|FILE] */
int cmd_play(int argc, char **argv);
/* steno rebuild [--check] [--all] [--log-dir DIR] SESSION ... */
int cmd_rebuild(int argc, char **argv);
/* steno say --role ROLE [options] [TEXT ... | -] */
int cmd_say(int argc, char **argv);
/* steno hooks codex|claude */
int cmd_hooks(int argc, char **argv);
/* steno hook codex|claude [JSON]: what the settings that it prints have run */
int cmd_hook(int argc, char **argv);
/* steno import [--again] [--log-dir DIR] FILE ... */
int cmd_import(int argc, char **argv);
/* steno ls [--all] [--json] [--log-dir DIR] [-n N] */
int cmd_ls(int argc, char **argv);
/* steno log: see its usage */
int cmd_log(int argc, char **argv);
/* steno export [-f FORM] [-o FILE] [-t TIMING] [--all] [--log-dir DIR] SESSION|FILE */
int cmd_export(int argc, char **argv);
/* steno send [--enter] [--log-dir DIR] SESSION TEXT|- */
int cmd_send(int argc, char **argv);
/* steno wait [options] SESSION: its status is the command's */
int cmd_wait(int argc, char **argv);
/* steno show [options] [SESSION[:N]] */
int cmd_show(int argc, char **argv);
/* steno verify [options] [SESSION ...]: 0 all can be believed, 1 something cannot, 2 not to be
 * read */
int cmd_verify(int argc, char **argv);

#endif
