/* SPDX-License-Identifier: MIT */
/* Agents' own logs: what they tell, as text, a line for each word. The logs in tests/fixtures/agent
 * are of real runs against a scripted model (their long standing texts cut) and have what is wanted
 * beside them; AGENT_UPDATE=1 writes that anew. Other forms are spelt out here. However a log is
 * cut it tells the same, and its beginning tells the beginning. */
#include "agent/agent.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/json.h"
#include "tape/words.h"
#include "tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct told {
	struct buf log;
	int64_t line, nth;
	int rises;
};

static void put_text(struct buf *log, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_putc(log, (unsigned char)(text[i] == '\n' ? '|' : text[i]));
}

static void put_key(struct buf *log, const char *key, const char *value)
{
	if (value)
		buf_printf(log, " %s=%s", key, value);
}

static void hear(void *ctx, const struct words *w)
{
	static const char *const kinds[] = {"said",    "harness", "undone", "change",
					    "context", "call",	  "result", "note"};
	struct told *t = ctx;
	struct buf *log = &t->log;

	t->rises &= w->line > t->line || (w->line == t->line && w->nth > t->nth);
	t->line = w->line;
	t->nth = w->nth;
	buf_puts(log, kinds[w->kind]);
	put_key(log, "role", w->role);
	put_key(log, "name", w->name);
	put_key(log, "id", w->call_id);
	put_key(log, "cwd", w->cwd);
	if (w->has_exit)
		buf_printf(log, " exit=%d", w->exit_code);
	if (w->duration_us >= 0)
		buf_printf(log, " us=%" PRId64, w->duration_us);
	put_key(log, "model", w->model);
	put_key(log, "sandbox", w->sandbox);
	put_key(log, "change", w->change);
	put_key(log, "path", w->path);
	put_key(log, "to", w->to);
	put_key(log, "of", w->of);
	if (w->from >= 0)
		buf_printf(log, " from=%" PRId64, w->from);
	if (w->kind == WORDS_UNDONE)
		buf_printf(log, " turns=%" PRId64 " since=%" PRId64, w->turns, w->since_us);
	if (w->cmd) {
		buf_puts(log, " cmd=[");
		put_text(log, w->cmd, w->cmd_n);
		buf_putc(log, ']');
	}
	buf_puts(log, " [");
	put_text(log, w->text, w->text ? w->n : 0);
	buf_puts(log, "]\n");
}

/* Tells the log, `step` bytes at a time; what it says of itself goes last. */
static int tell(const unsigned char *p, size_t n, size_t step, int end, struct buf *out)
{
	struct told t = {.line = -1, .rises = 1};
	struct agent *a = agent_new(hear, &t);
	const struct agent_info *info = agent_info(a);
	size_t at;

	for (at = 0; at < n; at += step)
		agent_put(a, p + at, n - at < step ? n - at : step);
	if (end) {
		agent_end(a);
		buf_printf(&t.log,
			   "%s %s %s %s start=%" PRId64 " lines=%" PRIu64 " unknown=%" PRIu64
			   " bad=%" PRIu64 " long=%" PRIu64 "\n",
			   info->agent ? info->agent : "-", info->thread ? info->thread : "-",
			   info->name ? info->name : "-", info->cwd ? info->cwd : "-",
			   info->start_us, info->lines, info->unknown, info->bad, info->too_long);
	}
	agent_free(a);
	*out = t.log;
	return t.rises;
}

static void test_cuts(const char *name, const unsigned char *p, size_t n)
{
	static const size_t steps[] = {1, 7, 4096};
	struct buf whole = {0}, cut = {0};
	size_t i;

	ok(tell(p, n, n + 1, 1, &whole), "%s: each word is further on in the log", name);
	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		tell(p, n, steps[i], 1, &cut);
		is_mem(cut.data, cut.len, whole.data, whole.len, "%s: it tells the same in %zus",
		       name, steps[i]);
		buf_release(&cut);
	}
	tell(p, n / 2, 100, 0, &cut);
	ok(cut.len <= whole.len && (!cut.len || !memcmp(cut.data, whole.data, cut.len)),
	   "%s: its first half tells the first part", name);
	buf_release(&cut);
	buf_release(&whole);
}

