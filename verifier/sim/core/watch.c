/* SPDX-License-Identifier: GPL-2.0 */
/* What properties are made of: how long tasks waited, and how long one waited while a CPU for it was idle. */
#include "sim.h"

void wait_begins(struct sim_task *p)
{
	if (p->waiting_since != NEVER)
		return;
	p->waiting_since = sim.now;
	p->passed_by = 0;
	sim.nr_waiting++;
	p->t.sched_info.last_queued = clock_on(cpu_of_task(p));
}

static u64 later(u64 a, u64 b)
{
	return a > b ? a : b;
}

/* The kernel keeps it on its CPU, without asking the policy: it may not move, or it ends. */
static bool is_held(struct sim_task *p)
{
	return p->t.migration_disabled || (p->in_local && (p->t.flags & PF_EXITING));
}

/* What it waited in a local queue while a higher class had that CPU is nobody's fault, when it waits on elsewhere too. */
void leaves_local(struct sim_task *p)
{
	u64 until = cpu_of_task(p)->higher_until;

	p->mask_since = later(p->mask_since, until < sim.now ? until : sim.now);
}

/* An idle CPU is claimed while the callback is about a task that may run there. */
void told_of(struct sim_cpu *rq, struct sim_task *p)
{
	if (rq->class != CLASS_IDLE || !mask_has(p->t.cpus_ptr, rq->id))
		return;
	if (p->told)
		p->told->told_for = NULL;
	p->told = rq;
	p->overtaken = false;
	p->passed_by &= ~bit(rq->id);
	rq->told_for = p;
}

/*
 * CPUs in the middle of `dispatch` may have been at this queue already, and are not yet idle, to be claimed. Others went
 * idle after the policy had looked for idle ones: the task is in the queue when the callback is over, not before.
 */
void queued_beside(struct sim_task *p)
{
	p->passed_by = (sim.looking | p->went_idle) & ~bit(sim.this_cpu);
	p->went_idle = 0;
	sim.passing |= p->passed_by;
}

/* From now on it counts again for those that it had passed by; for what they waited so far, only other CPUs do. */
void looks_again(struct sim_cpu *rq)
{
	u64 me = bit(rq->id);

	if (!(sim.passing & me))
		return;
	served_until_now();
	for (s32 i = 0; i < sim.nr_tasks; i++) {
		if (!(sim.tasks[i]->passed_by & me))
			continue;
		sim.tasks[i]->passed_by &= ~me;
		sim.tasks[i]->mask_since = sim.now;
	}
	sim.passing &= ~me;
}

/* The CPU takes a task: the one for which it was claimed, or another that came before it. */
static void takes(struct sim_cpu *rq, struct sim_task *p)
{
	struct sim_task *meant = rq->told_for;

	if (meant) {
		meant->overtaken = meant != p;
		meant->told = NULL;
		rq->told_for = NULL;
	}
	if (p->told)
		p->told->told_for = NULL;
	p->told = NULL;
	p->overtaken = false;
}

/* Since when: the CPU is without work, the task without a CPU, and the two may come together. */
static void unserved(struct sim_cpu *rq, struct sim_task *p)
{
	u64 since = later(rq->idle_since, later(p->waiting_since, p->mask_since));

	/* Nobody can take a task out of another CPU's local queue, as long as a higher class may have that CPU. */
	if (p->in_local)
		since = later(since, cpu_of_task(p)->higher_until);
	if (p->waiting_since == NEVER || !rq->online || !rq->rq_online || !mask_has(p->t.cpus_ptr, rq->id))
		return;
	if (rq->bypassing || cpu_of_task(p)->bypassing)
		return;
	/* An idle CPU was claimed for it, and found another task first: that is spent. */
	if (p->overtaken || p->passed_by & bit(rq->id))
		return;
	if (is_held(p) && (s32)p->t.thread_info.cpu != rq->id)
		return;
	if (since >= sim.now || sim.now - since <= sim.worst_unserved)
		return;
	sim.worst_unserved = sim.now - since;
	sim.unserved_at = sim.now;
	sim.unserved_cpu = rq->id;
	sim.unserved_pid = p->t.pid;
}

static void note_wait(struct sim_task *p)
{
	u64 waited = sim.now - p->waiting_since;

	if (waited > p->worst_wait)
		p->worst_wait = waited;
	p->total_wait += waited;
	p->waits++;
}

/* It runs, from now on. */
void wait_ends(struct sim_task *p)
{
	s32 cpu = p->t.thread_info.cpu;

	if (p->waiting_since != NEVER) {
		for (s32 other = 0; other < sim.nr_cpus && sim.now - p->waiting_since > sim.worst_unserved; other++)
			if (sim.cpus[other].class == CLASS_IDLE)
				unserved(&sim.cpus[other], p);
		note_wait(p);
		sim.nr_waiting--;
		p->runs++;
		p->migrations += p->ran_on >= 0 && p->ran_on != cpu;
		trace("run", p, cpu, p->t.scx.slice);
		p->misplaced += !mask_has(p->t.cpus_ptr, cpu) || !sim.cpus[cpu].online;
		takes(&sim.cpus[cpu], p);
	}
	p->waiting_since = NEVER;
	p->ran_on = cpu;
}

/* The CPU was idle until now: whoever waits all the same could have run there. */
void idle_ends(struct sim_cpu *rq)
{
	if (sim.now - rq->idle_since <= sim.worst_unserved)
		return;
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		for (struct sim_task *p = sim.cpus[cpu].runnable_first; p; p = p->runnable_next)
			unserved(rq, p);
}

void served_until_now(void)
{
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		if (sim.cpus[cpu].class == CLASS_IDLE)
			idle_ends(&sim.cpus[cpu]);
}

void served_at_end(void)
{
	served_until_now();
	for (s32 i = 0; i < sim.nr_tasks; i++)
		if (sim.tasks[i]->waiting_since != NEVER)
			note_wait(sim.tasks[i]);
}
