/* SPDX-License-Identifier: GPL-2.0 */
/* One CPU chooses what it runs. */
#include "sim.h"

static void resched_after(s32 cpu, u64 ns)
{
	struct sim_cpu *rq = &sim.cpus[cpu];

	if (rq->need_resched || !rq->online)
		return;
	rq->need_resched = true;
	event_set(&rq->resched, sim.now + ns);
}

void resched(s32 cpu)
{
	resched_after(cpu, cpu == sim.this_cpu ? 0 : IPI_NS);
}

void update_curr(struct sim_cpu *rq)
{
	u64 ran = sim.now - rq->exec_start;
	struct sim_task *p = rq->curr;

	if (rq->class != CLASS_EXT || !ran)
		return;
	rq->exec_start = sim.now;
	rq->busy_ns += ran;
	p->t.se.sum_exec_runtime += ran;
	p->left -= ran < p->left ? ran : p->left;
	if (p->t.scx.slice != SCX_SLICE_INF)
		p->t.scx.slice -= ran < p->t.scx.slice ? ran : p->t.scx.slice;
}

static void tick_later(struct sim_cpu *rq)
{
	if (!rq->tick.at)
		event_set(&rq->tick, (sim.now / TICK_NS + 1) * TICK_NS);
}

void choice_ends(struct sim_cpu *rq)
{
	rq->gen++;
	event_cancel(&rq->done);
}

void set_next(struct sim_cpu *rq, struct sim_task *p)
{
	if (p->t.scx.flags & SCX_TASK_QUEUED) {
		p->custody = p->held = false;
		dispatch_dequeue(p);
	}
	rq->class = CLASS_EXT;
	rq->curr = p;
	rq->exec_start = sim.now;
	choice_ends(rq);
	if (p->t.scx.flags & SCX_TASK_QUEUED) {
		wait_ends(p);
		call("running", sim.ops->running, KF_REST, p, 0, 0, 0);
	}
	clear_runnable(p, true);
	tick_later(rq);
	task_arm(p);
}

static void release(struct sim_cpu *rq)
{
	if (rq->class != CLASS_HIGHER || rq->released || !(sim.ops->cpu_acquire || sim.ops->cpu_release))
		return;
	call("cpu_release", sim.ops->cpu_release, KF_REST, NULL, rq->id, 0, 0);
	rq->released = true;
}

/* The task is taken off the CPU, for one of the class `next`; if it could run on, it waits again. */
void put_prev(struct sim_cpu *rq, struct sim_task *p, enum cpu_class next)
{
	update_curr(rq);
	choice_ends(rq);
	if (!(p->t.scx.flags & SCX_TASK_QUEUED))
		return;
	call("stopping", sim.ops->stopping, KF_REST, p, true, 0, 0);
	set_runnable(rq, p);
	p->overtaken = false;
	wait_begins(p);
	if (p->t.scx.slice && !rq->bypassing)
		dispatch_enqueue(&rq->local, p, SCX_ENQ_HEAD);
	else
		do_enqueue(rq, p, next == CLASS_IDLE ? SCX_ENQ_LAST : 0, -1);
}

static struct sim_task *pick(struct sim_cpu *rq, struct sim_task *prev)
{
	struct sim_task *p;

	if (!balance(rq, prev))
		return NULL;
	p = rq->keep_prev ? prev : rq->local.first;
	if (p && !p->t.scx.slice)
		refill_slice(p);
	return p;
}

/* A task that is switched out while it may not migrate is pinned for others to see. */
static void pin_switched_out(struct sim_task *p)
{
	if (!p->t.migration_disabled || p->t.cpus_ptr != &p->mask)
		return;
	p->pinned_mask.bits[0] = bit(p->t.thread_info.cpu);
	p->t.cpus_ptr = &p->pinned_mask;
	call("set_cpumask", sim.ops->set_cpumask, KF_REST, p, (u64)p->t.cpus_ptr, 0, 0);
}

static void notify_idle(struct sim_cpu *rq, bool idle)
{
	idle_set(rq->id, idle);
	if (rq->bypassing)
		return;
	call("update_idle", sim.ops->update_idle, KF_REST, NULL, rq->id, idle, 0);
}

static void go_idle(struct sim_cpu *rq, enum cpu_class before)
{
	rq->overhead = 0;
	if (before == CLASS_IDLE) {
		idle_set(rq->id, true);
		return;
	}
	choice_ends(rq);
	rq->idle_since = sim.now;
	notify_idle(rq, true);
	rq->overhead = 0;
	trace("idle", NULL, rq->id, 0);
}

