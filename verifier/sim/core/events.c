/* SPDX-License-Identifier: GPL-2.0 */
/* What happens when: a heap of events, first by time, then in the order in which they were made. */
#include "sim.h"

#include <stdlib.h>

/* The time stands beside the event, so that comparing two does not go through memory. */
struct entry {
	u64 time, order;
	struct event *event;
};

static struct entry *heap;	/* from 1 on */
static u32 used, room;
static u64 orders;

static bool is_first(const struct entry *a, const struct entry *b)
{
	return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void place(u32 at, struct entry entry)
{
	heap[at] = entry;
	entry.event->at = at;
}

/* From a free place on: up while it is before what is above, else down while something below is before it. */
static void settle(u32 at, struct entry entry)
{
	for (; at > 1 && is_first(&entry, &heap[at / 2]); at /= 2)
		place(at, heap[at / 2]);
	for (;;) {
		u32 child = 2 * at;

		if (child > used)
			break;
		if (child < used && is_first(&heap[child + 1], &heap[child]))
			child++;
		if (!is_first(&heap[child], &entry))
			break;
		place(at, heap[child]);
		at = child;
	}
	place(at, entry);
}

void event_set(struct event *event, u64 time)
{
	struct entry entry = { time, orders++, event };

	if (event->at) {
		settle(event->at, entry);
		return;
	}
	if (used + 1 >= room) {
		room = room ? 2 * room : 1024;
		heap = realloc(heap, room * sizeof(*heap));
		if (!heap)
			refuse("no memory for events");
	}
	settle(++used, entry);
}

void event_cancel(struct event *event)
{
	u32 at = event->at;

	if (!at)
		return;
	event->at = 0;
	if (at == used--)
		return;
	settle(at, heap[used + 1]);
}

void watchdog_begin(void)
{
	static struct event event = { .kind = EV_WATCHDOG, .cpu = -1 };

	event_set(&event, sim.now + sim.timeout / 2);
}

/* Ends the run if a task has waited longer than the kernel lets it. */
static void watchdog(void)
{
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++) {
		struct sim_task *p = sim.cpus[cpu].online ? sim.cpus[cpu].runnable_first : NULL;

		for (; p; p = p->runnable_next) {
			u64 waited = (sim.now - p->runnable_at) / 1000000;

			if (sim.now - p->runnable_at <= sim.timeout)
				continue;
			sim_exit(SCX_EXIT_ERROR_STALL, 0, "%s[%d] failed to run for %llu.%03llus", p->t.comm, p->t.pid,
				 waited / 1000, waited % 1000);
			return;
		}
	}
	watchdog_begin();
}

static void tick(struct sim_cpu *rq)
{
	struct sim_task *p = rq->curr;

	if (rq->class != CLASS_EXT)
		return;
	sim.this_cpu = rq->id;
	charge(rq->id, COST_TICK);
	update_curr(rq);
	if (rq->bypassing)
		p->t.scx.slice = 0;
	else
		call("tick", sim.ops->tick, KF_REST, p, 0, 0, 0);
	if (!p->t.scx.slice)
		resched(rq->id);
	event_set(&rq->tick, sim.now + TICK_NS);
}

static void done(struct sim_cpu *rq)
{
	if (rq->class != CLASS_EXT)
		return;
	sim.this_cpu = rq->id;
	update_curr(rq);
	if (!rq->curr->left)
		task_advance(rq->curr);
}

u64 event_time(const struct event *event)
{
	return heap[event->at].time;
}

struct event *event_due(u32 index)
{
	return index < used ? heap[index + 1].event : NULL;
}

static void handle(const struct event *event)
{
	struct sim_cpu *rq = event->cpu >= 0 ? &sim.cpus[event->cpu] : NULL;

	switch (event->kind) {
	case EV_WAKE:
		task_wake(event->what);
		break;
	case EV_START:
		sim.this_cpu = __builtin_ctzll(sim.online.bits[0]);
		((struct sim_task *)event->what)->t.thread_info.cpu = sim.this_cpu;
		task_start(event->what);
		break;
	case EV_RESCHED:
		if (rq->online)
			schedule(event->cpu);
		break;
	case EV_DONE:
		done(rq);
		break;
	case EV_TICK:
		tick(rq);
		break;
	case EV_HIGHER_END:
		if (rq->online && rq->higher_until <= sim.now)
			schedule(event->cpu);
		break;
	case EV_OFFLINE:
		cpu_down_2(event->cpu);
		break;
	case EV_PUSH:
		push_from(event->cpu);
		break;
	case EV_BYPASS:
		sim.this_cpu = __builtin_ctzll(sim.online.bits[0]);
		bypass_reaches(rq);
		break;
	case EV_TIMER:
		sim.this_cpu = event->cpu;
		timer_fire(event->what);
		break;
	case EV_WATCHDOG:
		watchdog();
		break;
	case EV_SCRIPT:
		sim.this_cpu = __builtin_ctzll(sim.online.bits[0]);
		script_run(event->what);
		break;
	case EV_LOAD:
		sim.this_cpu = __builtin_ctzll(sim.online.bits[0]);
		((void (*)(void))event->what)();
		break;
	}
}

void time_goes_on(u64 until)
{
	u64 resting = __builtin_popcountll(sim.resting), waiting = sim.nr_waiting;

	if (until <= sim.now)
		return;
	sim.unused_ns += (until - sim.now) * (resting < waiting ? resting : waiting);
	sim.now = until;
}

void event_happens(struct event *event)
{
	event_cancel(event);
	handle(event);
	if (sim.irqs)
		irq_work();
}

struct event *events_first(void)
{
	if (!used || sim.exit_kind != SCX_EXIT_NONE || sim.over || heap[1].time > sim.end)
		return NULL;
	return heap[1].event;
}

void events_count(void)
{
	if (++sim.processed > sim.max_events)
		refuse("more than %llu events", sim.max_events);
}

bool events_next(void)
{
	struct event *event = events_first();

	if (!event)
		return false;
	events_count();
	time_goes_on(event_time(event));
	event_happens(event);
	return true;
}

void events_run(void)
{
	while (events_next())
		;
	if (sim.exit_kind == SCX_EXIT_NONE && !sim.over)
		sim.now = sim.end;
}
