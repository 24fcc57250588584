#include "out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int port = -1, blob_port = -1;
static char *line;
static size_t used, room;
static bool first = true;

static void put(const char *text, size_t size)
{
	if (used + size > room) {
		room = (used + size) * 2;
		line = realloc(line, room);
		if (!line)
			_exit(70);
	}
	memcpy(line + used, text, size);
	used += size;
}

static void puts_(const char *text)
{
	put(text, strlen(text));
}

/* Logs and reasons are bytes of unknown origin: what is not plain ASCII is escaped as Latin-1. */
static void put_quoted(const char *text, size_t size)
{
	put("\"", 1);
	for (size_t i = 0; i < size; i++) {
		unsigned char c = text[i];
		char escaped[8];

		if (c == '"' || c == '\\') {
			escaped[0] = '\\';
			escaped[1] = c;
			put(escaped, 2);
		} else if (c >= 0x20 && c < 0x7f) {
			put((char *)&c, 1);
		} else if (c == '\n') {
			put("\\n", 2);
		} else {
			put(escaped, snprintf(escaped, sizeof(escaped), "\\u%04x", c));
		}
	}
	put("\"", 1);
}

static void key_(const char *key)
{
	if (!first)
		put(",", 1);
	first = false;
	if (key) {
		put_quoted(key, strlen(key));
		put(":", 1);
	}
}

static void write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t done = write(fd, data, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		data += done;
		size -= done;
	}
}

void out_to(int fd)
{
	port = fd;
}

void out_blob_to(int fd)
{
	blob_port = fd;
}

void out_blob(const void *data, size_t size)
{
	if (blob_port >= 0)
		write_all(blob_port, data, size);
}

void out_begin(const char *kind)
{
	used = 0;
	first = true;
	put("{", 1);
	out_str("t", kind);
}

void out_end(void)
{
	put("}\n", 2);
	write_all(port, line, used);
}

void out_strn(const char *key, const char *value, size_t size)
{
	key_(key);
	put_quoted(value, size);
}

void out_str(const char *key, const char *value)
{
	out_strn(key, value, strlen(value));
}

void out_u64(const char *key, uint64_t value)
{
	char text[24];

	key_(key);
	put(text, snprintf(text, sizeof(text), "%llu", (unsigned long long)value));
}

void out_s64(const char *key, int64_t value)
{
	char text[24];

	key_(key);
	put(text, snprintf(text, sizeof(text), "%lld", (long long)value));
}

void out_bool(const char *key, bool value)
{
	key_(key);
	puts_(value ? "true" : "false");
}

static void nest(const char *key, const char *bracket)
{
	key_(key);
	puts_(bracket);
	first = true;
}

static void unnest(const char *bracket)
{
	puts_(bracket);
	first = false;
}

void out_open_list(const char *key) { nest(key, "["); }
void out_close_list(void) { unnest("]"); }
void out_open_map(const char *key) { nest(key, "{"); }
void out_close_map(void) { unnest("}"); }

void out_error(const char *what, int err, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	out_begin("error");
	out_str("what", what);
	out_s64("errno", err);
	out_str("text", text);
	out_end();
}
