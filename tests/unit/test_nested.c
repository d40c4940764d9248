/* SPDX-License-Identifier: MIT */
/* Marks of shells within the shell: which command is inside of which, and that nothing can be made
 * up by cutting or changing them. The cases are in the fuzz corpus, too. */
#include "base/buf.h"
#include "base/err.h"
#include "events.h"
#include "story/story.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define OUTER "k D;s=0;st=0\nk A;s=0;st=0\no $ \nk B\n"
#define RUN "k C;s=1;prev=0;d=/\n"
/* a bash with that pid, at its first prompt */
#define INNER(pid) "k D;l=" pid ";s=0;st=0\nk A;l=" pid ";s=0;st=0\no > \nk B;l=" pid "\n"
#define COMMAND(pid, s, cmd, st)                                                                   \
	"o " cmd "\\r\\n\nk C;l=" pid ";s=" s ";prev=0;d=/\no out of " cmd "\\r\\n\nk D;l=" pid    \
	";s=" s ";st=" st "\nk E;l=" pid ";s=" s ";cmd=" cmd "\nk A;l=" pid ";s=" s ";st=" st      \
	"\no > \nk B;l=" pid "\n"
#define BACK(st) "k D;s=1;st=" st "\nk E;s=1;cmd=sh\nk A;s=1;st=" st "\n"
#define EXIT "x 0\n"

