/* Holds a scheduler for `schedc load`, and is all that does: it attaches it, answers a line on standard input with a
 * line on standard output, and takes it off when it is told to, when the pipe ends, and when it is asked nothing for
 * SILENCE_MS. The link is in this process alone: however it ends, the kernel's default comes back.
 * Its parts are the guest's, so that what was tried there is what is done here. */
#define _GNU_SOURCE
#include "job.h"
#include "layers.h"
#include "out.h"
#include "report.h"
#include "scheduler.h"
#include "scx.h"
#include "trace.h"
#include "util.h"
#include "vars.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define SILENCE_MS 10000
#define PRIORITY 1                        /* SCHED_FIFO: above every task of the policy, below who else is real-time */

/* The next line, without its end; false when there is none, or none in time. */
static bool next_line(char *line, int room)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	if (poll(&input, 1, SILENCE_MS) <= 0 || !fgets(line, room, stdin))
		return false;
	line[strcspn(line, "\n")] = 0;
	return true;
}

/* Control groups come and go: those that are there are matched each time. */
static void look(struct scheduler *scheduler, const struct object_job *job)
{
	int groups = layers_apply(scheduler->object, job->rules);

	out_begin("look");
	out_s64("layer_groups", groups);
	out_bool("alive", scx_enabled());
	scx_report_state("state");
	scx_report_events();
	report_exit(scheduler->object);
	report_counters(scheduler->object, job);
	report_readings(scheduler->object, job->readings);
	out_end();
}

/* "NAME VALUE"; what is read-only now was fixed at load. */
static void change(struct scheduler *scheduler, char *words)
{
	char *name = strsep(&words, " ");
	struct setting setting = { .name = name };
	struct var var;
	bool done = false;

	if (words && var_find(scheduler->object, name, &var) && !var.read_only) {
		setting.value = strtoll(words, NULL, 10);
		done = scheduler_set(scheduler, &setting);
	}
	out_begin("set");
	out_bool("ok", done);
	out_end();
}

static void serve(struct scheduler *scheduler, const struct object_job *job)
{
	char line[512];

	while (next_line(line, sizeof(line)) && strcmp(line, "end")) {
		if (!strcmp(line, "look"))
			look(scheduler, job);
		else if (!strncmp(line, "set ", 4))
			change(scheduler, line + 4);
		else
			out_error("command", EINVAL, "not understood: %s", line);
	}
}

static void take_off(struct scheduler *scheduler, const struct object_job *job)
{
	uint64_t start = now_ns();

	out_begin("attached");
	out_bool("alive", scx_enabled());
	scx_report_state("state");
	scx_report_events();
	out_end();
	scheduler_detach(scheduler);
	out_begin("detach");
	out_u64("detach_ns", now_ns() - start);
	scx_report_state("state");
	out_end();
	scheduler_report_end(scheduler, job);
}

static void run(const struct object_job *job, const struct btf *kernel)
{
	struct scheduler scheduler = { 0 };

	out_begin("object");
	out_str("name", job->name);
	out_end();
	klog_mark();
	trace_prepare();
	if (scheduler_load(&scheduler, job, kernel)) {
		if (scheduler_attach(&scheduler, job)) {
			serve(&scheduler, job);
			take_off(&scheduler, job);
		}
		trace_report();
	}
	trace_remove();
}

/* The arguments: the process that this one must not outlive, and the job. */
int main(int argc, char **argv)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct btf *kernel;
	struct job *job;

	if (argc != 3 || prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != atoi(argv[1]))
		return 64;
	signal(SIGPIPE, SIG_IGN);         /* who does not listen any more gets the default scheduler back all the same */
	setvbuf(stdin, NULL, _IONBF, 0);
	setrlimit(RLIMIT_MEMLOCK, &all);
	become_realtime(PRIORITY);
	out_to(STDOUT_FILENO);
	kernel = btf__load_vmlinux_btf();
	if (!kernel)
		out_error("btf", ENOENT, "the kernel has no BTF, so no object can be loaded");
	else if ((job = job_read(argv[2])) && job->objects)
		run(job->objects, kernel);
	out_begin("bye");
	out_end();
	return 0;
}
