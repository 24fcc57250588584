/* SPDX-License-Identifier: GPL-2.0 */
/* What happens when: a heap of events, first by time, then in the order in which they were made. */
#include "sim.h"

#include <stdlib.h>

static struct event *heap;
static u64 used, room, orders;

static bool is_first(const struct event *a, const struct event *b)
{
	return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void swap(u64 a, u64 b)
{
	struct event event = heap[a];

	heap[a] = heap[b];
	heap[b] = event;
}

void event_add(u64 time, enum event_kind kind, s32 cpu, void *what, u64 gen)
{
	u64 at = used;

	if (used == room) {
		room = room ? 2 * room : 1024;
		heap = realloc(heap, room * sizeof(*heap));
		if (!heap)
			refuse("no memory for events");
	}
	heap[used++] = (struct event){ time, orders++, gen, kind, cpu, what };
	for (; at && is_first(&heap[at], &heap[(at - 1) / 2]); at = (at - 1) / 2)
		swap(at, (at - 1) / 2);
}

static struct event event_next(void)
{
	struct event event = heap[0];
	u64 at = 0;

	heap[0] = heap[--used];
	for (;;) {
		u64 child = 2 * at + 1;

		if (child >= used)
			return event;
		if (child + 1 < used && is_first(&heap[child + 1], &heap[child]))
			child++;
		if (!is_first(&heap[child], &heap[at]))
			return event;
		swap(at, child);
		at = child;
	}
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
	event_add(sim.now + sim.timeout / 2, EV_WATCHDOG, -1, NULL, 0);
}

static void tick(struct sim_cpu *rq)
{
	struct sim_task *p = rq->curr;

	rq->tick_armed = false;
	if (rq->class != CLASS_EXT)
		return;
	sim.this_cpu = rq->id;
	update_curr(rq);
	call("tick", sim.ops->tick, KF_REST, p, 0, 0, 0);
	if (!p->t.scx.slice)
		resched(rq->id);
	rq->tick_armed = true;
	event_add(sim.now + TICK_NS, EV_TICK, rq->id, NULL, 0);
}

static void done(struct sim_cpu *rq, u64 gen)
{
	if (rq->gen != gen || rq->class != CLASS_EXT)
		return;
	sim.this_cpu = rq->id;
	update_curr(rq);
	if (!rq->curr->left)
		task_advance(rq->curr);
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
		if (rq->online && rq->need_resched)
			schedule(event->cpu);
		break;
	case EV_DONE:
		done(rq, event->gen);
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
		push_from(event->cpu, event->gen);
		break;
	case EV_TIMER:
		sim.this_cpu = event->cpu;
		timer_fire(event->what, event->gen);
		break;
	case EV_WATCHDOG:
		watchdog();
		break;
	case EV_SCRIPT:
		sim.this_cpu = __builtin_ctzll(sim.online.bits[0]);
		script_run(event->what);
		break;
	}
}

void events_run(void)
{
	while (used && sim.exit_kind == SCX_EXIT_NONE) {
		struct event event = event_next();

		if (event.time > sim.end)
			break;
		if (++sim.processed > sim.max_events)
			refuse("more than %llu events", sim.max_events);
		sim.now = event.time;
		handle(&event);
		irq_work();
	}
	if (sim.exit_kind == SCX_EXIT_NONE)
		sim.now = sim.end;
}
