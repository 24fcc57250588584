#define _GNU_SOURCE
#include "scx.h"
#include "out.h"
#include "util.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCX "/sys/kernel/sched_ext/"
#define MAX_LINES 300

bool scx_enabled(void)
{
	char state[32];

	return read_file(SCX "state", state, sizeof(state)) > 0 && !strcmp(state, "enabled");
}

void scx_report_state(const char *key)
{
	static const char *const files[] = { "state", "root/ops", "enable_seq", "switch_all", "nr_rejected", "hotplug_seq" };
	char path[64], text[256];

	out_open_map(key);
	for (unsigned int i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), SCX "%s", files[i]);
		if (read_file(path, text, sizeof(text)) > 0)
			out_str(files[i], text);
	}
	out_close_map();
}

/* "SCX_EV_KEEP_LAST 12" a line; kernels before 6.15 do not have the file. */
void scx_report_events(void)
{
	char text[8192], *next = text, *line;

	if (read_file(SCX "root/events", text, sizeof(text)) <= 0)
		return;
	out_open_map("events");
	while ((line = strsep(&next, "\n"))) {
		char *value = strpbrk(line, " :=");

		if (!value)
			continue;
		*value++ = 0;
		out_s64(line, strtoll(value, NULL, 10));
	}
	out_close_map();
}

static int klog = -1;

void klog_mark(void)
{
	klog = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (klog >= 0)
		lseek(klog, 0, SEEK_END);
}

static bool matters(const char *line)
{
	static const char *const words[] = { "sched_ext", "BUG", "stall", "WARNING", "Oops", "hung", "blocked for",
					     "lockup", "Call Trace", "RIP:", "RT throttling" };

	for (unsigned int i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(line, words[i]))
			return true;
	return line[0] == ' ';             /* the lines of a trace are indented */
}

void klog_report(void)
{
	char record[8192];
	ssize_t size;
	int lines = 0;

	out_open_list("klog");
	while (klog >= 0 && (size = read(klog, record, sizeof(record) - 1)) > 0) {
		char *text;

		record[size] = 0;
		text = strchr(record, ';');
		if (!text)
			continue;
		text[strcspn(text, "\n")] = 0;
		if (matters(text + 1) && lines++ < MAX_LINES)
			out_str(NULL, text + 1);
	}
	out_close_list();
}