static void leave_idle(struct sim_cpu *rq)
{
	idle_ends(rq);
	notify_idle(rq, false);
}

const char watching[] = "watch";
__attribute__((weak)) s32 watch_switch(u64 *ctx);
/* Who is no task of sched_ext, as programs on the switch of tasks see it: the idle task, and one of a higher class. */
static struct sim_task others[] = { [CLASS_IDLE] = { .t.pid = 0 }, [CLASS_HIGHER] = { .t.pid = 1 } };

static struct sim_task *shown(struct sim_task *p, enum cpu_class class)
{
	return p ? p : &others[class];
}

static void tell_watcher(struct sim_task *prev, enum cpu_class before, struct sim_task *next, enum cpu_class after)
{
	if (watch_switch)
		call_s32(watching, watch_switch, KF_REST, NULL, 0, (u64)shown(prev, before), (u64)shown(next, after));
	if (next)
		next->t.sched_info.last_queued = 0;
}

static void switch_to(struct sim_cpu *rq, struct sim_task *prev, struct sim_task *next)
{
	enum cpu_class before = prev ? CLASS_EXT : rq->class;
	enum cpu_class after = rq->higher_until > sim.now ? CLASS_HIGHER : next ? CLASS_EXT : CLASS_IDLE;

	if (prev) {
		*(prev->t.scx.flags & SCX_TASK_QUEUED ? &prev->forced : &prev->voluntary) += 1;
		put_prev(rq, prev, after);
	}
	rq->class = after;
	sim.resting = after == CLASS_IDLE ? sim.resting | bit(rq->id) : sim.resting & ~bit(rq->id);
	release(rq);
	rq->curr = NULL;
	if (before == CLASS_IDLE && after != CLASS_IDLE)
		leave_idle(rq);
	if (after == CLASS_IDLE)
		go_idle(rq, before);
	else if (next)
		set_next(rq, next);
	else if (before != CLASS_HIGHER)
		trace("higher", NULL, rq->id, rq->higher_until);
	if (prev != next || before != after) {
		sim.switches++;
		charge(rq->id, COST_SWITCH);
		tell_watcher(prev, before, next, after);
	}
	if (prev)
		pin_switched_out(prev);
}

void schedule(s32 cpu)
{
	struct sim_cpu *rq = &sim.cpus[cpu];
	struct sim_task *prev = rq->class == CLASS_EXT ? rq->curr : NULL, *next = NULL;

	sim.this_cpu = cpu;
	rq->need_resched = false;
	event_cancel(&rq->resched);
	update_curr(rq);
	if (rq->higher_until <= sim.now)
		next = pick(rq, prev);
	if (!next || next != prev)
		switch_to(rq, prev, next);
	run_deferred(rq);
	cpu_settle(rq);
}

static bool is_idle_class(struct sim_cpu *rq)
{
	return rq->class == CLASS_IDLE && !(sim.looking & bit(rq->id));
}

/* Kicks are carried out when the callback that asked for them is over. They take time, a CPU's of itself too. */
static void kick_all(struct sim_cpu *rq)
{
	u64 now = rq->kick, if_idle = rq->kick_idle, preempt = rq->kick_preempt;

	rq->kick = rq->kick_idle = rq->kick_preempt = 0;
	charge(rq->id, COST_KICK);
	for (u64 bits = now | if_idle; bits; bits &= bits - 1) {
		s32 cpu = __builtin_ctzll(bits);
		struct sim_cpu *to = &sim.cpus[cpu];

		rq_claim(bit(cpu));
		if (!to->online)
			continue;
		if ((now & bit(cpu)) && to->class != CLASS_HIGHER) {
			if ((preempt & bit(cpu)) && to->class == CLASS_EXT)
				to->curr->t.scx.slice = 0;
			resched_after(cpu, IPI_NS);
		} else if ((if_idle & bit(cpu)) && is_idle_class(to)) {
			resched_after(cpu, IPI_NS);
		}
	}
}

void irq_work(void)
{
	u64 mine;

	/* Interrupts of a CPU that is at work come when it is done. */
	while ((mine = sim.irqs & ~cpus_at_work())) {
		struct sim_cpu *rq = &sim.cpus[__builtin_ctzll(mine)];

		sim.irqs &= ~bit(rq->id);
		run_deferred(rq);
		if (rq->kick | rq->kick_idle) {
			sim.this_cpu = rq->id;
			kick_all(rq);
		}
	}
}