static const struct row {
	const char *name, *events, *want;
	int refused;
} rows[] = {
	{"a shell within the shell",
	 OUTER RUN INNER("7") COMMAND("7", "1", "ls", "0") COMMAND("7", "2", "cat", "4") BACK("3")
		 EXIT,
	 "2 ls 1/1 0 exit [out of ls] 3 cat 1/1 4 exit [out of cat] 1 sh 0/0 3 exit []", 0},
	{"output before its first prompt and behind its end is the command's",
	 OUTER RUN "o hello\\r\\n\n" INNER("7") "k C;l=7;s=1\no bye\\r\\n\n" BACK("0") EXIT,
	 "2 - 1/1 null eof [bye] 1 sh 0/0 0 exit [hello]", 0},
	{"one within that one, and both gone at once",
	 OUTER RUN INNER("7") "k C;l=7;s=1\n" INNER("8") COMMAND("8", "1", "ls", "0") BACK("137")
		 EXIT,
	 "3 ls 2/2 0 exit [out of ls] 2 - 1/1 null eof [] 1 sh 0/0 137 exit []", 0},
	{"one that is stopped, and comes back",
	 OUTER RUN INNER("7") COMMAND("7", "1", "ls", "0") BACK(
		 "147") "k C;s=2\nk D;l=7;s=1;st=0\nk A;l=7;s=1;st=0\nk B;l=7\n"
			"k C;l=7;s=2\nk D;l=7;s=2;st=5\nk A;l=7;s=2\nk D;s=2;st=0\nk A;s=2\n" EXIT,
	 "2 ls 1/1 0 exit [out of ls] 1 sh 0/0 147 exit [] 4 - 1/3 5 exit [] 3 - 0/0 0 exit []", 0},
	{"what one that is gone has said is not said again",
	 OUTER RUN INNER("7") COMMAND("7", "1", "ls", "0") BACK("0") "k C;s=2\n" INNER(
		 "7") "k C;l=7;s=1;cmd=fake\nk D;s=2;st=0\nk A;s=2\n" EXIT,
	 "2 ls 1/1 0 exit [out of ls] 1 sh 0/0 0 exit [] 3 - 0/0 0 exit [>]", 4},
	{"a shell of which nothing was seen to begin",
	 OUTER INNER("7") RUN "k B;l=7\nk C;l=7;s=1;cmd=fake\nk P;l=7;s=0;d=/x\nk 2;l=7\n"
			      "k E;l=7;s=1;cmd=fake\nk F\nk F;l=7\n" BACK("0") EXIT,
	 "1 sh 0/0 0 exit []", 10},
	{"the session ends within it", OUTER RUN INNER("7") "k C;l=7;s=1\no x\\r\\n\n" EXIT,
	 "2 - 1/1 null eof [x] 1 - 0/0 0 eof []", 0},
	{"the recording breaks off within it", OUTER RUN INNER("7") "k C;l=7;s=1\no x\\r\\n\n",
	 "2 - 1/1 null interrupted [x] 1 - 0/0 null interrupted []", 0},
	{"a shell that has only a prompt, and lost it",
	 OUTER RUN "k A;l=7;s=1;st=0;d=/\no # \nk B;l=7;s=1;nl=3\nk R\no PS1=x\\r\\nx\n"
		   "k R;n=1;f=1\no exit\\r\\n\n" BACK("0") EXIT,
	 "2 PS1=x 1/1 null lost [xexit] 1 sh 0/0 0 exit []", 0},
	{"a shell that has only a prompt",
	 OUTER RUN "k A;l=7;s=1;st=0;d=/\no # \nk B;l=7;s=1;nl=3\nk R\no ls\\r\\nout\\r\\n\n"
		   "k A;l=7;s=2;st=2;d=/\no # \nk B;l=7;s=2;nl=3\n" BACK("0") EXIT,
	 "2 ls 1/1 2 exit [out] 1 sh 0/0 0 exit []", 0},
	{"one within a shell that has only a prompt",
	 "k A;s=1;st=0;d=/\no # \nk B;s=1;nl=3\nk R\no sh\\r\\n\n" INNER("7")
		 COMMAND("7", "1", "ls", "0") "k A;s=2;st=6;d=/\no # \nk B;s=2;nl=3\n" EXIT,
	 "2 ls 1/1 0 exit [out of ls] 1 sh 0/0 6 exit []", 0},
	{"one that takes the place of the shell around it",
	 OUTER RUN INNER("7") "k C;l=7;s=1\n" INNER("7") COMMAND("7", "1", "ls", "0") BACK("3")
		 EXIT,
	 "3 ls 2/2 0 exit [out of ls] 2 - 1/1 null eof [] 1 sh 0/0 3 exit []", 0},
	{"and one that has only a prompt",
	 OUTER RUN INNER("7") "k C;l=7;s=1\nk A;l=7;s=1;st=0;d=/\no # \nk B;l=7;s=1;nl=3\nk R\n"
			      "o ls\\r\\nout\\r\\n\nk A;l=7;s=2;st=2;d=/\n" BACK("3") EXIT,
	 "3 ls 2/2 2 exit [out] 2 - 1/1 null eof [] 1 sh 0/0 3 exit []", 0},
	{"but not where no command runs, nor with a number of its own",
	 OUTER RUN INNER("7")
		 COMMAND("7", "1", "ls",
			 "0") "k D;l=7;s=0;st=0\nk A;l=7;s=0;st=0\n"
			      "k C;l=7;s=2\nk A;l=7;s=1;st=0\nk D;l=7;s=2;st=1\n" BACK("3") EXIT,
	 "2 ls 1/1 0 exit [out of ls] 3 - 1/1 1 exit [] 1 sh 0/0 3 exit []", 3},
	{"marks of others within it, and none of its own twice",
	 OUTER RUN INNER("7") "k C;l=7;s=1\no \\e]133;C\\e\\\\\no \\e]133;A\\e\\\\% "
			      "\\e]133;B\\e\\\\ls\\r\\n"
			      "\\e]133;C\\e\\\\out\\r\\n\\e]133;D;1\\e\\\\\nk D;l=7;s=1;st=0\nk "
			      "A;l=7;s=1\n" BACK("0") EXIT,
	 "3 ls 2/2 1 exit [out] 2 - 1/1 0 exit [] 1 sh 0/0 0 exit []", 0},
};

