#define _GNU_SOURCE
#include "util.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

void sleep_ms(unsigned int ms)
{
	struct timespec time = { ms / 1000, (ms % 1000) * 1000000l };

	while (nanosleep(&time, &time) && errno == EINTR)
		;
}

int read_file(const char *path, char *text, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = 0, part;

	text[0] = 0;
	if (fd < 0)
		return -errno;
	while (size < (ssize_t)room - 1 && (part = read(fd, text + size, room - 1 - size)) > 0)
		size += part;
	close(fd);
	if (size && text[size - 1] == '\n')
		size--;
	text[size] = 0;
	return size;
}

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

long read_long(const char *path, long otherwise)
{
	char text[64];

	return read_file(path, text, sizeof(text)) > 0 ? strtol(text, NULL, 10) : otherwise;
}

void *read_whole(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat about;
	char *data = NULL;

	*size = 0;
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &about) && (data = malloc(about.st_size + 1))) {
		ssize_t part;

		while (*size < (size_t)about.st_size && (part = read(fd, data + *size, about.st_size - *size)) > 0)
			*size += part;
		data[*size] = 0;
	}
	close(fd);
	return data;
}

bool parse_cpu_list(const char *text, bool *mask, int max_cpus)
{
	while (isdigit((unsigned char)*text)) {
		char *end;
		long first = strtol(text, &end, 10), last = first;

		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		if (last >= max_cpus)
			return false;
		for (long cpu = first; cpu <= last; cpu++)
			mask[cpu] = true;
		text = *end == ',' ? end + 1 : end;
	}
	return true;
}

static int set_policy(int policy, int priority)
{
	struct sched_param param = { .sched_priority = priority };

	return sched_setscheduler(0, policy, &param) ? -errno : 0;
}

int become_normal(int nice_value)
{
	int err = set_policy(SCHED_OTHER, 0);

	if (!err && setpriority(PRIO_PROCESS, 0, nice_value))
		err = -errno;
	return err;
}

int become_idle(void)
{
	return set_policy(SCHED_IDLE, 0);
}

int become_realtime(int priority)
{
	return set_policy(SCHED_FIFO, priority);
}

int pin_to(const bool *mask, int max_cpus)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (int cpu = 0; cpu < max_cpus && cpu < CPU_SETSIZE; cpu++)
		if (mask[cpu])
			CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}
