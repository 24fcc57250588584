#define _GNU_SOURCE
#include "trace.h"
#include "out.h"
#include "util.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Instances have buffers of their own, so that neither crowds out the other. */
#define DUMP "/sys/kernel/tracing/instances/schedc_dump/"
#define TIMELINE "/sys/kernel/tracing/instances/schedc_timeline/"
#define DUMP_KB "1024"
#define TIMELINE_KB 24576                 /* for all CPUs together; what comes last is kept */
#define MAX_DUMP_LINES 4000
#define MAX_TIMELINE (64u << 20)

static bool with_timeline;

static void set(const char *instance, const char *file, const char *value)
{
	char path[256];

	snprintf(path, sizeof(path), "%s%s", instance, file);
	write_file(path, value);           /* an event that this kernel does not have stays off */
}

static void begin_timeline(void)
{
	static const char *const events[] = { "sched/sched_switch", "sched/sched_wakeup", "sched/sched_wakeup_new",
					      "sched/sched_migrate_task", "sched_ext/sched_ext_event" };
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	char text[64];

	mkdir(TIMELINE, 0755);
	snprintf(text, sizeof(text), "%ld", TIMELINE_KB / (cpus > 0 ? cpus : 1));
	set(TIMELINE, "buffer_size_kb", text);
	set(TIMELINE, "trace_clock", "mono");
	for (unsigned int i = 0; i < sizeof(events) / sizeof(*events); i++) {
		snprintf(text, sizeof(text), "events/%s/enable", events[i]);
		set(TIMELINE, text, "1");
	}
	set(TIMELINE, "tracing_on", "1");
}

void trace_prepare(void)
{
	mkdir(DUMP, 0755);
	set(DUMP, "buffer_size_kb", DUMP_KB);
	set(DUMP, "events/sched_ext/sched_ext_dump/enable", "1");
}

void trace_remove(void)
{
	rmdir(DUMP);
}

void trace_begin(bool timeline)
{
	with_timeline = timeline;
	if (timeline)
		begin_timeline();
}

/* Only what stands behind the event's name is the kernel's text. */
static void report_dump(void)
{
	static const char mark[] = " sched_ext_dump: ";
	FILE *trace = fopen(DUMP "trace", "re");
	char *line = NULL;
	size_t room = 0;
	int lines = 0;

	out_begin("dump");
	out_open_list("lines");
	while (trace && lines < MAX_DUMP_LINES && getline(&line, &room, trace) > 0) {
		char *text = strstr(line, mark);

		if (!text)
			continue;
		text += strlen(mark);
		text[strcspn(text, "\n")] = 0;
		out_str(NULL, text);
		lines++;
	}
	out_close_list();
	out_end();
	free(line);
	if (trace)
		fclose(trace);
	if (lines)                         /* or the next object's would stand behind it */
		close(open(DUMP "trace", O_WRONLY | O_TRUNC | O_CLOEXEC));
}

static void report_timeline(void)
{
	int trace;
	size_t sent = 0;
	static char part[1 << 16];
	ssize_t size;

	set(TIMELINE, "tracing_on", "0");
	trace = open(TIMELINE "trace", O_RDONLY | O_CLOEXEC);
	while (trace >= 0 && sent < MAX_TIMELINE && (size = read(trace, part, sizeof(part))) > 0) {
		out_blob(part, size);
		sent += size;
	}
	if (trace >= 0)
		close(trace);
	rmdir(TIMELINE);
	out_begin("timeline");
	out_u64("bytes", sent);
	out_end();
}

void trace_report(void)
{
	report_dump();
	if (with_timeline)
		report_timeline();
}
