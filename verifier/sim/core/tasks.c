/* SPDX-License-Identifier: GPL-2.0 */
/* The life of a task: it is made, wakes, forks and ends. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* For one task more. */
static bool has_room(void)
{
	static s32 room;
	struct sim_task **tasks;

	if (sim.nr_tasks < room)
		return true;
	room = room ? 2 * room : 64;
	tasks = realloc(sim.tasks, room * sizeof(*tasks));
	if (tasks)
		sim.tasks = tasks;
	return tasks;
}

struct sim_task *task_new(void)
{
	struct sim_task *p;

	p = sim.nr_tasks < MAX_SIM_TASKS && has_room() ? calloc(1, sizeof(*p)) : NULL;
	if (!p)
		return NULL;
	sim.tasks[sim.nr_tasks++] = p;
	task_again(p)->wake.number = sim.nr_tasks - 1;
	return p;
}

struct sim_task *task_again(struct sim_task *p)
{
	*p = (struct sim_task){ .state = NOT_STARTED };
	p->wake = (struct event){ .kind = EV_WAKE, .cpu = -1, .what = p };
	p->t.pid = sim.next_pid++;
	p->t.cpus_ptr = &p->mask;
	p->t.real_cred = &p->cred;
	p->t.cgroups = &p->css;
	p->css.dfl_cgrp = group_of(1);
	p->t.static_prio = DEFAULT_PRIO;
	p->mask.bits[0] = sim.nr_cpus == 64 ? NEVER : bit(sim.nr_cpus) - 1;
	p->sticky_cpu = p->ran_on = p->bound_cpu = -1;
	p->ddsp_dsq = SCX_DSQ_INVALID;
	p->t.scx.slice = SCX_SLICE_DFL;
	p->t.scx.flags = SCX_TASK_RESET_RUNNABLE_AT;
	p->waiting_since = NEVER;
	p->at = ~0u;
	return p;
}

/* ---- waking up */

static s32 ask_select_cpu(struct sim_task *p, s32 prev, u64 wake_flags)
{
	u64 resting = sim.resting;
	s32 cpu;

	p->overtaken = false;
	if (cpu_of_task(p)->bypassing)
		count_event(BYPASS_DISPATCH);
	if (!sim.ops->select_cpu || cpu_of_task(p)->bypassing) {
		cpu = idle_select(p, prev, wake_flags, NULL);
		if (cpu >= 0) {
			refill_slice(p);
			p->ddsp_dsq = SCX_DSQ_LOCAL;
		}
		return p->selected_cpu = cpu < 0 ? prev : cpu;
	}
	sim.direct = p;
	cpu = call_s32("select_cpu", sim.ops->select_cpu, KF_ENQUEUE | KF_SELECT, p, (u64)prev, wake_flags, 0);
	sim.direct = NULL;
	p->went_idle = sim.resting & ~resting;
	trace("select_cpu", p, (u64)(s64)cpu, (u64)prev);
	p->selected_cpu = cpu;
	if (cpu >= 0 && cpu < sim.nr_cpus)
		return cpu;
	sim_error("invalid CPU %d from ops.select_cpu()", cpu);
	return prev;
}

bool cpu_allowed(struct sim_task *p, s32 cpu)
{
	struct sim_cpu *rq = &sim.cpus[cpu];

	if (!mask_has(p->t.cpus_ptr, cpu))
		return false;
	if (p->t.migration_disabled || ((p->t.flags & PF_KTHREAD) && p->t.nr_cpus_allowed == 1))
		return rq->online;
	return p->t.flags & PF_KTHREAD ? rq->online && !rq->going_down : rq->active;
}

static s32 first_allowed(struct sim_task *p, u64 among)
{
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		if ((among & bit(cpu)) && cpu_allowed(p, cpu))
			return cpu;
	return -1;
}

/* Where a task goes whose CPU does not take it: near, then anywhere it may, then anywhere at all. */
s32 fallback_cpu(struct sim_task *p, s32 near)
{
	s32 cpu = first_allowed(p, sim.cpus[near].node_bits);

	if (cpu < 0)
		cpu = first_allowed(p, NEVER);
	if (cpu < 0) {
		set_affinity(p, NEVER);
		cpu = first_allowed(p, NEVER);
	}
	return cpu < 0 ? near : cpu;
}

static s32 choose_cpu(struct sim_task *p, u64 wake_flags, u64 *enq_flags)
{
	s32 prev = p->t.thread_info.cpu, cpu;

	if (p->t.nr_cpus_allowed > 1 && !p->t.migration_disabled) {
		cpu = ask_select_cpu(p, prev, wake_flags);
		*enq_flags |= wake_flags & SCX_WAKE_TTWU ? SCX_ENQ_CPU_SELECTED : 0;
	} else {
		cpu = __builtin_ctzll(p->t.cpus_ptr->bits[0]);
	}
	return cpu_allowed(p, cpu) ? cpu : fallback_cpu(p, prev);
}

