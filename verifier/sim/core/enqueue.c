/* SPDX-License-Identifier: GPL-2.0 */
/* A task becomes runnable on a CPU, or ceases to be: where it is put, and who is told. */
#include "sim.h"

void set_runnable(struct sim_cpu *rq, struct sim_task *p)
{
	if (p->t.scx.flags & SCX_TASK_RESET_RUNNABLE_AT) {
		p->runnable_at = sim.now;
		p->t.scx.flags &= ~SCX_TASK_RESET_RUNNABLE_AT;
	}
	p->runnable = true;
	p->runnable_prev = rq->runnable_last;
	p->runnable_next = NULL;
	*(rq->runnable_last ? &rq->runnable_last->runnable_next : &rq->runnable_first) = p;
	rq->runnable_last = p;
}

void clear_runnable(struct sim_task *p, bool ran)
{
	struct sim_cpu *rq = cpu_of_task(p);

	if (p->runnable) {
		*(p->runnable_prev ? &p->runnable_prev->runnable_next : &rq->runnable_first) = p->runnable_next;
		*(p->runnable_next ? &p->runnable_next->runnable_prev : &rq->runnable_last) = p->runnable_prev;
	}
	p->runnable = false;
	if (ran)
		p->t.scx.flags |= SCX_TASK_RESET_RUNNABLE_AT;
}

/* The default slice, which is shorter while the policy is bypassed. */
#define BYPASS_SLICE_NS 5000000ULL

void refill_slice(struct sim_task *p)
{
	p->t.scx.slice = sim.bypass_depth ? BYPASS_SLICE_NS : SCX_SLICE_DFL;
	count_event(REFILL_SLICE_DFL);
}

static void leave_custody(struct sim_task *p, u64 flags)
{
	if (p->custody && p->sticky_cpu < 0)
		call("dequeue", sim.ops->dequeue, KF_REST, p, flags, 0, 0);
	if (p->sticky_cpu < 0)
		p->custody = false;
}

/* A CPU that is not choosing at the moment has to be told of what came into its local queue. */
static void local_was_filled(struct sim_cpu *rq, struct sim_task *p, u64 flags)
{
	bool preempt = (flags & SCX_ENQ_PREEMPT) && rq->class == CLASS_EXT && rq->curr != p;

	leave_custody(p, 0);
	if (sim.looking & bit(rq->id))
		return;
	if (preempt)
		rq->curr->t.scx.slice = 0;
	if (preempt || rq->class == CLASS_IDLE)
		resched(rq->id);
}

void dispatch_enqueue(struct dsq *dsq, struct sim_task *p, u64 flags)
{
	dsq_link(dsq, p, flags);
	p->held = false;
	if (p->in_local && dsq->cpu < 0)
		leaves_local(p);
	p->in_local = dsq->cpu >= 0;
	if (p->in_local) {
		local_was_filled(&sim.cpus[dsq->cpu], p, flags);
		return;
	}
	queued_beside(p);
	if (dsq->id == SCX_DSQ_GLOBAL || dsq->id == SCX_DSQ_BYPASS)
		leave_custody(p, 0);
	else
		p->custody = true;
}

static void defer(struct sim_cpu *rq, struct sim_task *p)
{
	sim.irqs |= bit(rq->id);
	p->deferred = true;
	p->dsq_next = NULL;
	p->dsq_prev = rq->deferred_last;
	*(rq->deferred_last ? &rq->deferred_last->dsq_next : &rq->deferred_first) = p;
	rq->deferred_last = p;
}

static void undefer(struct sim_cpu *rq, struct sim_task *p)
{
	*(p->dsq_prev ? &p->dsq_prev->dsq_next : &rq->deferred_first) = p->dsq_next;
	*(p->dsq_next ? &p->dsq_next->dsq_prev : &rq->deferred_last) = p->dsq_prev;
	p->dsq_prev = p->dsq_next = NULL;
	p->deferred = false;
}

static void clear_direct(struct sim_task *p)
{
	p->ddsp_dsq = SCX_DSQ_INVALID;
	p->ddsp_flags = 0;
}

void dispatch_dequeue(struct sim_task *p)
{
	if (p->dsq)
		dsq_unlink(p);
	else if (p->deferred)
		undefer(cpu_of_task(p), p);
}

/* The local queue of another CPU is filled a little later, when both CPUs can be locked. */
static void direct_dispatch(struct sim_cpu *rq, struct sim_task *p, u64 flags)
{
	struct dsq *dsq = dsq_for_dispatch(p->ddsp_dsq, rq, p->t.thread_info.cpu);

	p->ddsp_flags |= flags;
	if (dsq->cpu >= 0 && dsq->cpu != rq->id) {
		defer(rq, p);
		return;
	}
	flags = p->ddsp_flags;
	clear_direct(p);
	dispatch_enqueue(dsq, p, flags);
}

