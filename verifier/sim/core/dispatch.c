/* SPDX-License-Identifier: GPL-2.0 */
/* Tasks move between queues and CPUs; a CPU that needs a task looks for one. */
#include "sim.h"

#define MAX_DISPATCH_LOOPS 32

/* Whether the policy may move a task to a CPU it is not on. `enforce`: it asked for just that CPU. */
bool may_move_to(struct sim_task *p, struct sim_cpu *rq, bool enforce)
{
	if (p->t.migration_disabled) {
		if (enforce)
			sim_error("SCX_DSQ_LOCAL[_ON] cannot move migration disabled %s[%d] from CPU %d to %d", p->t.comm,
				  p->t.pid, p->t.thread_info.cpu, rq->id);
		return false;
	}
	if (!mask_has(p->t.cpus_ptr, rq->id)) {
		if (enforce)
			sim_error("SCX_DSQ_LOCAL[_ON] target CPU %d not allowed for %s[%d]", rq->id, p->t.comm, p->t.pid);
		return false;
	}
	/* A CPU on its way refuses tasks; kernel threads until it is fully off. */
	if (!rq->rq_online || !rq->active) {
		if (enforce)
			count_event(DISPATCH_LOCAL_DSQ_OFFLINE);
		return false;
	}
	return true;
}

/* The task leaves its queue and its CPU, and arrives in another CPU's local queue. */
static void migrate_to_local(struct sim_task *p, u64 flags, struct sim_cpu *to)
{
	struct sim_cpu *from = cpu_of_task(p);

	p->sticky_cpu = to->id;
	dequeue_task(from, p, 0, true);
	p->t.thread_info.cpu = to->id;
	enqueue_task(to, p, flags, false);
}

/* From whatever it is in, or in nothing, to a queue of any kind. */
void move_between(struct sim_task *p, u64 flags, struct dsq *to)
{
	struct sim_cpu *from = cpu_of_task(p);

	if (to->cpu >= 0 && to->cpu != from->id && !may_move_to(p, &sim.cpus[to->cpu], true))
		to = dsq_global(from->id);
	if (to->cpu >= 0 && to->cpu != from->id) {
		migrate_to_local(p, flags, &sim.cpus[to->cpu]);
		return;
	}
	dispatch_dequeue(p);
	dispatch_enqueue(to, p, flags);
}

static struct sim_task *first_for(struct sim_cpu *rq, struct dsq *dsq)
{
	struct sim_task *p = dsq->first;

	while (p && cpu_of_task(p) != rq && !may_move_to(p, rq, false))
		p = p->dsq_next;
	return p;
}

/* The first task of the queue that may run on this CPU, into its local queue. */
bool consume(struct sim_cpu *rq, struct dsq *dsq)
{
	struct sim_task *p;

	do {
		p = first_for(rq, dsq);
	} while (p && rq_claim(bit(rq->id) | bit(cpu_of_task(p)->id)));
	if (p)
		move_between(p, 0, &rq->local);
	return p;
}

/* What dispatch() inserted becomes true; whose task went elsewhere meanwhile is skipped. */
void flush_batch(struct sim_cpu *rq)
{
	for (u32 i = 0; i < rq->batched; i++) {
		struct sim_task *p = rq->batch[i].p;

		rq_claim(bit(rq->id) | bit(cpu_of_task(p)->id) | dsq_cpu(rq->batch[i].dsq));
		if (!p->held || p->qseq != rq->batch[i].qseq)
			continue;
		p->held = false;
		move_between(p, rq->batch[i].flags, dsq_for_dispatch(rq->batch[i].dsq, rq, p->t.thread_info.cpu));
	}
	rq->dispatched += rq->batched;
	rq->batched = 0;
}

static bool is_queued(struct sim_task *p)
{
	return p && (p->t.scx.flags & SCX_TASK_QUEUED);
}

/* True if there is something to run. */
static bool ask_dispatch(struct sim_cpu *rq, struct sim_task *prev)
{
	if (consume(rq, dsq_global(rq->id)))
		return true;
	if (rq->bypassing)
		return consume(rq, &rq->bypassed);
	if (!sim.ops->dispatch || !rq->rq_online || !rq->active)
		return false;
	for (u32 loops = 0; loops < MAX_DISPATCH_LOOPS; loops++) {
		rq->dispatched = 0;
		call("dispatch", sim.ops->dispatch, KF_DISPATCH, NULL, rq->id, (u64)prev, 0);
		flush_batch(rq);
		if (is_queued(prev) && prev->t.scx.slice) {
			rq->keep_prev = true;
			return true;
		}
		if (rq->local.nr || consume(rq, dsq_global(rq->id)))
			return true;
		if (!rq->dispatched)
			return false;
	}
	rq->kick |= bit(rq->id);
	sim.irqs |= bit(rq->id);
	return false;
}

/* Sees to it that there is a task to run: the previous one, one that waits here, or one from elsewhere. */
bool balance(struct sim_cpu *rq, struct sim_task *prev)
{
	bool found;

	looks_again(rq);
	sim.looking |= bit(rq->id);
	rq->keep_prev = false;
	if (rq->released) {
		call("cpu_acquire", sim.ops->cpu_acquire, KF_REST, NULL, rq->id, 0, 0);
		rq->released = false;
	}
	if (is_queued(prev) && prev->t.scx.slice && !rq->bypassing)
		rq->keep_prev = true;
	found = rq->keep_prev || rq->local.nr || ask_dispatch(rq, prev);
	if (!found && is_queued(prev) && (rq->bypassing || !(sim.ops->flags & SCX_OPS_ENQ_LAST))) {
		rq->keep_prev = found = true;
		count_event(DISPATCH_KEEP_LAST);
		trace("keep_last", prev, rq->id, 0);
	}
	sim.looking &= ~bit(rq->id);
	return found;
}
