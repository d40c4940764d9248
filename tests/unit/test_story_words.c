/* SPDX-License-Identifier: MIT */
/* The story of an agent: what was said, what its log tells of commands, and commands that were
 * measured, as lib/tale.h tells them. */
#include "tale.h"
#include "tap.h"

static const struct tale_case cases[] = {
	{"commands beside each other each have their own",
	 "k C;s=1;src=argv;cmd=agent;d=/\nc T;i=0000000000000001;d=/a\n"
	 "c T;i=0000000000000002;cmd=tw\nc T;i=0000000000000001;cmd=on%65\n"
	 "c T;i=0000000000000002;cmd=o%3B\nc B;i=0000000000000002;w=1000000;d=/\n"
	 "o out\\n\nc B;i=0000000000000001;call=c1\nc E;i=0000000000000001;us=250;st=3\n"
	 "c E;i=0000000000000002;us=70000;sig=15\nc E;i=0000000000000002;us=1;st=0\n"
	 "k D;s=1;st=0\nk A;s=1;st=0\n",
	 "3 exit 8000..8250 3 argv [one] in [/a] out []\n"
	 "2 exit 6000..76000 143 argv [two;] in [/] out []\n"
	 "1 exit 1000..12000 0 argv [agent] in [/] out [out|]\n"},
	{"one that has not ended when the session does is lost",
	 "k C;s=1;src=argv;cmd=agent;d=/\nc B;i=0000000000000001;cmd=sleep\nk D;s=1;st=0\nx 0\n"
	 "c E;i=0000000000000001;us=1;st=0\n",
	 "2 lost 2000..-1 null argv [sleep] in [] out []\n"
	 "1 exit 1000..3000 0 argv [agent] in [/] out []\n"},
	{"reports that make no sense tell nothing",
	 "c E;i=0000000000000001;us=1;st=0\nc B;i=1;cmd=x\nc B;cmd=x\nc Z;i=0000000000000003\n"
	 "c T;i=0000000000000002;cmd=never\nc B;i=0000000000000004;pid=x\nc \n",
	 ""},
	{"words and facts are passed on in their place",
	 "w {\"role\":\"user\",\"text\":\"do it\"}\ng {\"fact\":\"begun\"}\nn {\"note\":\"x\"}\nw "
	 "broken\n",
	 "words 1000 said user [do it]\nfact g [{\"fact\":\"begun\"}]\nfact n "
	 "[{\"note\":\"x\"}]\n"},
	{"the pieces of a text are put together, those of two threads apart",
	 "w {\"thread\":\"a\",\"role\":\"user\",\"more\":true,\"text\":\"one \"}\n"
	 "w {\"thread\":\"b\",\"role\":\"user\",\"more\":true,\"text\":\"uno \"}\n"
	 "w {\"thread\":\"a\",\"part\":1,\"more\":true,\"text\":\"two \"}\n"
	 "w {\"role\":\"user\",\"text\":\"between\"}\n"
	 "w {\"thread\":\"b\",\"part\":1,\"text\":\"dos\"}\n"
	 "w {\"thread\":\"a\",\"part\":2,\"text\":\"three\"}\n",
	 "words 4000 said user [between]\nwords 5000 said user [uno dos]\n"
	 "words 6000 said user [one two three]\n"},
	{"a text that is begun again counts once, one that breaks off is told as cut",
	 "w {\"role\":\"user\",\"more\":true,\"text\":\"one \"}\n"
	 "w {\"role\":\"user\",\"more\":true,\"text\":\"one \"}\n"
	 "w {\"part\":1,\"text\":\"two\"}\nw {\"part\":1,\"text\":\"two\"}\n"
	 "w {\"kind\":\"harness\",\"role\":\"user\",\"more\":true,\"text\":\"x\"}\n",
	 "words 3000 said user [one two]\nwords 5000 harness user [x] cut\n"},
	{"what was undone in another file of the conversation is told as turns",
	 "w "
	 "{\"agent\":\"codex\",\"thread\":\"t\",\"line\":10,\"ts\":1,\"role\":\"user\",\"text\":"
	 "\"one\"}\n"
	 "w "
	 "{\"agent\":\"codex\",\"thread\":\"t\",\"line\":20,\"ts\":2,\"role\":\"user\",\"text\":"
	 "\"two\"}\n"
	 "w "
	 "{\"agent\":\"codex\",\"thread\":\"u\",\"line\":30,\"ts\":3,\"role\":\"user\",\"text\":"
	 "\"other\"}\n"
	 "w "
	 "{\"agent\":\"codex\",\"thread\":\"t\",\"line\":30,\"ts\":4,\"role\":\"user\",\"text\":"
	 "\"three\"}\n"
	 "w {\"kind\":\"undone\",\"of\":\"t\",\"from\":15}\n"
	 "w {\"kind\":\"undone\",\"of\":\"t\",\"from\":99}\n",
	 "words 1000 said user [one]\nwords 2000 said user [two]\nwords 3000 said user [other]\n"
	 "words 4000 said user [three]\nwords 5000 undone - [] 2 since 2\n"},
	{"an agent's word stands for a command that was not measured",
	 "w {\"kind\":\"result\",\"cmd\":\"ls\",\"exit_code\":0}\nw {\"kind\":\"later\"}\n",
	 "1 exit 1000..-1 0 argv [ls] in [] out []\n"},
	{"a command that was measured waits for its output in the agent's log",
	 "w {\"role\":\"user\",\"agent\":\"codex\",\"text\":\"go\"}\n"
	 "c B;i=0000000000000001;agent=codex;call=c1;cmd=ls\nc E;i=0000000000000001;us=250;st=3\n"
	 "w {\"kind\":\"call\",\"agent\":\"codex\",\"call_id\":\"c1\",\"text\":\"ls\"}\n"
	 "w {\"role\":\"assistant\",\"agent\":\"codex\",\"text\":\"so\"}\n"
	 "w "
	 "{\"kind\":\"result\",\"agent\":\"codex\",\"call_id\":\"c1\",\"cmd\":\"x\",\"exit_code\":"
	 "0,"
	 "\"text\":\"a\\nb\\n\"}\n"
	 "w {\"kind\":\"result\",\"agent\":\"codex\",\"call_id\":\"c1\",\"text\":\"again\"}\n",
	 "words 1000 said user [go]\nwords 4000 call - [ls]\nwords 5000 said assistant [so]\n"
	 "1 exit 2000..2250 3 argv [ls] in [] out [a|b|]\n"},
	{"one whose agent tells its shells no id is found by its text, the oldest first",
	 "w {\"kind\":\"call\",\"agent\":\"claude\",\"call_id\":\"t1\",\"text\":\"ls\"}\n"
	 "c B;i=0000000000000001;agent=claude;cmd=ls\nc B;i=0000000000000002;agent=claude;cmd=ls\n"
	 "w {\"kind\":\"call\",\"agent\":\"claude\",\"call_id\":\"t2\",\"text\":\"ls\"}\n"
	 "c E;i=0000000000000002;us=1;st=2\n"
	 "w {\"kind\":\"result\",\"agent\":\"claude\",\"call_id\":\"t2\",\"text\":\"two\"}\n"
	 "w {\"kind\":\"result\",\"agent\":\"claude\",\"call_id\":\"t1\",\"text\":\"one\"}\n"
	 "c E;i=0000000000000001;us=1;st=1\n",
	 "words 1000 call - [ls]\nwords 4000 call - [ls]\n"
	 "2 exit 3000..3001 2 argv [ls] in [] out [two|]\n"
	 "1 exit 2000..2001 1 argv [ls] in [] out [one|]\n"},
	{"a result that comes after the session's end is joined as well",
	 "w {\"role\":\"user\",\"agent\":\"codex\",\"text\":\"go\"}\n"
	 "c B;i=0000000000000001;agent=codex;call=c1;cmd=ls\n"
	 "c B;i=0000000000000002;agent=codex;call=c2;cmd=sleep\n"
	 "c E;i=0000000000000001;us=250;st=0\nx 0\n"
	 "w {\"kind\":\"result\",\"agent\":\"codex\",\"call_id\":\"c1\",\"text\":\"out\"}\n"
	 "w {\"kind\":\"result\",\"agent\":\"codex\",\"call_id\":\"c2\",\"text\":\"late\"}\n",
	 "words 1000 said user [go]\n2 lost 3000..-1 null argv [sleep] in [] out []\n"
	 "1 exit 2000..2250 0 argv [ls] in [] out [out|]\n"},
};

int main(void)
{
	tale_try(cases, sizeof(cases) / sizeof(*cases));
	return tap_done();
}
