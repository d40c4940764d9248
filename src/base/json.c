/* SPDX-License-Identifier: MIT */
/* jansson behind one door. struct json is jansson's json_t under another name, so that no other
 * file needs its header. */
#include "json.h"

#include "buf.h"
#include "err.h"
#include "utf8.h"

#include <jansson.h>
#include <string.h>

static json_t *real(struct json *j)
{
	return (json_t *)(void *)j;
}

static const json_t *real_const(const struct json *j)
{
	return (const json_t *)(const void *)j;
}

static json_t *checked(json_t *j)
{
	if (!j)
		bug("jansson refused a value");
	return j;
}

static void put(struct json *j, const char *key, json_t *value)
{
	if (json_object_set_new(real(j), key, checked(value)) < 0)
		bug("jansson refused key %s", key);
}

struct json *json_new(void)
{
	return (struct json *)(void *)checked(json_pack("{}"));
}

void json_free(struct json *j)
{
	json_decref(real(j));
}

struct json *json_parse(const void *text, size_t n, struct err *err)
{
	json_error_t why;
	json_t *j = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);

	if (!j)
		err_set(err, "bad JSON at byte %d: %s", why.position, why.text);
	return (struct json *)(void *)j;
}

void json_put_bytes(struct json *j, const char *key, const void *data, size_t n)
{
	const unsigned char *p = data;
	struct buf clean = {0};
	size_t at = utf8_valid_prefix(p, n);

	if (at == n) {
		put(j, key, json_stringn(n ? data : "", n));
		return;
	}
	buf_put(&clean, p, at);
	while (at < n) {
		unsigned char out[4];
		uint32_t cp = UTF8_REPLACEMENT;
		size_t used = utf8_decode(p + at, n - at, &cp);

		if (!used) {
			used = n - at;
			cp = UTF8_REPLACEMENT;
		}
		buf_put(&clean, out, utf8_encode(cp, out));
		at += used;
	}
	put(j, key, json_stringn((const char *)clean.data, clean.len));
	buf_release(&clean);
}

void json_put_text(struct json *j, const char *key, const char *text)
{
	if (text)
		json_put_bytes(j, key, text, strlen(text));
	else
		put(j, key, json_null());
}

void json_put_int(struct json *j, const char *key, int64_t value)
{
	put(j, key, json_integer(value));
}

void json_put_null(struct json *j, const char *key)
{
	put(j, key, json_null());
}

void json_put_flag(struct json *j, const char *key, int on)
{
	put(j, key, json_boolean(on));
}

struct json *json_put_object(struct json *j, const char *key)
{
	json_t *child = checked(json_pack("{}"));

	put(j, key, child);
	return (struct json *)(void *)child;
}

const struct json *json_get(const struct json *j, const char *key)
{
	return (const struct json *)(const void *)json_object_get(real_const(j), key);
}

const char *json_get_text(const struct json *j, const char *key)
{
	return json_string_value(json_object_get(real_const(j), key));
}

const char *json_get_bytes(const struct json *j, const char *key, size_t *n)
{
	const json_t *value = json_object_get(real_const(j), key);

	if (!json_is_string(value))
		return NULL;
	*n = json_string_length(value);
	return json_string_value(value);
}

int64_t json_get_int(const struct json *j, const char *key, int64_t fallback)
{
	const json_t *value = json_object_get(real_const(j), key);

	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

int json_get_flag(const struct json *j, const char *key)
{
	return json_is_true(json_object_get(real_const(j), key));
}

int json_lacks(const struct json *j, const char *key)
{
	const json_t *value = json_object_get(real_const(j), key);

	return !value || json_typeof(value) == JSON_NULL;
}

double json_get_real(const struct json *j, const char *key, double fallback)
{
	const json_t *value = json_object_get(real_const(j), key);

	return json_is_number(value) ? json_number_value(value) : fallback;
}

int json_is_an_object(const struct json *j)
{
	return j && json_typeof(real_const(j)) == JSON_OBJECT;
}

int json_is_no(const struct json *j)
{
	return j && json_typeof(real_const(j)) == JSON_FALSE;
}

const char *json_text(const struct json *j, size_t *n)
{
	if (!json_is_string(real_const(j)))
		return NULL;
	*n = json_string_length(real_const(j));
	return json_string_value(real_const(j));
}

size_t json_length(const struct json *j)
{
	return json_array_size(real_const(j));
}

const struct json *json_item(const struct json *j, size_t i)
{
	return (const struct json *)(const void *)json_array_get(real_const(j), i);
}

const char *json_key(const struct json *j, size_t i)
{
	json_t *object = (json_t *)(uintptr_t)j; /* iterating needs it, and changes nothing */
	void *at = json_object_iter(object);

	while (at && i--)
		at = json_object_iter_next(object, at);
	return at ? json_object_iter_key(at) : NULL;
}

static int append(const char *data, size_t n, void *out)
{
	buf_put(out, data, n);
	return 0;
}

void json_print(const struct json *j, struct buf *out)
{
	if (json_dump_callback(real_const(j), append, out, JSON_COMPACT | JSON_ENCODE_ANY) < 0)
		bug("jansson cannot print a value");
}
