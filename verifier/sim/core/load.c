/* SPDX-License-Identifier: GPL-2.0 */
/* A workload from its start to its report: tasks that warm up, and a window in which they are looked at. */
#include "load.h"

#include <string.h>

/* When the tasks are let go: they are all there by then. It moves by a part that the seed draws, against the ticks. */
#define SETTLE_NS 100000000ULL
#define OFFSET_NS 20000000ULL
/* A busy task that has not looked at the clock for that long is without the CPU. */
#define CLOSE_NS 1000000ULL

struct load load = { .from = NEVER, .to = NEVER };

static u64 switches_before, unused_before, busy_before[MAX_SIM_CPUS];

/* Until the start a task waits; a system call is what it takes to sleep or to wake another one. */
struct phase load_next(struct task *task)
{
	charge(task->p->t.thread_info.cpu, COST_SYSCALL);
	return load.started ? task->next(task) : load_wait(task);
}

static void catch_up(void)
{
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		update_curr(&sim.cpus[cpu]);
}

static void open_window(void)
{
	catch_up();
	load.from = sim.now;
	switches_before = sim.switches;
	unused_before = sim.unused_ns;
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		busy_before[cpu] = sim.cpus[cpu].busy_ns;
	for (u32 i = 0; i < load.nr_tasks; i++) {
		struct task *task = load.tasks[i];

		task->cpu_before = task->p->t.se.sum_exec_runtime;
		task->voluntary_before = task->p->voluntary;
		task->forced_before = task->p->forced;
		task->migrations_before = task->p->migrations;
	}
}

/* A busy task's wait that lasts to the end counts as far as it went. */
static void close_gaps(void)
{
	for (u32 i = 0; i < load.nr_tasks; i++) {
		struct task *task = load.tasks[i];
		u64 last = task->last_look > load.from ? task->last_look : load.from;

		if (!strcmp(load_kinds[task->group->kind], "busy") && sim.now > last + CLOSE_NS)
			tally_seen(task->group, GAP, last, sim.now - 1);
	}
}

static void close_window(void)
{
	catch_up();
	load.to = sim.now;
	close_gaps();
	sim.over = true;
}

void load_job_done(void)
{
	if (!--load.jobs_left)
		close_window();
}

static void at(struct event *event, u64 time, void (*what)(void))
{
	*event = (struct event){ .kind = EV_LOAD, .cpu = -1, .what = (void *)what };
	event_set(event, time);
}

static void start(void)
{
	static struct event window, end;

	load.started = sim.now;
	load.jobs_left = load.jobs;
	if (load.warm_ns)
		at(&window, sim.now + load.warm_ns, open_window);
	else
		open_window();
	at(&end, sim.now + load.warm_ns + load.ns, close_window);
	for (u32 i = 0; i < load.nr_tasks; i++)
		load_wake(load.tasks[i], 0);
}

void load_begin(void)
{
	static struct event begin;

	if (!load.wanted)
		return;
	for (u32 i = 0; i < load.nr_groups; i++)
		load_add_group(&load.group[i]);
	at(&begin, SETTLE_NS + mix_bits(load.seed) % OFFSET_NS, start);
	sim.end = NEVER;
}

static void report_group(const struct load_group *group)
{
	u64 voluntary = 0, forced = 0, migrations = 0;

	for (u32 i = 0; i < load.nr_tasks; i++) {
		const struct task *task = load.tasks[i];

		if (task->group != group)
			continue;
		say("used %u %llu\n", group->index, task->p->t.se.sum_exec_runtime - task->cpu_before);
		voluntary += task->p->voluntary - task->voluntary_before;
		forced += task->p->forced - task->forced_before;
		migrations += task->p->migrations - task->migrations_before;
	}
	tally_report(group);
	say("switched %u %llu %llu %llu\n", group->index, voluntary, forced, migrations);
}

void load_report(void)
{
	if (!sim.over)
		return;
	say("window %llu %llu %llu\n", load.to - load.from, sim.switches - switches_before,
	    sim.unused_ns - unused_before);
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		say("busy %llu\n", sim.cpus[cpu].busy_ns - busy_before[cpu]);
	for (u32 i = 0; i < load.nr_groups; i++)
		report_group(&load.group[i]);
}
