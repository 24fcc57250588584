/* SPDX-License-Identifier: GPL-2.0 */
/* What tasks of each kind do, from the start on. */
#include "load.h"

#include <stdlib.h>
#include <string.h>

/* In rounds of the busy loop: how often a busy task looks at the clock, and what an interrupt does not take. What is
 * longer is time without the CPU. */
#define LOOK_ROUNDS 25000
#define GAP_ROUNDS 12500

uint64_t crew_random(struct task *task, uint64_t below)
{
	task->random ^= task->random << 13;
	task->random ^= task->random >> 7;
	task->random ^= task->random << 17;
	return task->random % below;
}

struct phase load_run(u64 ns)
{
	return (struct phase){ RUN, (ns / load.per_ns + 1) * load.per_ns };
}

/* A time that has come is no sleep. */
struct phase load_sleep_until(u64 time)
{
	if (time <= sim.now)
		return (struct phase){ RUN, 0 };
	return (struct phase){ SLEEP, time - sim.now };
}

struct phase load_wait(struct task *task)
{
	task->waits = true;
	return (struct phase){ WAIT, 0 };
}

void load_wake(struct task *task, u64 wake_flags)
{
	if (!task->waits)
		return;
	task->waits = false;
	task_wake_by(task->p, wake_flags);
}

static struct phase busy_next(struct task *task)
{
	u64 look = LOOK_ROUNDS * load.per_ns, gap = GAP_ROUNDS * load.per_ns, before = task->last_look;

	if (task->state++) {
		task->group->tally.done += tally_counts(before);
		if (sim.now - before > look + gap)
			tally_seen(task->group, GAP, before, sim.now - look);
	}
	task->last_look = sim.now;
	return load_run(look);
}

/* One piece of work, from when it is due. */
static struct phase serve(struct task *task)
{
	tally_seen(task->group, WOKEN, task->due, sim.now);
	return load_run(draw_ns(&task->group->service, task));
}

static void served(struct task *task, u64 deadline_ns)
{
	struct load_group *group = task->group;

	tally_done(group, task->due);
	if (deadline_ns && sim.now - task->due > deadline_ns)
		group->tally.missed += tally_counts(task->due);
}

static struct phase wait_for_due(struct task *task, u64 due)
{
	task->due = due;
	tally_begun(task->group, due);
	return load_sleep_until(due);
}

/* Sleeps, works, sleeps. */
static struct phase sleepers_next(struct task *task)
{
	if (task->state++ % 2)
		return serve(task);
	if (task->state > 1)
		served(task, 0);
	return wait_for_due(task, sim.now + draw_ns(&task->group->think, task));
}

/* Due at fixed times; a job that is late does not move the next one. */
static struct phase periodic_next(struct task *task)
{
	u64 period = task->group->period_ns;

	if (task->state++ % 2)
		return serve(task);
	if (task->state == 1)
		return wait_for_due(task, sim.now + crew_random(task, period));
	served(task, task->group->deadline_ns);
	return wait_for_due(task, task->due + period);
}

/* One piece of work, then gone. */
static struct phase jobs_next(struct task *task)
{
	switch (task->state++) {
	case 0:
		return wait_for_due(task, load.started + draw_ns(&task->group->arrival, task));
	case 1:
		return serve(task);
	default:
		served(task, 0);
		task->group->tally.finished = sim.now;
		load_job_done();
		return (struct phase){ EXIT, 0 };
	}
}

enum { THINKS, WRITES, READS, ANSWERS };

/* A byte goes there and back; each side works before it answers. A request is a round trip, of the even one. */
static struct phase pairs_next(struct task *task)
{
	bool first = task->number % 2 == 0;

	switch (task->state) {
	case THINKS:
		task->state = first ? WRITES : READS;
		if (!first)
			return pairs_next(task);
		tally_begun(task->group, sim.now);
		return load_sleep_until(sim.now + draw_ns(&task->group->think, task));
	case WRITES:
		task->state = READS;
		task->due = sim.now;
		task->other->bytes++;
		load_wake(task->other, SCX_WAKE_SYNC);
		return (struct phase){ RUN, 0 };
	case READS:
		if (!task->bytes)
			return load_wait(task);
		task->bytes--;
		task->state = ANSWERS;
		return load_run(draw_ns(&task->group->service, task));
	default:
		task->state = first ? THINKS : WRITES;
		if (first)
			tally_done(task->group, task->due);
		return pairs_next(task);
	}
}

static struct phase (*const steps[])(struct task *task) = {
	busy_next, sleepers_next, periodic_next, jobs_next, forks_next, pairs_next, NULL,
};

const char *const load_kinds[] = { "busy", "sleepers", "periodic", "jobs", "forks", "pairs", "requests" };

u32 load_nr_kinds(void)
{
	return sizeof(load_kinds) / sizeof(*load_kinds);
}

static bool is(const struct load_group *group, const char *kind)
{
	return !strcmp(load_kinds[group->kind], kind);
}

struct task *load_add(struct load_group *group, u32 number)
{
	struct task *task = calloc(1, sizeof(*task));
	struct sim_task *p = task ? task_new() : NULL;

	load.tasks = realloc(load.tasks, (load.nr_tasks + 1) * sizeof(*load.tasks));
	if (!p || !load.tasks)
		refuse("no room for the tasks of %s", group->name);
	load.tasks[load.nr_tasks++] = task;
	*task = (struct task){ .p = p, .group = group, .number = number, .next = steps[group->kind] };
	task->random = mix_bits(load.seed << 20 ^ (u64)load.nr_tasks) | 1;
	load_dress(task);
	task_start_at(p, 0);
	return task;
}

void load_add_group(struct load_group *group)
{
	if (is(group, "requests")) {
		requests_add(group);
		return;
	}
	if (is(group, "jobs"))
		load.jobs += group->count;
	for (s32 i = 0; i < group->count; i++) {
		struct task *one = load_add(group, is(group, "pairs") ? 2 * i : i);

		if (!is(group, "pairs"))
			continue;
		one->other = load_add(group, 2 * i + 1);
		one->other->other = one;
	}
}
