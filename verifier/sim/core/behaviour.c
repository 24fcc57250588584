/* SPDX-License-Identifier: GPL-2.0 */
/* What a task does on its CPU: one phase after the other. */
#include "load.h"

/* The end of what it runs now is an event of its CPU, as long as it stays there. */
void task_arm(struct sim_task *p)
{
	struct sim_cpu *rq = cpu_of_task(p);

	p->left += rq->overhead;
	rq->overhead = 0;
	event_set(&rq->done, sim.now + p->left);
}

/* Everybody runs once more, and then sleeps. */
static struct phase last_phase(struct sim_task *p)
{
	if (p->calm)
		return (struct phase){ WAIT, 0 };
	p->calm = true;
	return (struct phase){ RUN, CALM_RUN_NS };
}

static struct phase next_phase(struct sim_task *p)
{
	struct behaviour *b = &p->behaviour;

	if (sim.calming)
		return last_phase(p);
	if (p->load)
		return load_next(p->load);
	p->at++;
	if (p->at >= b->nr) {
		p->at = 0;
		if (++p->rounds == b->repeat)
			return (struct phase){ EXIT, 0 };
	}
	return b->phases[p->at];
}

static void run_for(struct sim_task *p, u64 ns)
{
	p->left = ns;
	task_arm(p);
}

static void block(struct sim_task *p, struct sim_cpu *rq, u64 ns)
{
	if (ns != NEVER)
		event_set(&p->wake, sim.now + ns);
	dequeue_task(rq, p, SCX_DEQ_SLEEP, false);
	schedule(rq->id);
}

static void yield(struct sim_task *p, struct sim_cpu *rq)
{
	run_for(p, YIELD_NS);
	if (sim.ops->yield)
		call_s32("yield", sim.ops->yield, KF_REST, p, 0, 0, 0);
	else
		p->t.scx.slice = 0;
	schedule(rq->id);
}

/* True if the task goes on at once with its next phase. */
static bool do_phase(struct sim_task *p, struct sim_cpu *rq, struct phase phase)
{
	switch (phase.kind) {
	case RUN:
		run_for(p, phase.value);
		return false;
	case SLEEP:
		block(p, rq, phase.value);
		return false;
	case WAIT:
		block(p, rq, NEVER);
		return false;
	case YIELD:
		yield(p, rq);
		return false;
	case EXIT:
		p->t.flags |= PF_EXITING;
		run_for(p, EXIT_NS);
		leave_autogroup(p);
		return false;
	case FORK:
		task_fork(p, phase.value);
		return true;
	case EXEC:
		task_exec(p, phase.value);
		return true;
	case PIN:
		p->t.migration_disabled = 1;
		return true;
	case UNPIN:
		migrate_enable(p);
		return true;
	}
	return false;
}

/* The task on its CPU has run what it wanted to. */
void task_advance(struct sim_task *p)
{
	struct sim_cpu *rq = cpu_of_task(p);
	u64 gen = rq->gen;

	if (p->t.flags & PF_EXITING) {
		task_dies(p);
		return;
	}
	while (rq->gen == gen && do_phase(p, rq, next_phase(p)))
		;
	/* A change took it off the CPU for a moment, or for longer: the rest follows when it is there again. */
}
