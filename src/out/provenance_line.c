/* SPDX-License-Identifier: MIT */
/* A command as one line of JSON. Spelt by hand: it is made for every command, and its length has to
 * be known to the byte. It must be valid whatever bytes the command is made of. */
#include "provenance.h"

#include "../base/base64.h"
#include "../base/buf.h"
#include "../base/stamp.h"
#include "../base/utf8.h"
#include "../story/story.h"
#include "../tape/header.h"

#include <string.h>

enum {
	CWD_MOST = 4096, /* bytes of a directory, as JSON */
	SRC_MOST = 32,
	CALL_MOST = 1024, /* of a call's id, as JSON */
};

/* Spells one character (n >= 1 bytes at p) as within a JSON string: at most 6 bytes at out, *len of
 * them. What is not UTF-8 becomes U+FFFD; what line-based readers may stumble over (DEL, C1,
 * U+2028, U+2029) is escaped as control characters are. Returns the bytes used. */
static size_t spell(const unsigned char *p, size_t n, unsigned char out[8], size_t *len)
{
	static const char hex[] = "0123456789abcdef";
	uint32_t cp = UTF8_REPLACEMENT;
	size_t used = utf8_decode(p, n, &cp);

	if (!used) {
		used = n;
		cp = UTF8_REPLACEMENT;
	}
	*len = 2;
	out[0] = '\\';
	if (cp == '"' || cp == '\\') {
		out[1] = (unsigned char)cp;
	} else if (cp == '\n' || cp == '\t' || cp == '\r') {
		out[1] = cp == '\n' ? 'n' : cp == '\t' ? 't' : 'r';
	} else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029) {
		out[1] = 'u';
		out[2] = (unsigned char)hex[cp >> 12 & 15];
		out[3] = (unsigned char)hex[cp >> 8 & 15];
		out[4] = (unsigned char)hex[cp >> 4 & 15];
		out[5] = (unsigned char)hex[cp & 15];
		*len = 6;
	} else {
		*len = utf8_encode(cp, out);
	}
	return used;
}

/* How much of p fits into `budget` bytes; at a character. base64: a copy in base64 has to fit,
 * too. */
static size_t fitting(const unsigned char *p, size_t n, size_t budget, int base64)
{
	unsigned char bytes[8];
	size_t at = 0, cost = 0, len;

	if (n <= budget / 8)
		return n;
	while (at < n) {
		size_t used = spell(p + at, n - at, bytes, &len);

		cost += len;
		if (cost + (base64 ? base64_length(at + used) : 0) > budget)
			break;
		at += used;
	}
	return at;
}

static int is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

static void put_string(struct buf *out, const unsigned char *p, size_t n)
{
	unsigned char bytes[8];
	size_t at = 0, len;

	buf_putc(out, '"');
	while (at < n) {
		size_t start = at;

		while (at < n && is_plain(p[at]))
			at++;
		if (at > start)
			buf_put(out, p + start, at - start);
		if (at == n)
			break;
		at += spell(p + at, n - at, bytes, &len);
		buf_put(out, bytes, len);
	}
	buf_putc(out, '"');
}

static void put_base64(struct buf *out, const unsigned char *p, size_t n)
{
	buf_reserve(out, base64_length(n));
	out->len += base64_encode(p, n, out->data + out->len);
}

static void put_numbers(struct buf *out, const struct command *c)
{
	buf_puts(out, ",\"exit_code\":");
	if (c->has_exit)
		buf_put_number(out, c->exit_code);
	else
		buf_puts(out, "null");
	buf_puts(out, ",\"duration_ms\":");
	if (command_took(c) >= 0)
		buf_put_number(out, command_took(c) / 1000);
	else
		buf_puts(out, "null");
}

/* A name that needs no escaping and is no longer than ours are; a recording may say anything. */
static const char *plain_name(const char *name)
{
	enum { LONGEST = 64 };
	const char *p;

	if (!name || strlen(name) > LONGEST)
		return NULL;
	for (p = name; *p; p++)
		if (!is_plain((unsigned char)*p))
			return NULL;
	return name;
}

const char *provenance_id(const struct header *h)
{
	const char *id = plain_name(h->id);

	if (!id)
		id = plain_name(h->session);
	return id ? id : "";
}

