/* SPDX-License-Identifier: MIT */
/* Messages are JSON, each ended by a NUL: Chromium reads its descriptor 3 and writes to 4. */
#include "browser.h"

#include "base/buf.h"
#include "base/io.h"
#include "base/json.h"
#include "box.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READS = 3, WRITES = 4 };

static const char light[] =
	"{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"light\"}]}",
		  dark[] =
			  "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"dark\"}]}";

struct browser {
	pid_t pid;
	int to, from;
	int id; /* of the last message sent */
	char *profile, *session, *url;
	struct buf in, complaints;
	int loaded;
};

static void give_up(const char *what)
{
	perror(what);
	exit(2);
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Starting */

static void run_child(const char *program, const char *profile, int reads, int writes)
{
	char folder[256];

	snprintf(folder, sizeof(folder), "--user-data-dir=%s", profile);
	setpgid(0, 0);
	/* Out of the way first: either may be one of the two numbers. */
	reads = fcntl(reads, F_DUPFD, 10);
	writes = fcntl(writes, F_DUPFD, 10);
	if (dup2(reads, READS) < 0 || dup2(writes, WRITES) < 0 ||
	    !freopen("/dev/null", "w", stderr))
		_exit(127);
	close(reads);
	close(writes);
	execlp(program, program, "--headless", "--no-sandbox", "--disable-gpu",
	       "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
	       "--disable-component-update", "--disable-extensions", "--mute-audio", folder,
	       "--remote-debugging-pipe", "about:blank", (char *)NULL);
	_exit(127);
}

static void start(struct browser *b, const char *program)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
		give_up("pipe");
	fflush(stdout);
	b->pid = fork();
	if (b->pid < 0)
		give_up("fork");
	if (!b->pid)
		run_child(program, b->profile, to[0], from[1]);
	close(to[0]);
	close(from[1]);
	b->to = to[1];
	b->from = from[0];
}

/* Messages */

static void send_message(struct browser *b, const char *method, struct json *params)
{
	struct json *j = json_new();
	struct buf text = {0}, with = {0};

	json_put_int(j, "id", ++b->id);
	json_put_text(j, "method", method);
	if (b->session)
		json_put_text(j, "sessionId", b->session);
	json_print(j, &text);
	json_print(params, &with);
	text.len--; /* the brace: the parameters are an object that is printed already */
	buf_printf(&text, ",\"params\":%s}", buf_str(&with));
	if (io_write_all(b->to, buf_str(&text), text.len + 1, NULL, NULL) < 0)
		give_up("the browser does not listen");
	buf_release(&text);
	buf_release(&with);
	json_free(params);
	json_free(j);
}

static int is_level(const struct json *params, const char *of)
{
	const struct json *entry = of ? json_get(params, of) : params;
	const char *level = json_get_text(entry, of ? "level" : "type");

	return level &&
	       (!strcmp(level, "error") || !strcmp(level, "warning") || !strcmp(level, "assert"));
}

static int is_other_request(const struct browser *b, const struct json *params)
{
	const char *url = json_get_text(json_get(params, "request"), "url");

	return url && (!b->url || strncmp(url, b->url, strlen(b->url)) != 0);
}

static void take_event(struct browser *b, const struct json *j, const char *text)
{
	const char *method = json_get_text(j, "method");
	const struct json *params = json_get(j, "params");

	if (!method || !params)
		return;
	if (!strcmp(method, "Page.loadEventFired"))
		b->loaded = 1;
	else if (!strcmp(method, "Runtime.exceptionThrown") ||
		 (!strcmp(method, "Runtime.consoleAPICalled") && is_level(params, NULL)) ||
		 (!strcmp(method, "Log.entryAdded") && is_level(params, "entry")) ||
		 (!strcmp(method, "Network.requestWillBeSent") && is_other_request(b, params)) ||
		 !strcmp(method, "Page.javascriptDialogOpening"))
		buf_printf(&b->complaints, "%.600s\n", text);
}

/* Takes a message out of what was read; NULL: there is no whole one. */
static struct json *take_message(struct browser *b)
{
	unsigned char *end = b->in.len ? memchr(b->in.data, '\0', b->in.len) : NULL;
	struct json *j;
	size_t n;

	if (!end)
		return NULL;
	n = (size_t)(end - b->in.data);
	j = json_parse(b->in.data, n, NULL);
	if (!j)
		give_up("the browser speaks no JSON");
	take_event(b, j, (const char *)b->in.data);
	memmove(b->in.data, end + 1, b->in.len - n - 1);
	b->in.len -= n + 1;
	return j;
}

/* Waits for more until the time; 0: there was nothing. */
static int read_more(struct browser *b, long long until)
{
	struct pollfd p = {.fd = b->from, .events = POLLIN};
	long long left = until - now_ms();
	ssize_t n;

	if (left <= 0 || poll(&p, 1, (int)left) <= 0)
		return 0;
	buf_reserve(&b->in, 65536);
	n = read(b->from, b->in.data + b->in.len, 65536);
	if (n <= 0)
		give_up("the browser has gone");
	b->in.len += (size_t)n;
	return 1;
}

/* The answer to the last message; freed by the caller. */
static struct json *await(struct browser *b)
{
	long long until = now_ms() + BROWSER_DEADLINE_MS;
	struct json *j;

	for (;;) {
		while ((j = take_message(b)) != NULL) {
			if (json_get_int(j, "id", -1) == b->id)
				return j;
			json_free(j);
		}
		if (!read_more(b, until)) {
			errno = ETIMEDOUT;
			give_up("the browser does not answer");
		}
	}
}

