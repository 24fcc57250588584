/* SPDX-License-Identifier: GPL-2.0 */
/* Tasks that fork a child that works, wait for it, and sleep. A child that is gone becomes the next one. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct task *spare;	/* by their `other` */

void load_dress(struct task *task)
{
	struct load_group *group = task->group;
	struct sim_task *p = task->p;

	p->load = task;
	snprintf(p->t.comm, sizeof(p->t.comm), "%s", group->name);
	p->t.static_prio = DEFAULT_PRIO + group->nice;
	p->idle_policy = group->idle_policy;
	p->mask.bits[0] &= group->cpus;
	p->css.dfl_cgrp = group_of(group->cgroup);
	if (!p->mask.bits[0])
		refuse("no CPU for %s", group->name);
}

static struct phase child_next(struct task *child)
{
	struct load_group *group = child->group;

	switch (child->state++) {
	case 0:
		return (struct phase){ RUN, sim.cost[COST_FORK] };
	case 1:
		tally_seen(group, WOKEN, child->due, sim.now);
		return load_run(child->service_ns);
	case 2:
		if (tally_counts(child->due))
			group->tally.child_cpu_ns += child->p->t.se.sum_exec_runtime;
		return (struct phase){ RUN, sim.cost[COST_FORK] };
	default:
		return (struct phase){ EXIT, 0 };
	}
}

static struct task *child_new(void)
{
	struct task *child = spare;

	if (child) {
		spare = child->other;
		*child = (struct task){ .p = task_again(child->p) };
		return child;
	}
	child = calloc(1, sizeof(*child));
	if (child)
		child->p = task_new();
	return child && child->p ? child : NULL;
}

/* False where there is no room. */
static bool fork_child(struct task *parent)
{
	struct task *child = child_new();

	if (!child)
		return false;
	child->group = parent->group;
	child->next = child_next;
	child->service_ns = parent->service_ns;
	child->due = parent->due;
	child->other = parent;
	load_dress(child);
	child->p->t.thread_info.cpu = parent->p->t.thread_info.cpu;
	parent->other = child;
	trace("fork", parent->p, (u64)child->p->t.pid, 0);
	task_start(child->p);
	return child->p->state != DEAD;
}

enum { BEGINS, FORKS, REAPS };

/* A request is a child, from before its fork until it is reaped. */
struct phase forks_next(struct task *task)
{
	if (task->state == BEGINS) {
		task->service_ns = draw_ns(&task->group->service, task);
		task->due = sim.now;
		tally_begun(task->group, task->due);
		task->state = FORKS;
		return (struct phase){ RUN, sim.cost[COST_FORK] };
	}
	if (task->state == FORKS) {
		task->state = REAPS;
		if (!fork_child(task))
			task->other = NULL;
	}
	if (task->other)
		return load_wait(task);
	tally_done(task->group, task->due);
	task->state = BEGINS;
	return load_sleep_until(sim.now + draw_ns(&task->group->think, task));
}

/* Whoever waits for a child is told while the child still has the CPU. */
void load_exits(struct task *task)
{
	if (task->next != child_next)
		return;
	task->other->other = NULL;
	load_wake(task->other, 0);
}

void load_gone(struct task *task)
{
	if (task->next != child_next)
		return;
	task->other = spare;
	spare = task;
}