static void put_began(const struct command *c, struct buf *out)
{
	char ts[STAMP_ISO_LEN + 1];

	if (c->start_wall_us < 0) {
		buf_puts(out, "null");
		return;
	}
	stamp_iso(c->start_wall_us, ts);
	buf_printf(out, "\"%s\"", ts);
}

/* All behind the command's text but its copy in base64. */
static void put_rest(const struct header *h, const struct command *c, struct buf *out)
{
	const char *session = plain_name(h->session);

	put_numbers(out, c);
	buf_puts(out, ",\"v\":1,\"id\":\"");
	buf_puts(out, provenance_id(h));
	buf_putc(out, '-');
	buf_put_number(out, c->seq);
	buf_puts(out, "\",\"session\":");
	if (session)
		put_string(out, (const unsigned char *)session, strlen(session));
	else
		buf_puts(out, "null");
	buf_puts(out, ",\"seq\":");
	buf_put_number(out, c->seq);
	buf_puts(out, ",\"end\":\"");
	buf_puts(out, c->end);
	buf_puts(out, "\",\"src\":");
	put_string(out, (const unsigned char *)c->src, strnlen(c->src, SRC_MOST));
	if (c->marks) {
		buf_puts(out, ",\"marks\":\"");
		buf_puts(out, c->marks);
		buf_putc(out, '"');
	}
	if (c->inside) {
		buf_puts(out, ",\"in\":");
		buf_put_number(out, c->inside);
	}
	if (c->depth) {
		buf_puts(out, ",\"depth\":");
		buf_put_number(out, c->depth);
	}
	if (c->text_from == COMMAND_TEXT_SCREEN)
		buf_puts(out, ",\"text_from\":\"screen\"");
	if (c->text_from == COMMAND_TEXT_NONE)
		buf_puts(out, ",\"text_from\":\"none\"");
	if (c->pid >= 0 && !strcmp(c->src, "sh-c")) {
		buf_puts(out, ",\"pid\":");
		buf_put_number(out, c->pid);
	}
	if (c->signal) {
		buf_puts(out, ",\"signal\":");
		buf_put_number(out, c->signal);
	}
	if (c->unwrapped)
		buf_puts(out, ",\"unwrapped\":true");
	if (c->agent.len) {
		buf_puts(out, ",\"agent\":");
		put_string(out, c->agent.data, fitting(c->agent.data, c->agent.len, CALL_MOST, 0));
	}
	if (c->agent_told && c->agent_us >= 0) {
		buf_puts(out, ",\"agent_duration_ms\":");
		buf_put_number(out, c->agent_us / 1000);
	}
	if (c->call_id.len) {
		buf_puts(out, ",\"call_id\":");
		put_string(out, c->call_id.data,
			   fitting(c->call_id.data, c->call_id.len, CALL_MOST, 0));
	}
}

void provenance_line(const struct header *h, const struct command *c, struct buf *out)
{
	static const char truncated[] = ",\"truncated\":true", base64[] = ",\"cmd_b64\":\"\"";
	int foreign = utf8_valid_prefix(c->text.data, c->text.len) < c->text.len;
	size_t cwd = fitting(c->cwd.data, c->cwd.len, CWD_MOST, 0), before = out->len, used, n;
	struct buf rest = {0};

	put_rest(h, c, &rest);
	buf_puts(out, "{\"ts\":");
	put_began(c, out);
	buf_puts(out, ",\"cwd\":");
	if (c->cwd.len)
		put_string(out, c->cwd.data, cwd);
	else
		buf_puts(out, "null");
	buf_puts(out, ",\"cmd\":");
	used = out->len - before + rest.len + sizeof(truncated) + sizeof(base64) +
	       sizeof("\"\"}\n");
	n = fitting(c->text.data, c->text.len, PROVENANCE_LINE - used, foreign);
	if (c->text_from == COMMAND_TEXT_NONE)
		buf_puts(out, "null");
	else
		put_string(out, c->text.data, n);
	buf_put(out, rest.data, rest.len);
	if (n < c->text.len || cwd < c->cwd.len || c->text_cut)
		buf_puts(out, truncated);
	if (foreign) {
		buf_puts(out, ",\"cmd_b64\":\"");
		put_base64(out, c->text.data, n);
		buf_putc(out, '"');
	}
	buf_puts(out, "}\n");
	buf_release(&rest);
}
