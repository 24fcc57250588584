/* SPDX-License-Identifier: GPL-2.0 */
/* Properties of a task change: the kernel takes it out of its queue and puts it back around each. */
#include "sim.h"

struct change {
	bool queued, running;
};

static struct change change_begin(struct sim_task *p)
{
	struct sim_cpu *rq = cpu_of_task(p);
	struct change change = { p->state == ON_RQ, rq->class == CLASS_EXT && rq->curr == p };

	if (change.queued)
		dequeue_task(rq, p, 0, false);
	return change;
}

static void change_end(struct sim_task *p, struct change change)
{
	struct sim_cpu *rq = cpu_of_task(p);

	if (change.queued)
		enqueue_task(rq, p, 0, true);
	if (change.running)
		set_next(rq, p);
}

/* Out of its queue and into one, with nothing changed between them. */
void requeue(struct sim_task *p)
{
	change_end(p, change_begin(p));
}

/* ---- weight */

/* How much CPU each nice level from -20 on gets beside others; 0 is 1024. */
static const u32 weights[40] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277,
	1024, 820, 655, 526, 423, 335, 272, 215, 172, 137,
	110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
};

/* What a task of SCHED_IDLE has instead. */
#define IDLE_POLICY_WEIGHT 3

/* In the scale of control groups, where 100 is nice 0. */
void weigh(struct sim_task *p)
{
	u32 share = p->idle_policy ? IDLE_POLICY_WEIGHT : weights[p->t.static_prio - 100];
	u32 weight = (share * 100 + 512) / 1024;

	p->t.scx.weight = weight < 1 ? 1 : weight > 10000 ? 10000 : weight;
}

void set_nice(struct sim_task *p, s32 nice)
{
	struct change change = change_begin(p);

	trace("nice", p, (u64)(s64)nice, 0);
	p->t.static_prio = DEFAULT_PRIO + nice;
	if (p->enabled) {
		weigh(p);
		call("set_weight", sim.ops->set_weight, KF_REST, p, p->t.scx.weight, 0, 0);
	}
	change_end(p, change);
}

/* ---- control group */

void set_group(struct sim_task *p, struct cgroup *group)
{
	struct cgroup *from = p->css.dfl_cgrp;
	struct change change;

	if (!group_is_there(group))
		return;
	trace("cgroup", p, group->kn->id, 0);
	p->css.dfl_cgrp = group;
	if (!p->enabled)
		return;
	change = change_begin(p);
	call("cgroup_move", sim.ops->cgroup_move, KF_REST, p, (u64)from, (u64)group, 0);
	change_end(p, change);
	if (change.running)
		resched(p->t.thread_info.cpu);
}

/* A task that ends is moved out of its session's group of the fair class, which is a change like the others. */
void leave_autogroup(struct sim_task *p)
{
	requeue(p);
	resched(p->t.thread_info.cpu);
}

/* ---- affinity */

/* Out of one CPU's queue into that of another, where the policy is asked anew. */
void move_queued(struct sim_task *p, s32 cpu)
{
	struct sim_cpu *to = &sim.cpus[cpu];

	rq_claim(bit(cpu_of_task(p)->id) | bit(cpu));
	dequeue_task(cpu_of_task(p), p, 0, true);
	p->t.thread_info.cpu = cpu;
	enqueue_task(to, p, 0, false);
	if (to->class == CLASS_IDLE)
		resched(cpu);
	run_deferred(to);
}

/* A running task cannot be moved: the stopper, of a higher class, takes the CPU first. */
void push_away(struct sim_task *p, s32 cpu)
{
	struct sim_cpu *rq = cpu_of_task(p);

	put_prev(rq, p, CLASS_HIGHER);
	rq->class = CLASS_HIGHER;
	rq->curr = NULL;
	if (cpu != rq->id && p->state == ON_RQ)
		move_queued(p, cpu);
	schedule(rq->id);
}

static void set_mask(struct sim_task *p, u64 bits)
{
	struct change change = change_begin(p);

	p->mask.bits[0] = bits;
	p->mask_since = sim.now;
	p->t.nr_cpus_allowed = __builtin_popcountll(bits);
	if (p->enabled)
		call("set_cpumask", sim.ops->set_cpumask, KF_REST, p, (u64)p->t.cpus_ptr, 0, 0);
	change_end(p, change);
}

static void leave_forbidden(struct sim_task *p, u64 valid)
{
	struct sim_cpu *rq = cpu_of_task(p);

	if (p->state != ON_RQ || p->t.migration_disabled || mask_has(&p->mask, rq->id))
		return;
	if (rq->class == CLASS_EXT && rq->curr == p)
		push_away(p, distribute(valid));
	else
		move_queued(p, distribute(valid));
}

/* Refused where none of the CPUs is there. */
void set_affinity(struct sim_task *p, u64 bits)
{
	u64 possible = sim.nr_cpus == 64 ? NEVER : bit(sim.nr_cpus) - 1;
	u64 valid = bits & (p->t.flags & PF_KTHREAD ? sim.online.bits[0] : sim.active.bits[0]);

	bits &= possible;
	if (!valid)
		return;
	trace("affinity", p, bits, 0);
	set_mask(p, bits);
	leave_forbidden(p, valid);
}

/* The end of a section in which the task was not to migrate. */
void migrate_enable(struct sim_task *p)
{
	struct change change;

	p->t.migration_disabled = 0;
	p->mask_since = sim.now;
	if (p->t.cpus_ptr == &p->mask)
		return;
	change = change_begin(p);
	p->t.cpus_ptr = &p->mask;
	call("set_cpumask", sim.ops->set_cpumask, KF_REST, p, (u64)p->t.cpus_ptr, 0, 0);
	change_end(p, change);
	leave_forbidden(p, p->mask.bits[0] & sim.active.bits[0]);
}