static struct json *call(struct browser *b, const char *method, struct json *params)
{
	send_message(b, method, params);
	return await(b);
}

static void tell(struct browser *b, const char *method, struct json *params)
{
	json_free(call(b, method, params));
}

static char *find_program(void)
{
	return box_ask("command -v chromium || command -v chromium-browser || "
		       "command -v google-chrome");
}

/* A page of its own, and what it has to tell. */
static void attach(struct browser *b)
{
	static const char *const domains[] = {"Page.enable", "Runtime.enable", "Log.enable",
					      "Network.enable"};
	struct json *params = json_new(), *j;
	size_t i;

	json_put_text(params, "url", "about:blank");
	j = call(b, "Target.createTarget", params);
	params = json_new();
	json_put_text(params, "targetId", json_get_text(json_get(j, "result"), "targetId"));
	json_put_flag(params, "flatten", 1);
	json_free(j);
	j = call(b, "Target.attachToTarget", params);
	b->session = xstrdup(json_get_text(json_get(j, "result"), "sessionId"));
	json_free(j);
	for (i = 0; i < sizeof(domains) / sizeof(*domains); i++)
		tell(b, domains[i], json_new());
}

struct browser *browser_open(void)
{
	char *program = find_program();
	struct browser *b;

	if (!program)
		return NULL;
	b = xcalloc(1, sizeof(*b));
	b->profile = box_ask("mktemp -d \"${TMPDIR:-/tmp}/steno-browser.XXXXXX\"");
	if (!b->profile)
		give_up("a folder for the browser");
	start(b, program);
	free(program);
	attach(b);
	return b;
}

void browser_close(struct browser *b)
{
	if (!b)
		return;
	kill(-b->pid, SIGKILL);
	waitpid(b->pid, NULL, 0);
	close(b->to);
	close(b->from);
	box_sh("rm -rf '%s' 2>/dev/null || rm -rf '%s' || true", b->profile, b->profile);
	free(b->profile);
	free(b->session);
	free(b->url);
	buf_release(&b->in);
	buf_release(&b->complaints);
	free(b);
}

/* The outside */

void browser_go(struct browser *b, const char *path)
{
	struct json *params = json_new();
	struct buf url = {0};

	buf_printf(&url, "file://%s", path);
	free(b->url);
	b->url = xstrdup(buf_str(&url));
	b->url[strcspn(b->url, "#")] = '\0';
	json_put_text(params, "url", buf_str(&url));
	buf_release(&url);
	buf_clear(&b->complaints);
	b->loaded = 0;
	tell(b, "Page.navigate", params);
	browser_until(b, "document.readyState === 'complete' && location.href !== 'about:blank'");
}

char *browser_ask(struct browser *b, const char *expression)
{
	struct json *params = json_new(), *j;
	struct buf text = {0};
	const char *value;
	char *got = NULL;

	buf_printf(&text, "(async () => String(await (%s)))()", expression);
	json_put_text(params, "expression", buf_str(&text));
	json_put_flag(params, "awaitPromise", 1);
	json_put_flag(params, "userGesture", 1);
	buf_release(&text);
	j = call(b, "Runtime.evaluate", params);
	value = json_get_text(json_get(json_get(j, "result"), "result"), "value");
	if (value)
		got = xstrdup(value);
	json_free(j);
	return got;
}

int browser_until(struct browser *b, const char *expression)
{
	long long until = now_ms() + BROWSER_DEADLINE_MS;
	char *got;

	do {
		got = browser_ask(b, expression);
		if (got && !strcmp(got, "true")) {
			free(got);
			return 1;
		}
		free(got);
		poll(NULL, 0, 20);
	} while (now_ms() < until);
	tap_note("the browser never came to: %s", expression);
	return 0;
}

static void send_key(struct browser *b, const char *type, const char *key, const char *text)
{
	struct json *params = json_new();

	json_put_text(params, "type", type);
	json_put_text(params, "key", key);
	json_put_text(params, "code", key);
	if (!strcmp(key, "Enter"))
		json_put_int(params, "windowsVirtualKeyCode", 13);
	if (!strcmp(key, "Tab"))
		json_put_int(params, "windowsVirtualKeyCode", 9);
	if (text)
		json_put_text(params, "text", text);
	tell(b, "Input.dispatchKeyEvent", params);
}

void browser_key(struct browser *b, const char *key)
{
	const char *text = strlen(key) == 1 ? key : !strcmp(key, "Enter") ? "\r" : NULL;

	send_key(b, text ? "keyDown" : "rawKeyDown", key, text);
	send_key(b, "keyUp", key, NULL);
}

void browser_type(struct browser *b, const char *text)
{
	struct json *params = json_new();

	json_put_text(params, "text", text);
	tell(b, "Input.insertText", params);
}

void browser_look(struct browser *b, int width, int height, int flags)
{
	const char *media = flags & BROWSER_DARK ? dark : light;
	struct json *params = json_new();

	json_put_int(params, "width", width);
	json_put_int(params, "height", height);
	json_put_int(params, "deviceScaleFactor", 1);
	json_put_flag(params, "mobile", 0);
	tell(b, "Emulation.setDeviceMetricsOverride", params);
	tell(b, "Emulation.setEmulatedMedia", json_parse(media, strlen(media), NULL));
	params = json_new();
	json_put_flag(params, "value", (flags & BROWSER_NO_SCRIPT) != 0);
	tell(b, "Emulation.setScriptExecutionDisabled", params);
}

/* An answer comes behind what was to be told before. */
const char *browser_complaints(struct browser *b)
{
	free(browser_ask(b, "0"));
	return buf_str(&b->complaints);
}
