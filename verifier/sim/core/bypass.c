/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bypass: the kernel schedules without the policy, from a queue of each CPU, as when the machine goes to sleep and wakes
 * up. CPUs get into it and out of it one after the other. Callbacks that only tell what happens go on, apart from `tick`
 * and `update_idle`.
 */
#include "sim.h"

/* CPUs are being told, one after the other; meanwhile nobody begins or ends anything. */
static bool on_their_way;
static u64 begun_at;

static void go_round(void)
{
	on_their_way = true;
	event_set(&sim.cpus[0].bypass, sim.now);
}

/* Who waits goes through the queues once more, from the last one that became runnable to the first. */
static void cycle(struct sim_cpu *rq)
{
	struct sim_task *before;

	for (struct sim_task *p = rq->runnable_last; p; p = before) {
		before = p->runnable_prev;
		/* What it waited so far is not the policy's doing. */
		p->mask_since = sim.now;
		requeue(p);
	}
}

void bypass_reaches(struct sim_cpu *rq)
{
	rq->bypassing = sim.bypass_depth;
	trace(rq->bypassing ? "bypass" : "resume", NULL, rq->id, 0);
	cycle(rq);
	rq->idle_since = sim.now;
	if (rq->online)
		resched(rq->id);
	on_their_way = rq->id + 1 < sim.nr_cpus;
	if (on_their_way)
		event_set(&sim.cpus[rq->id + 1].bypass, sim.now + CYCLE_NS);
}

bool bypass_begin(void)
{
	if (on_their_way)
		return false;
	if (sim.bypass_depth++)
		return true;
	count_event(BYPASS_ACTIVATE);
	begun_at = sim.now;
	served_until_now();
	go_round();
	return true;
}

/* One that was not begun has no end. */
bool bypass_end(void)
{
	if (on_their_way)
		return false;
	if (!sim.bypass_depth || --sim.bypass_depth)
		return true;
	sim.events[BYPASS_DURATION] += sim.now - begun_at;
	go_round();
	return true;
}