static void activate(struct sim_task *p, u64 wake_flags, u64 enq_flags)
{
	s32 cpu = choose_cpu(p, wake_flags, &enq_flags);
	struct sim_cpu *rq = &sim.cpus[cpu];

	charge(sim.this_cpu, COST_WAKEUP);
	rq_claim(bit(cpu));
	p->t.thread_info.cpu = cpu;
	enqueue_task(rq, p, enq_flags, false);
	if (rq->class == CLASS_IDLE)
		resched(cpu);
	run_deferred(rq);
}

/* Whoever runs, or an interrupt, wakes it from where it is. */
void task_wake_by(struct sim_task *p, u64 wake_flags)
{
	if (p->state != SLEEPING)
		return;
	trace("wake", p, 0, 0);
	activate(p, SCX_WAKE_TTWU | wake_flags, SCX_ENQ_WAKEUP);
}

/* A timer of the CPU that the task slept on ends its sleep. */
void task_wake(struct sim_task *p)
{
	s32 cpu = p->t.thread_info.cpu;

	sim.this_cpu = sim.cpus[cpu].online ? cpu : __builtin_ctzll(sim.online.bits[0]);
	task_wake_by(p, 0);
}

/* ---- beginning and end */

/* False if the policy has no room for it. */
static bool init_task(struct sim_task *p)
{
	struct scx_init_task_args args = { p->css.dfl_cgrp };
	s32 error = 0;

	if (sim.ops->init_task)
		error = call_s32("init_task", sim.ops->init_task, KF_UNLOCKED, p, (u64)&args, 0, 0);
	trace("init_task", p, (u64)(s64)error, 0);
	if (error > 0 || error < -4095)
		sim_error("ops.init_task() returned an invalid errno %d", error);
	return !error;
}

void task_start_at(struct sim_task *p, u64 time)
{
	p->wake.kind = EV_START;
	event_set(&p->wake, time);
}

void task_start(struct sim_task *p)
{
	p->wake.kind = EV_WAKE;
	p->t.nr_cpus_allowed = __builtin_popcountll(p->mask.bits[0]);
	if (!init_task(p)) {
		sim.refused_forks++;
		p->state = DEAD;
		return;
	}
	p->enabled = true;
	weigh(p);
	call("enable", sim.ops->enable, KF_REST, p, 0, 0, 0);
	call("set_weight", sim.ops->set_weight, KF_REST, p, p->t.scx.weight, 0, 0);
	activate(p, SCX_WAKE_FORK, 0);
}

void task_fork(struct sim_task *parent, u64 template)
{
	struct sim_task *from = sim.tasks[template], *p = task_new();

	if (!p) {
		sim.refused_forks++;
		return;
	}
	p->behaviour = from->behaviour;
	p->mask = from->mask;
	p->cred = from->cred;
	p->css = from->css;
	p->t.static_prio = from->t.static_prio;
	p->t.flags = from->t.flags & PF_KTHREAD;
	p->t.thread_info.cpu = parent->t.thread_info.cpu;
	memcpy(p->t.comm, from->t.comm, sizeof(p->t.comm));
	trace("fork", parent, (u64)p->t.pid, 0);
	task_start(p);
}

/* It goes on with another program; the policy is not asked, but may see the name. */
void task_exec(struct sim_task *p, u64 program)
{
	const struct sim_task *from = sim.tasks[program];

	p->behaviour = from->behaviour;
	p->at = ~0u;
	p->rounds = 0;
	memcpy(p->t.comm, from->t.comm, sizeof(p->t.comm));
	trace("exec", p, program, 0);
}

/* On its CPU. */
void task_dies(struct sim_task *p)
{
	struct sim_cpu *rq = cpu_of_task(p);

	if (p->load)
		load_exits(p->load);
	dequeue_task(rq, p, SCX_DEQ_SLEEP, false);
	p->state = DEAD;
	schedule(rq->id);
	call("disable", sim.ops->disable, KF_REST, p, 0, 0, 0);
	call("exit_task", sim.ops->exit_task, KF_REST, p, 0, 0, 0);
	p->enabled = false;
	for (u32 map = 0; map < MAX_MAPS; map++) {
		free_when_unseen(p->storage[map]);
		p->storage[map] = NULL;
	}
	trace("dead", p, 0, 0);
	if (p->load)
		load_gone(p->load);
}
