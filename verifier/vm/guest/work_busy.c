/* shares: busy tasks on one CPU, what does each get?  starve: does the lightest task get anything? */
#define _GNU_SOURCE
#include "out.h"
#include "util.h"
#include "work.h"

#include <stdlib.h>
#include <string.h>

static void busy(struct task *task)
{
	for (;;)
		spin_ns(task, 1000000000ull);
}

static void report(const char *kind, uint64_t asked, uint64_t passed)
{
	out_begin("workload");
	out_str("kind", kind);
	out_u64("asked_ns", asked);
	out_u64("passed_ns", passed);
	out_bool("alive", passed >= asked);
	out_open_list("tasks");
	for (int i = 0; i < crew_size(); i++) {
		struct task *task = crew_task(i);

		out_open_map(NULL);
		out_s64("nice", task->nice_value);
		out_bool("idle", task->idle_policy);
		out_u64("cpu_ns", task->cpu_ns);
		out_u64("worst_ns", task->worst_ns);
		out_close_map();
	}
	out_close_list();
	out_end();
}

static void run(const char *kind, uint64_t ns)
{
	uint64_t passed;

	if (!crew_start())
		return;
	passed = crew_wait(ns);
	for (int i = 0; i < crew_size(); i++)          /* never ran, or waits now: that is its wait */
		if (!crew_task(i)->done)
			crew_task(i)->worst_ns = passed;
	crew_end();
	report(kind, ns, passed);
}

static void add_busy(int cpu, const char *nice_value)
{
	struct task *task = crew_add(0, busy);

	if (!task)
		return;
	task->cpu = cpu;
	task->number = crew_size() - 1;
	task->idle_policy = !strcmp(nice_value, "idle");
	task->name = task->idle_policy ? "idle" : "busy";
	task->nice_value = task->idle_policy ? 0 : atoi(nice_value);
}

/* cpu=1 seconds=5 nice=0,19,idle */
void work_shares(const struct workload *work)
{
	char list[1024] = "0,0", *next = list, *word;
	int cpu = option_long(work->options, "cpu", 0);

	crew_begin(work);
	option_text(work->options, "nice", list, sizeof(list));
	while ((word = strsep(&next, ",")))
		add_busy(cpu, word);
	run("shares", option_long(work->options, "seconds", 5) * 1000000000ull);
}

/* busy=24 cpus=0-1 seconds=20: many of nice 0 and one SCHED_IDLE */
void work_starve(const struct workload *work)
{
	int count = option_long(work->options, "busy", 24);

	crew_begin(work);
	while (count-- > 0)
		add_busy(-1, "0");
	add_busy(-1, "idle");
	run("starve", option_long(work->options, "seconds", 20) * 1000000000ull);
}
