/* SPDX-License-Identifier: MIT */
/* Other people's prompts and integrations beside our hooks: each row is a start-up file that does
 * what one of them does (written from how it behaves, not copied), with what must still be seen of
 * theirs. The same is typed with and without steno: the terminal must get the same bytes, whoever
 * prints them. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "base/err.h"

#include <stdio.h>
#include <string.h>

struct row {
	const char *name, *shell, *file; /* below HOME */
	const char *rc;
	const char *seen; /* of theirs, in what the terminal got */
};

#define BASH "/bin/bash", ".bashrc"
#define ZSH "/usr/bin/zsh", ".zshrc"
#define FISH "/usr/bin/fish", ".config/fish/config.fish"

#define BASH_PREEXEC                                                                               \
	"PS1='" LAB_PROMPT "' __bp_imported=defined; bp_on() { __bp_preexec_interactive_mode=on; " \
	"}; bp_pre() { echo \"[pre $?]\"; }\n"                                                     \
	"bp_its() { local IFS=$'\\n;' x; for x in $PROMPT_COMMAND; do [[ $x == \"$1\" ]] && "      \
	"return; done; return 1; }\n"                                                              \
	"bp_trap() { [[ $__bp_preexec_interactive_mode ]] || return; "                             \
	"__bp_preexec_interactive_mode=; bp_its \"$BASH_COMMAND\" && return\n"                     \
	"echo \"[exec $(history 1 | sed 's/ *[0-9]* *//')]\"; }\n"                                 \
	"bp_self=$'trap - DEBUG\\nbp_start'\n"

