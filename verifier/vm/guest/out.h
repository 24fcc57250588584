/* One JSON object per line, written to one descriptor and nowhere else. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void out_to(int fd);
void out_blob_to(int fd);                 /* without one, blobs are dropped */
void out_blob(const void *data, size_t size);

/* A line: out_begin("load"); out_u64("ms", 3); out_end(); */
void out_begin(const char *kind);
void out_end(void);
void out_str(const char *key, const char *value);
void out_strn(const char *key, const char *value, size_t size);
void out_u64(const char *key, uint64_t value);
void out_s64(const char *key, int64_t value);
void out_bool(const char *key, bool value);

/* Nesting; key is NULL inside an array. */
void out_open_list(const char *key);
void out_close_list(void);
void out_open_map(const char *key);
void out_close_map(void);

/* A whole line that says what went wrong while doing `what`. */
void out_error(const char *what, int err, const char *format, ...) __attribute__((format(printf, 3, 4)));