static char id[] = "00112233445566778899aabbccddeeff", nested[] = "marks";
static const struct header header = {.cols = 20, .rows = 4, .id = id, .nested = nested};

struct told {
	struct buf log;
	uint32_t begun, ended;
};

static void on_started(void *ctx, const struct command *c)
{
	struct told *t = ctx;

	if (c->seq != ++t->begun)
		bug("commands begin out of order");
}

static void on_ended(void *ctx, const struct command *c)
{
	struct told *t = ctx;
	size_t n = c->output.head.len;

	t->ended++;
	buf_printf(&t->log, "%s%" PRIu32 " ", t->log.len ? " " : "", c->seq);
	if (c->text.len)
		buf_put(&t->log, c->text.data, c->text.len);
	else
		buf_putc(&t->log, '-');
	buf_printf(&t->log, " %" PRIu32 "/%" PRIu32 " ", c->depth, c->inside);
	if (c->has_exit)
		buf_printf(&t->log, "%d", c->exit_code);
	else
		buf_puts(&t->log, "null");
	buf_printf(&t->log, " %s [", c->end);
	buf_put(&t->log, c->output.head.data, n && c->output.head.data[n - 1] == '\n' ? n - 1 : n);
	buf_putc(&t->log, ']');
}

static const struct story_sink sink = {.started = on_started, .ended = on_ended};

static void put_event(void *ctx, const struct event *e)
{
	story_put(ctx, e);
}

/* How many marks were refused. */
static int64_t tell(struct told *t, const char *events, size_t n)
{
	struct story *s = story_new(&header, &sink, t);
	int64_t refused;

	buf_clear(&t->log);
	t->begun = t->ended = 0;
	events_read((const unsigned char *)events, n, put_event, s);
	refused = (int64_t)story_forged_marks(s);
	story_end(s);
	story_free(s);
	if (t->begun != t->ended)
		bug("a command without an end");
	return refused;
}

/* Neither a part of it nor a byte that is another makes a command that was none. */
static void test_hostile(struct told *t, const struct row *r)
{
	size_t n = strlen(r->events), invented = 0, i;
	struct buf text = {0};
	uint32_t most;
	int bit;

	tell(t, r->events, n);
	most = t->begun;
	for (i = 0; i < n; i++) {
		tell(t, r->events, i);
		invented += t->begun > most;
		buf_clear(&text);
		buf_put(&text, r->events, n);
		for (bit = 0; bit < 8; bit++) {
			text.data[i] = (unsigned char)(r->events[i] ^ 1 << bit);
			tell(t, (const char *)text.data, n);
			invented += t->begun > most;
		}
	}
	if (strstr(r->events, "nl=") || strstr(r->events, "]133;")) /* told by output */
		ok(1, "%s: damage is survived", r->name);
	else
		is_int((int64_t)invented, 0, "%s: no damage invents a command", r->name);
	buf_release(&text);
}

static void test_depth(struct told *t)
{
	struct buf events = {0};
	int i;

	buf_puts(&events, OUTER RUN);
	for (i = 1; i < 40; i++)
		buf_printf(&events, "k A;l=%d;s=0\nk B;l=%d\nk C;l=%d;s=1\n", i, i, i);
	buf_puts(&events, BACK("0") EXIT);
	is_int(tell(t, (const char *)events.data, events.len), 3 * (40 - 17),
	       "there is a deepest shell, and what is below it is refused");
	is_int(t->begun, 17, "the others have their commands");
	buf_release(&events);
}

int main(void)
{
	struct told t = {.begun = 0};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t refused = tell(&t, rows[i].events, strlen(rows[i].events));

		is_str(buf_str(&t.log), rows[i].want, "%s", rows[i].name);
		is_int(refused, rows[i].refused, "%s: marks that are not believed", rows[i].name);
		test_hostile(&t, &rows[i]);
	}
	test_depth(&t);
	buf_release(&t.log);
	return tap_done();
}