static const struct row rows[] = {
	{"starship in bash: PS1 made anew, times by a DEBUG trap", BASH,
	 "preexec() { [ -n \"$t\" ] || t=$SECONDS; }; trap preexec DEBUG\n"
	 "precmd() { local s=$?; PS1=\"<$s>" LAB_PROMPT "\"; unset t; }\nPROMPT_COMMAND=precmd\n",
	 "<1>" LAB_PROMPT},
	{"oh-my-posh in bash: PS0 assigned, promptvars off for a moment", BASH,
	 "omp() { local s=$?; shopt -u promptvars; PS1=\"<$s>" LAB_PROMPT
	 "\"; shopt -s promptvars;\n"
	 "PS0='${omp_x:$((omp_n=1)):0}'; }\nPROMPT_COMMAND=('omp')\n",
	 "<1>" LAB_PROMPT},
	{"bash-preexec: takes itself out of PROMPT_COMMAND when it is run first", BASH,
	 BASH_PREEXEC
	 "bp_start() { [[ $PROMPT_COMMAND == *bp_pre* ]] && return; trap bp_trap DEBUG\n"
	 "PROMPT_COMMAND=$'bp_pre\\n'\"${PROMPT_COMMAND//\"$bp_self\"}\"$'\\nbp_on'; bp_pre; "
	 "bp_on; }\n"
	 "PROMPT_COMMAND+=$bp_self\n",
	 "[exec false]"},
	{"a newer bash-preexec, which makes an array of it", BASH,
	 BASH_PREEXEC
	 "bp_start() { [[ $PROMPT_COMMAND == *bp_pre* ]] && return; trap bp_trap DEBUG\n"
	 "PROMPT_COMMAND=$'bp_pre\\n'\"${PROMPT_COMMAND//\"$bp_self\"}\"\n"
	 "PROMPT_COMMAND+=(bp_on); bp_pre; bp_on; }\nPROMPT_COMMAND=$':\\n'$bp_self\n",
	 "[pre 1]"},
	{"VS Code in bash: 633 in PS1, text by PS0", BASH,
	 "PS1='\\[\\e]633;A\\a\\]" LAB_PROMPT "\\[\\e]633;B\\a\\]'\n"
	 "PS0='\\[\\e]633;C\\a\\]'\nvs() { printf '\\e]633;D;%s\\a' \"$?\"; }\nPROMPT_COMMAND=vs\n",
	 "\033]633;D;1\a"},
	{"VS Code in bash: a PS1 that is compared, and a DEBUG trap that looks at names", BASH,
	 "PS1='" LAB_PROMPT "'\nvs_make() { [[ $vs_busy ]] || return; vs_busy=\n"
	 "[[ $PS1 == \"$__vsc_custom_PS1\" ]] || PS1=\"\\[\\e]633;A\\a\\]$PS1\\[\\e]633;B\\a\\]\"\n"
	 "__vsc_custom_PS1=$PS1; }\n"
	 "__vsc_prompt() { printf '\\e]633;D;%s\\a' $?; vs_text=; vs_make; }\n"
	 "vs_trap() { [[ $vs_busy ]] && return; vs_busy=1\n"
	 "[[ $BASH_COMMAND == __vsc_prompt* ]] || vs_text=$BASH_COMMAND\n"
	 "printf '\\e]633;E;%s\\a\\e]633;C\\a' \"$vs_text\"; }\n"
	 "trap vs_trap DEBUG; vs_busy=1; vs_make; vs_busy=1; PROMPT_COMMAND=__vsc_prompt\n",
	 "\033]633;E;false\a"},
	{"a DEBUG trap that looks for the next command, and a PS1 made anew", BASH,
	 "seen() { [[ $at ]] && return; at=1; [[ $1 == @(make|__steno_d) ]] || echo \"[$1]\"; }\n"
	 "at=1; trap 'seen \"$BASH_COMMAND\"' DEBUG\n"
	 "make() { PS1=\"<$?>" LAB_PROMPT "\"; at=; }\nPROMPT_COMMAND=make\n",
	 "[false]\r\n"},
	{"VTE in bash: a PS0 and a PS1 that end in a backslash", BASH,
	 "PS0=$'\\e]133;C\\e\\\\\\r\\e]666;x!\\e\\\\' PS1='\\[\\e]133;D;$?\\e\\\\\\]" LAB_PROMPT
	 "\\e]133;B\\e\\'\n",
	 "\033]666;x!\033\\hi"},
	{"kitty and ghostty in bash: 133 in PS1 and PS0", BASH,
	 "PS1='\\[\\e]133;A;k=i\\a\\]" LAB_PROMPT "\\[\\e]133;B\\a\\]' PS0='\\e]133;C\\a'\n"
	 "k() { printf '\\e]133;D;%s\\a' \"$?\"; }\nPROMPT_COMMAND+=(k)\n",
	 "\033]133;D;1\a"},
	{"WezTerm in bash: OSC 7 and user variables", BASH,
	 "PS1='" LAB_PROMPT
	 "'\nw() { printf '\\e]7;file://h%s\\e\\\\\\e]1337;SetUserVar=a=%s\\a' \"$PWD\" "
	 "YQ==; }\nPROMPT_COMMAND=\"w;$PROMPT_COMMAND\"\n",
	 "\033]1337;SetUserVar=a=YQ==\a"},
	{"atuin in bash: PROMPT_COMMAND and PS0 added to", BASH,
	 "PS1='" LAB_PROMPT "'\nPS0+='${at:$((at_n=$?)):0}'\na() { echo \"[atuin $?]\"; }\n"
	 "PROMPT_COMMAND=(\"${PROMPT_COMMAND[@]}\" a)\n",
	 "[atuin 1]"},
	{"oh-my-zsh: hooks added late, PS1 with substitutions", ZSH,
	 "autoload -Uz add-zsh-hook; setopt prompt_subst\nomz() { title=$?; }; add-zsh-hook precmd "
	 "omz\n"
	 "PS1='<${title}>" LAB_PROMPT "'\n",
	 "<1>" LAB_PROMPT},
	{"a .zshrc that assigns the lists of hooks", ZSH,
	 "p() { echo \"[pre $?]\" }; x() { echo \"[exec $1]\" }\nprecmd_functions=(p)\n"
	 "preexec_functions=(x)\nPS1='" LAB_PROMPT "'\n",
	 "[pre 1]"},
	{"powerlevel10k: an instant prompt, and a transient one", ZSH,
	 "exec {keep}>&1 >/dev/null\nback() { [[ -n $keep ]] && exec >&$keep {keep}>&-; keep=; }\n"
	 "precmd_functions+=(back)\nPS1='[long]" LAB_PROMPT "'\n"
	 "short() { PS1='%% ' ; zle reset-prompt; zle -R; PS1='[long]" LAB_PROMPT
	 "' }\nzle -N zle-line-finish short\n",
	 "% false"},
	{"kitty and ghostty in zsh: PS1 has the mark if theirs is the last precmd", ZSH,
	 "k() { local s=$?; print -n \"\\e]133;D;$s\\a\"; if [[ $precmd_functions[-1] == k ]]\n"
	 "then PS1=$'%{\\e]133;A\\a%}'${PS1#*%\\}}; else PS1=${PS1#*%\\}}; print -n "
	 "'\\e]133;A\\a'\n"
	 "precmd_functions=(${precmd_functions:#k} k); fi; }\n"
	 "begin() { precmd_functions=(${precmd_functions:#begin} k); k; }\n"
	 "precmd_functions+=(begin); PS1='" LAB_PROMPT "'\n",
	 "\033]133;A\a" LAB_PROMPT},
	{"marks of others in zsh: in PS1 and by hooks", ZSH,
	 "PS1=$'%{\\e]133;A\\a%}" LAB_PROMPT
	 "%{\\e]133;B\\a%}'\npreexec() { print -n '\\e]133;C\\a' }\n"
	 "precmd() { print -n \"\\e]133;D;$?\\a\" }\n",
	 "\033]133;D;1\a"},
	{"a .zshrc with functions of the names of builtins", ZSH,
	 "PS1='" LAB_PROMPT "'; print() { builtin echo OOPS }; alias print='echo OOPS' local='echo "
	 "OOPS'\n",
	 LAB_PROMPT},
	{"fish 4: marks by itself", FISH,
	 "set fish_greeting; function fish_prompt; printf '\\e]133;A\\a'; echo -n '" LAB_PROMPT
	 "'; end\n"
	 "function native_c --on-event fish_preexec; printf '\\e]133;C\\a'; end\n"
	 "function native_d --on-event fish_postexec; printf '\\e]133;D;%s\\a' $status; end\n",
	 "\033]133;D;1\a"},
	{"starship in fish: a prompt that knows status and time", FISH,
	 "set fish_greeting\nfunction fish_prompt; set -l s $status; echo -n \"<$s>" LAB_PROMPT
	 "\"; end\n",
	 "<1>" LAB_PROMPT},
};

