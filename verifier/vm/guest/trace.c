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

/* An instance has buffers of its own. */
#define DUMP "/sys/kernel/tracing/instances/schedc_dump/"
#define DUMP_KB "1024"
#define MAX_DUMP_LINES 4000

static void set(const char *instance, const char *file, const char *value)
{
	char path[256];

	snprintf(path, sizeof(path), "%s%s", instance, file);
	write_file(path, value);           /* an event that this kernel does not have stays off */
}

void trace_prepare(void)
{
	mkdir(DUMP, 0755);
	set(DUMP, "buffer_size_kb", DUMP_KB);
	set(DUMP, "events/sched_ext/sched_ext_dump/enable", "1");
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

void trace_report(void)
{
	report_dump();
}
