/* Small things that every part of the runner needs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint64_t now_ns(void);
void sleep_ms(unsigned int ms);

/* Whole small files; read_file ends the text with a 0 and drops one trailing newline. -errno on failure. */
int read_file(const char *path, char *text, size_t room);
int write_file(const char *path, const char *text);
long read_long(const char *path, long otherwise);
void *read_whole(const char *path, size_t *size);

/* "0-2,5" as the kernel writes CPU lists. The mask has max_cpus places; false when a CPU does not fit. */
bool parse_cpu_list(const char *text, bool *mask, int max_cpus);

/* Everything that the child tasks are: normal tasks (SCHED_OTHER), unless asked otherwise. */
int become_normal(int nice_value);
int become_idle(void);
int become_realtime(int priority);
int pin_to(const bool *mask, int max_cpus);