/* Fixtures */

static void slurp(int dir, const char *name, struct buf *out)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	buf_clear(out);
	do {
		buf_reserve(out, 65536);
		n = fd < 0 ? 0 : read(fd, out->data + out->len, 65536);
		out->len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	io_close(&fd);
}

static void update(int dir, const char *name, const struct buf *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || io_write_all(fd, text->data, text->len, NULL, NULL) < 0)
		tap_note("cannot write %s", name);
	io_close(&fd);
}

static void test_fixture(int dir, const char *name)
{
	struct buf log = {0}, want = {0}, got = {0};
	char wanted[300];

	snprintf(wanted, sizeof(wanted), "%.*s.words", (int)(strlen(name) - strlen(".jsonl")),
		 name);
	slurp(dir, name, &log);
	tell(log.data, log.len, log.len, 1, &got);
	if (getenv("AGENT_UPDATE"))
		update(dir, wanted, &got);
	slurp(dir, wanted, &want);
	is_mem(got.data, got.len, want.data, want.len, "%s tells what is wanted", name);
	test_cuts(name, log.data, log.len);
	buf_release(&log);
	buf_release(&want);
	buf_release(&got);
}

static void test_fixtures(void)
{
	int dir = open("tests/fixtures/agent", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
	DIR *d = opendir("tests/fixtures/agent");
	struct dirent *e;

	while (d && (e = readdir(d))) {
		const char *end = strstr(e->d_name, ".jsonl");

		if (!end || end[6])
			continue;
		test_fixture(dir, e->d_name);
		n++;
	}
	if (d)
		closedir(d);
	io_close(&dir);
	ok(n >= 5, "there are fixtures (%d)", n);
}

/* Other forms */

#define META                                                                                       \
	"{\"timestamp\":\"2025-09-07T18:58:27.000Z\",\"type\":\"session_meta\",\"payload\":{"      \
	"\"id\":\"t\",\"cwd\":\"/r\"}}\n"
#define EVENT(p)                                                                                   \
	"{\"timestamp\":\"2025-09-07T18:58:28.000Z\",\"type\":\"event_msg\",\"payload\":" p "}\n"
#define RESPONSE(p)                                                                                \
	"{\"timestamp\":\"2025-09-07T18:58:28.500Z\",\"type\":\"response_item\",\"payload\":" p    \
	"}\n"
#define MESSAGE(role, type, text)                                                                  \
	RESPONSE("{\"type\":\"message\",\"role\":\"" role "\",\"content\":[{\"type\":\"" type      \
		 "\",\"text\":\"" text "\"}]}")
#define CALL(id, name, args)                                                                       \
	RESPONSE("{\"type\":\"function_call\",\"name\":\"" name "\",\"call_id\":\"" id             \
		 "\",\"arguments\":\"" args "\"}")
#define OUTPUT(id, text)                                                                           \
	RESPONSE("{\"type\":\"function_call_output\",\"call_id\":\"" id "\",\"output\":\"" text    \
		 "\"}")
#define CLAUDE(uuid, parent, more)                                                                 \
	"{\"uuid\":\"" uuid "\",\"parentUuid\":" parent ",\"sessionId\":\"s\",\"cwd\":\"/r\","     \
	"\"timestamp\":\"2026-01-01T00:00:0" uuid "Z\"," more "}\n"
#define PROMPT(text) "\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"" text "\"}"
#define REPLY(text)                                                                                \
	"\"type\":\"assistant\",\"message\":{\"model\":\"m\",\"content\":[{\"type\":\"text\","     \
	"\"text\":\"" text "\"}]}"

static const struct {
	const char *name, *log, *want;
} cases[] = {
	{"codex, the event layer: the model's copy of a message is not told again",
	 META MESSAGE("user", "input_text", "<environment_context>x")
		 MESSAGE("user", "input_text", "do")
			 EVENT("{\"type\":\"user_message\",\"message\":\"do\",\"kind\":\"plain\"}")
				 EVENT("{\"type\":\"agent_message\",\"message\":\"done\"}")
					 MESSAGE("assistant", "output_text", "done"),
	 "harness role=user [<environment_context>x]\nsaid role=user [do]\n"
	 "said role=assistant [done]\n"
	 "codex t - /r start=1757271507000000 lines=6 unknown=0 bad=0 long=0\n"},
	{"codex, the model's layer only: it is told when the log ends",
	 META MESSAGE("user", "input_text", "do") MESSAGE("assistant", "output_text", "done"),
	 "said role=user [do]\nsaid role=assistant [done]\n"
	 "codex t - /r start=1757271507000000 lines=3 unknown=0 bad=0 long=0\n"},
	{"codex, mid 2025: bare lines",
	 "{\"id\":\"t\",\"timestamp\":\"2025-07-01T00:00:00Z\",\"instructions\":null}\n"
	 "{\"record_type\":\"state\"}\n"
	 "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":"
	 "\"do\"}]}\n"
	 "{\"type\":\"function_call\",\"name\":\"shell\",\"call_id\":\"c\",\"arguments\":"
	 "\"{\\\"command\\\":[\\\"bash\\\",\\\"-lc\\\",\\\"ls\\\"]}\"}\n"
	 "{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":"
	 "\"{\\\"output\\\":\\\"a\\\",\\\"metadata\\\":{\\\"exit_code\\\":2,\\\"duration_"
	 "seconds\\\":0.2}}\"}\n",
	 "said role=user [do]\ncall id=c [ls]\nresult id=c exit=2 us=200000 cmd=[ls] [a]\n"
	 "codex t - - start=1751328000000000 lines=5 unknown=0 bad=0 long=0\n"},
	{"codex, the head of a command's output counts, not what the program printed",
	 META CALL("a", "shell_command", "{\\\"command\\\":\\\"x\\\",\\\"workdir\\\":\\\"/w\\\"}")
		 OUTPUT("a", "Exit code: 3\\nWall time: 0.3 seconds\\nOutput:\\nExit code: 0\\n")
			 CALL("b", "exec_command", "{\\\"cmd\\\":\\\"y\\\"}") OUTPUT(
				 "b", "Chunk ID: 1\\nWall time: 0.0706 seconds\\nProcess exited "
				      "with code 0\\nOutput:\\nok\\n"),
	 "call id=a cwd=/w [x]\nresult id=a cwd=/w exit=3 us=300000 cmd=[x] [Exit code: 0|]\n"
	 "call id=b [y]\nresult id=b exit=0 us=70600 cmd=[y] [ok|]\n"
	 "codex t - /r start=1757271507000000 lines=5 unknown=0 bad=0 long=0\n"},
	{"codex, a command that yields has no end until it is told, or the log ends",
	 META CALL("a", "exec_command", "{\\\"cmd\\\":\\\"sleep 9\\\"}") OUTPUT(
		 "a", "Chunk ID: 1\\nWall time: 1 seconds\\nProcess running with session ID 7\\n"
		      "Output:\\n"),
	 "call id=a [sleep 9]\nresult id=a cmd=[sleep 9] []\n"
	 "codex t - /r start=1757271507000000 lines=3 unknown=0 bad=0 long=0\n"},
	{"codex, an end that is told twice counts once",
	 META CALL("a", "exec_command", "{\\\"cmd\\\":\\\"y\\\"}") OUTPUT(
		 "a", "Wall time: 0.1 seconds\\nProcess exited with code 1\\nOutput:\\n")
		 EVENT("{\"type\":\"exec_command_end\",\"call_id\":\"a\",\"command\":[\"y\"],"
		       "\"exit_code\":1}"),
	 "call id=a [y]\nresult id=a exit=1 us=100000 cmd=[y] []\n"
	 "codex t - /r start=1757271507000000 lines=4 unknown=0 bad=0 long=0\n"},
	{"codex, turns that were rolled back are told as undone",
	 META EVENT("{\"type\":\"user_message\",\"message\":\"one\"}")
		 EVENT("{\"type\":\"user_message\",\"message\":\"two\"}")
			 EVENT("{\"type\":\"thread_rolled_back\",\"num_turns\":1}")
				 EVENT("{\"type\":\"turn_aborted\",\"reason\":\"interrupted\"}"),
	 "said role=user [one]\nsaid role=user [two]\nundone turns=1 since=1757271508000000 []\n"
	 "note [the turn was aborted: interrupted]\n"
	 "codex t - /r start=1757271507000000 lines=5 unknown=0 bad=0 long=0\n"},
	{"codex, a sub-agent is named; another thread's head behind it changes nothing",
	 "{\"timestamp\":\"2025-09-07T18:58:27.000Z\",\"type\":\"session_meta\",\"payload\":{"
	 "\"id\":\"u\","
	 "\"source\":{\"subagent\":{\"thread_spawn\":{\"parent_thread_id\":\"t\",\"agent_"
	 "nickname\":"
	 "\"Euler\"}}}}}\n" META EVENT("{\"type\":\"agent_message\",\"message\":\"hi\"}"),
	 "said role=assistant name=Euler [hi]\n"
	 "codex u Euler - start=1757271507000000 lines=3 unknown=0 bad=0 long=0\n"},
	{"codex, settings as they take effect, in both spellings of the policy",
	 META
	 "{\"timestamp\":\"2025-09-07T18:58:27.000Z\",\"type\":\"turn_context\",\"payload\":{"
	 "\"model\":"
	 "\"m1\",\"approval_policy\":\"on-request\",\"sandbox_policy\":{\"mode\":\"workspace-"
	 "write\"}}}\n"
	 "{\"timestamp\":\"2025-09-07T18:58:27.000Z\",\"type\":\"turn_context\",\"payload\":{"
	 "\"model\":"
	 "\"m2\",\"approval_policy\":\"never\",\"sandbox_policy\":{\"type\":\"read-only\"}}}\n",
	 "context model=m1 sandbox=workspace-write/on-request []\n"
	 "context model=m2 sandbox=read-only/never []\n"
	 "codex t - /r start=1757271507000000 lines=3 unknown=0 bad=0 long=0\n"},
	{"codex, changes of files in the form of 2025, and a patch that nobody else tells of",
	 META EVENT("{\"type\":\"patch_apply_end\",\"call_id\":\"p\",\"success\":true,\"changes\":{"
		    "\"/r/a\":"
		    "{\"update\":{\"unified_diff\":\"@@\",\"move_path\":\"/r/b\"}}}}")
		 RESPONSE("{\"type\":\"custom_tool_call\",\"name\":\"apply_patch\",\"call_id\":"
			  "\"q\","
			  "\"input\":\"*** Begin Patch\\n*** Add File: x y\\n+1\\n*** End Patch\"}")
			 RESPONSE("{\"type\":\"custom_tool_call_output\",\"call_id\":\"q\","
				  "\"output\":"
				  "\"Success. Updated\"}"),
	 "change change=update path=/r/a to=/r/b [@@]\n"
	 "call id=q [*** Begin Patch|*** Add File: x y|+1|*** End Patch]\n"
	 "change change=add path=x y []\n"
	 "codex t - /r start=1757271507000000 lines=4 unknown=0 bad=0 long=0\n"},
	{"codex, what is not known is counted, a bad line in the middle too, a torn tail is none",
	 META
	 "{\"timestamp\":\"2025-09-07T18:58:27.000Z\",\"type\":\"novelty\",\"payload\":{}}"
	 "\nnonsense\n\n"
	 "[1]\n" EVENT("{\"type\":\"agent_message\",\"message\":\"hi\"}") "{\"timestamp\":\"2025",
	 "said role=assistant [hi]\n"
	 "codex t - /r start=1757271507000000 lines=6 unknown=1 bad=3 long=0\n"},
	{"claude, going back to an earlier prompt undoes what followed it",
	 CLAUDE("1", "null", PROMPT("one")) CLAUDE("2", "\"1\"", REPLY("r1"))
		 CLAUDE("3", "\"2\"", PROMPT("two")) CLAUDE("4", "\"3\"", REPLY("r2")) CLAUDE(
			 "5", "\"4\"", PROMPT("three")) CLAUDE("6", "\"2\"", PROMPT("other")),
	 "said role=user [one]\ncontext model=m []\nsaid role=assistant [r1]\nsaid role=user "
	 "[two]\n"
	 "said role=assistant [r2]\nsaid role=user [three]\n"
	 "undone turns=2 since=1767225603000000 []\nsaid role=user [other]\n"
	 "claude s - /r start=1767225601000000 lines=6 unknown=0 bad=0 long=0\n"},
	{"claude, what the program says in the user's name is told apart",
	 CLAUDE("1", "null", PROMPT("<command-name>/clear</command-name>")) CLAUDE(
		 "2", "\"1\"", "\"isMeta\":true," PROMPT("meta"))
		 CLAUDE("3", "\"2\"", "\"isCompactSummary\":true," PROMPT("summary")) CLAUDE(
			 "4", "\"3\"", "\"origin\":{\"kind\":\"task-notification\"}," PROMPT("n"))
			 CLAUDE("5", "\"4\"",
				"\"type\":\"attachment\",\"attachment\":{\"type\":"
				"\"queued_command\",\"prompt\":\"while you work\"}"),
	 "harness role=user [<command-name>/clear</command-name>]\nharness role=user [meta]\n"
	 "harness role=user [summary]\nharness role=user [n]\nsaid role=user [while you work]\n"
	 "claude s - /r start=1767225601000000 lines=5 unknown=0 bad=0 long=0\n"},
	{"claude, a command that was not let run is none",
	 CLAUDE("1", "null",
		"\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\",\"id\":"
		"\"c\","
		"\"name\":\"Bash\",\"input\":{\"command\":\"rm -r /\"}}]}")
		 CLAUDE("2", "\"1\"",
			"\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\","
			"\"tool_use_id\":\"c\",\"is_error\":true,\"content\":\"The user doesn't "
			"want to "
			"proceed\"}]}"),
	 "call id=c cwd=/r [rm -r /]\nnote [call c was not run: The user doesn't want to proceed]\n"
	 "claude s - /r start=1767225601000000 lines=2 unknown=0 bad=0 long=0\n"},
	{"claude, half of a surrogate pair costs one character",
	 CLAUDE("1", "null", PROMPT("a\\ud83db\\ud83c\\udf89")),
	 "said role=user [a\xEF\xBF\xBD"
	 "b\xF0\x9F\x8E\x89]\n"
	 "claude s - /r start=1767225601000000 lines=1 unknown=0 bad=0 long=0\n"},
	{"gemini, a message a line, which may come again with more",
	 "{\"sessionId\":\"g\",\"projectHash\":\"h\",\"startTime\":\"2026-01-01T00:00:00Z\","
	 "\"kind\":\"main\"}\n"
	 "{\"id\":\"1\",\"timestamp\":\"2026-01-01T00:00:01Z\",\"type\":\"user\",\"content\":[{"
	 "\"text\":\"do\"}]}\n"
	 "{\"$set\":{\"lastUpdated\":\"x\"}}\n"
	 "{\"id\":\"2\",\"timestamp\":\"2026-01-01T00:00:02Z\",\"type\":\"gemini\",\"content\":\"I "
	 "look.\","
	 "\"model\":\"m\"}\n"
	 "{\"id\":\"2\",\"timestamp\":\"2026-01-01T00:00:02Z\",\"type\":\"gemini\",\"content\":\"I "
	 "look.\","
	 "\"model\":\"m\",\"toolCalls\":[{\"id\":\"c\",\"name\":\"run_shell_command\",\"args\":{"
	 "\"command\":"
	 "\"ls\"},\"status\":\"success\",\"result\":[{\"functionResponse\":{\"response\":{"
	 "\"output\":"
	 "\"Output: a\\nExit Code: 2\"}}}]}]}\n",
	 "said role=user [do]\ncontext model=m []\nsaid role=assistant [I look.]\ncall id=c [ls]\n"
	 "result id=c exit=2 cmd=[ls] [Output: a|Exit Code: 2]\n"
	 "gemini g - - start=1767225600000000 lines=5 unknown=0 bad=0 long=0\n"},
	{"gemini, a command that was not let run is none, one that printed nothing prints "
	 "nothing",
	 "{\"sessionId\":\"g\",\"projectHash\":\"h\"}\n"
	 "{\"id\":\"2\",\"timestamp\":\"2026-01-01T00:00:02Z\",\"type\":\"gemini\","
	 "\"content\":\"\","
	 "\"toolCalls\":[{\"id\":\"c\",\"name\":\"run_shell_command\",\"args\":{\"command\":"
	 "\"a\"},"
	 "\"status\":\"success\",\"result\":[{\"functionResponse\":{\"response\":{"
	 "\"output\":"
	 "\"Command injection detected: x\"}}}]},"
	 "{\"id\":\"d\",\"name\":\"run_shell_command\",\"args\":{\"command\":\"b\"},"
	 "\"status\":\"success\",\"result\":[{\"functionResponse\":{\"response\":{"
	 "\"output\":"
	 "\"<untrusted_context>\\nOutput: (empty)\\nSignal: 9\\nProcess Group PGID: 4\\n"
	 "</untrusted_context>\"}}}]},"
	 "{\"id\":\"e\",\"name\":\"run_shell_command\",\"args\":{\"command\":\"c\"},"
	 "\"status\":\"success\",\"result\":[{\"functionResponse\":{\"response\":{"
	 "\"output\":"
	 "\"<untrusted_context>\\nOutput: Exit Code: 7\\nx\\nProcess Group PGID: 4\\n"
	 "</untrusted_context>\"}}}]}]}\n",
	 "call id=c [a]\nnote [call c was not run: Command injection detected: x]\ncall id=d [b]\n"
	 "result id=d exit=137 cmd=[b] []\ncall id=e [c]\n"
	 "result id=e exit=0 cmd=[c] [Exit Code: 7|x]\n"
	 "gemini g - - start=-1 lines=2 unknown=0 bad=0 long=0\n"},
	{"gemini before 0.40, one text over many lines",
	 "{\n \"sessionId\": \"g\",\n \"projectHash\": \"h\",\n \"startTime\": "
	 "\"2026-01-01T00:00:00Z\",\n"
	 " \"messages\": [\n  {\"id\":\"1\",\"type\":\"user\",\"content\":\"do\"},\n  "
	 "{\"id\":\"2\",\"type\":"
	 "\"gemini\",\"content\":\"done\"}\n ]\n}\n",
	 "said role=user [do]\nsaid role=assistant [done]\n"
	 "gemini g - - start=1767225600000000 lines=1 unknown=0 bad=0 long=0\n"},
	{"what is no log of an agent tells nothing", "hello\nworld\n{\"a\":1}\n",
	 "- - - - start=-1 lines=3 unknown=1 bad=2 long=0\n"},
};

static void test_cases(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const unsigned char *p = (const unsigned char *)cases[i].log;
		struct buf got = {0};

		tell(p, strlen(cases[i].log), 1000, 1, &got);
		is_str(buf_str(&got), cases[i].want, "%s", cases[i].name);
		test_cuts(cases[i].name, p, strlen(cases[i].log));
		buf_release(&got);
	}
}

/* Size */

static void test_long_line(void)
{
	static const char head[] = META,
			  tail[] = EVENT("{\"type\":\"agent_message\",\"message\":\"hi\"}");
	struct told t = {.line = -1, .rises = 1};
	struct agent *a = agent_new(hear, &t);
	char *piece = malloc(1 << 20);
	int i;

	memset(piece, 'x', 1 << 20);
	agent_put(a, head, sizeof(head) - 1);
	for (i = 0; i < 20; i++)
		agent_put(a, piece, 1 << 20);
	agent_put(a, "\n", 1);
	agent_put(a, tail, sizeof(tail) - 1);
	agent_end(a);
	is_str(buf_str(&t.log),
	       "note [a line of 20971520 bytes was passed over]\nsaid role=assistant [hi]\n",
	       "a line that is too long is told, and the next one is read");
	ok(t.rises && t.line == (int64_t)sizeof(head) - 1 + 20971521, "at its place");
	agent_free(a);
	buf_release(&t.log);
	free(piece);
}

int main(void)
{
	test_fixtures();
	test_cases();
	test_long_line();
	return tap_done();
}