void run_deferred(struct sim_cpu *rq)
{
	while (rq->deferred_first) {
		struct sim_task *p = rq->deferred_first;
		struct dsq *dsq;
		u64 flags = p->ddsp_flags;

		if (rq_claim(bit(rq->id) | dsq_cpu(p->ddsp_dsq)))
			continue;
		undefer(rq, p);
		dsq = dsq_for_dispatch(p->ddsp_dsq, rq, p->t.thread_info.cpu);
		clear_direct(p);
		move_between(p, flags, dsq);
	}
}

/* The kernel's own choice, whatever select_cpu() may have wanted. */
static void to_own(struct dsq *dsq, struct sim_task *p, u64 flags)
{
	refill_slice(p);
	clear_direct(p);
	dispatch_enqueue(dsq, p, flags);
}

static void ask_policy(struct sim_cpu *rq, struct sim_task *p, u64 flags)
{
	u64 resting = sim.resting;

	p->qseq = ++rq->qseq;
	sim.direct = p;
	call("enqueue", sim.ops->enqueue, KF_ENQUEUE, p, flags, 0, 0);
	sim.direct = NULL;
	p->went_idle = sim.resting & ~resting;
	if (p->ddsp_dsq != SCX_DSQ_INVALID) {
		direct_dispatch(rq, p, flags);
		return;
	}
	p->custody = p->held = true;
	p->held_times++;
	trace("held", p, 0, 0);
}

void do_enqueue(struct sim_cpu *rq, struct sim_task *p, u64 flags, s32 sticky_cpu)
{
	if (sticky_cpu == rq->id) {
		dispatch_enqueue(&rq->local, p, flags);
	} else if (!rq->rq_online || !rq->active) {
		to_own(&rq->local, p, flags);
	} else if (rq->bypassing) {
		count_event(BYPASS_DISPATCH);
		to_own(&rq->bypassed, p, flags);
	} else if (p->ddsp_dsq != SCX_DSQ_INVALID) {
		direct_dispatch(rq, p, flags);
	} else if (!(sim.ops->flags & SCX_OPS_ENQ_EXITING) && (p->t.flags & PF_EXITING)) {
		count_event(ENQ_SKIP_EXITING);
		to_own(&rq->local, p, flags);
	} else if (!(sim.ops->flags & SCX_OPS_ENQ_MIGRATION_DISABLED) && p->t.migration_disabled) {
		count_event(ENQ_SKIP_MIGRATION_DISABLED);
		to_own(&rq->local, p, flags);
	} else if (!sim.ops->enqueue) {
		to_own(dsq_global(rq->id), p, flags);
	} else {
		ask_policy(rq, p, flags);
	}
}

/* `restore`: put back after a change; if it was running it goes on at once. */
void enqueue_task(struct sim_cpu *rq, struct sim_task *p, u64 flags, bool restore)
{
	bool running = rq->class == CLASS_EXT && rq->curr == p;
	s32 sticky_cpu = restore && running ? rq->id : p->sticky_cpu;

	set_runnable(rq, p);
	p->t.scx.flags |= SCX_TASK_QUEUED;
	rq->nr_running++;
	if (!running)
		wait_begins(p);
	if (p->state != ON_RQ)
		call("runnable", sim.ops->runnable, KF_REST, p, flags, 0, 0);
	p->state = ON_RQ;
	do_enqueue(rq, p, flags, sticky_cpu);
	p->sticky_cpu = -1;
	if ((flags & SCX_ENQ_CPU_SELECTED) && rq->id != p->selected_cpu)
		count_event(SELECT_CPU_FALLBACK);
}

/* `migrating`: it comes back on another CPU at once, which is no end of being runnable. */
void dequeue_task(struct sim_cpu *rq, struct sim_task *p, u64 flags, bool migrating)
{
	bool running = rq->class == CLASS_EXT && rq->curr == p;

	if (!(flags & SCX_DEQ_SLEEP))
		flags |= SCX_DEQ_SCHED_CHANGE;
	clear_runnable(p, false);
	p->held = false;
	leave_custody(p, flags);
	if (running) {
		update_curr(rq);
		call("stopping", sim.ops->stopping, KF_REST, p, false, 0, 0);
	}
	if (!migrating)
		call("quiescent", sim.ops->quiescent, KF_REST, p, flags, 0, 0);
	p->t.scx.flags &= ~SCX_TASK_QUEUED;
	rq->nr_running--;
	dispatch_dequeue(p);
	clear_direct(p);
	if (!migrating)
		p->state = SLEEPING;
}