static int was_seen(const struct term *t, const char *text)
{
	const struct buf *seen = term_seen(t);

	return memmem(seen->data, seen->len, text, strlen(text)) != NULL;
}

static void write_rc(const struct lab *lab, const struct row *r)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", lab->home, r->file);
	f = fopen(path, "w");
	if (!f || fputs(r->rc, f) < 0 || fclose(f))
		bug("%s cannot be written", path);
}

static void play(struct term *t, const struct row *r)
{
	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo 'h'i");
	lab_line(t, "false");
	lab_line(t, "");
	lab_line(t, "true");
	is_int(lab_exit(t, 6), 6, "%s: its status", r->name);
	ok(was_seen(t, r->seen), "%s: theirs works", r->name);
}

/* What the terminal got with steno, less steno's own first line, is what it gets without. */
static void compare(const struct lab *lab, const struct row *r, const struct buf *seen)
{
	const char *argv[] = {strrchr(r->shell, '/') + 1, NULL};
	const struct term_plan plan = {
		.path = r->shell, .argv = argv, .home = lab->home, .cwd = lab->repo};
	const unsigned char *line = memchr(seen->data, '\n', seen->len);
	size_t skip = line ? (size_t)(line - seen->data) + 1 : 0;
	struct term *t = term_start(&plan);

	play(t, r);
	is_mem(seen->data + skip, seen->len - skip, term_seen(t)->data, term_seen(t)->len,
	       "%s: all is shown as without steno", r->name);
	term_free(t);
}

/* Their own files, read again, take the hooks away; the next line brings them back. */
static void test_read_again(void)
{
	struct lab lab;
	struct term *t;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "echo \"PS1='" LAB_PROMPT "'; x() { : }\" >~/.zshrc;"
	       "echo 'precmd_functions=(x) preexec_functions=(x)' >>~/.zshrc");
	t = lab_start(&lab, "--shell", "/usr/bin/zsh", NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo 'h'i");
	lab_line(t, ". ~/.zshrc; (exit 2)");
	lab_line(t, "false");
	lab_line(t, "precmd_functions=() zshaddhistory_functions=()");
	lab_line(t, "(exit 3)");
	is_int(lab_exit(t, 6), 6, "a .zshrc that is read again: its status");
	term_free(t);
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 6, "all commands behind it are told");
	lab_is_record(&lab, 0, "echo 'h'i", 0);
	is_str(lab_record_text(&lab, 1, "cmd"), ". ~/.zshrc; (exit 2)", "it, too");
	is_str(lab_record_text(&lab, 1, "end"), "lost", "whose end was not seen");
	is_int(lab_record_int(&lab, 1, "exit_code"), -1000, "so it has no status");
	is_int(lab_record_int(&lab, 1, "duration_ms"), -1000, "and took nobody knows how long");
	lab_is_record(&lab, 2, "false", 1);
	is_str(lab_record_text(&lab, 3, "end"), "lost", "nor that of one that assigns the lists");
	lab_is_record(&lab, 4, "(exit 3)", 3);
	lab_is_record(&lab, 5, "exit 6", 6);
	lab_is_clean(&lab, "of a .zshrc that is read again");
	lab_close(&lab);
}

static void test_row(const struct row *r)
{
	struct lab lab;
	struct term *t;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL, "mkdir -p ~/.config/fish");
	write_rc(&lab, r);
	t = lab_start(&lab, "--shell", r->shell, NULL);
	play(t, r);
	ok(!was_seen(t, "OOPS"), "%s: ours calls nothing of theirs", r->name);
	if (!strstr(r->shell, "fish")) /* which draws colours when it has the time */
		compare(&lab, r, term_seen(t));
	term_free(t);
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 4, "%s: four commands", r->name);
	lab_is_record(&lab, 0, "echo 'h'i", 0);
	lab_is_record(&lab, 1, "false", 1);
	lab_is_record(&lab, 2, "true", 0);
	lab_is_record(&lab, 3, "exit 6", 6);
	lab_is_clean(&lab, r->name);
	lab_close(&lab);
}

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (argc < 2 || strstr(rows[i].name, argv[1]))
			test_row(&rows[i]);
	if (argc < 2)
		test_read_again();
	return tap_done();
}
