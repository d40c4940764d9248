/* SPDX-License-Identifier: MIT */
/* json: the only door to jansson (2.14). Objects are small: a header, a fact, a provenance line.
 * Events of a recording do not come through here (tape/ has its own coder, for speed). */
#ifndef STENO_JSON_H
#define STENO_JSON_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct json; /* one JSON value; json_free() the root only */

struct json *json_new(void); /* an empty object */
void json_free(struct json *j);
/* Parses one value, refusing duplicate keys, what follows the value, invalid UTF-8, and nesting
 * deeper than jansson's limit. */
struct json *json_parse(const void *text, size_t n, struct err *err);

/* Adding keys to an object, kept in the order added. Bytes that are not UTF-8 become U+FFFD by
 * maximal subparts. A NULL text, or json_put_null(), gives null. */
void json_put_text(struct json *j, const char *key, const char *text);
void json_put_bytes(struct json *j, const char *key, const void *data, size_t n);
void json_put_int(struct json *j, const char *key, int64_t value);
void json_put_null(struct json *j, const char *key);
void json_put_flag(struct json *j, const char *key, int on);
struct json *json_put_object(struct json *j, const char *key); /* borrowed */

/* Reading; a missing key or another type gives NULL or the fallback. Borrowed from j. */
const struct json *json_get(const struct json *j, const char *key);
const char *json_get_text(const struct json *j, const char *key);
/* As json_get_text, with the length (the text may hold U+0000). */
const char *json_get_bytes(const struct json *j, const char *key, size_t *n);
int64_t json_get_int(const struct json *j, const char *key, int64_t fallback);
int json_get_flag(const struct json *j, const char *key);
int json_lacks(const struct json *j, const char *key);			      /* missing, or null */
double json_get_real(const struct json *j, const char *key, double fallback); /* any number */

/* The value itself */
int json_is_an_object(const struct json *j);
int json_is_no(const struct json *j);
const char *json_text(const struct json *j, size_t *n);	      /* NULL: no text */
size_t json_length(const struct json *j);		      /* of an array; 0 for what is none */
const struct json *json_item(const struct json *j, size_t i); /* of an array; NULL */
const char *json_key(const struct json *j, size_t i);	      /* of an object, in its order; NULL */

/* Appends the compact text of j, without a newline. */
void json_print(const struct json *j, struct buf *out);

#endif
