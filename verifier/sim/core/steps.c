/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The order of events is given, and their times follow: any event that is due may be the next, however late others are.
 *
 * Only running takes time, which is that of one CPU alone: what its task runs until it does something else, or until a
 * tick ends its slice. The others stand still meanwhile, as if interrupts had them, so that two steps of two CPUs come to
 * the same in either order.
 */
#include "words.h"

#define RUN_NS 1000000ULL
#define CALM_NS 5000000000ULL

u32 nr_steps;
static struct step given[MAX_STEPS];
static const char *const names[] = {
	[EV_WAKE] = "wake", [EV_START] = "start", [EV_RESCHED] = "choose", [EV_DONE] = "done", [EV_TICK] = "tick",
	[EV_HIGHER_END] = "leave", [EV_OFFLINE] = "offline", [EV_PUSH] = "push", [EV_TIMER] = "timer",
	[EV_WATCHDOG] = "-", [EV_BYPASS] = "bypass", [EV_SCRIPT] = "event",
};

const char *step_name(enum event_kind kind)
{
	return names[kind];
}

void read_step(void)
{
	if (nr_steps == MAX_STEPS)
		refuse("line %u: more than %d steps", words_line, MAX_STEPS);
	given[nr_steps].kind = one_of(1, names, sizeof(names) / sizeof(*names));
	given[nr_steps++].number = number(2, MAX_SIM_TASKS);
}

static struct step step_of(const struct event *event)
{
	return (struct step){ event->kind, event->cpu >= 0 && event->kind != EV_TIMER ? event->cpu : event->number };
}

static bool is_before(struct step a, struct step b)
{
	return a.kind != b.kind ? a.kind < b.kind : a.number < b.number;
}

/* It has 20 us to run, and no tick comes. */
static bool is_ending(const struct sim_task *p)
{
	return p->t.flags & PF_EXITING;
}

static bool is_possible(const struct event *event)
{
	switch (event->kind) {
	case EV_RESCHED:
		return sim.cpus[event->cpu].online;
	case EV_DONE:
		return sim.cpus[event->cpu].class == CLASS_EXT;
	case EV_TICK:
		return sim.cpus[event->cpu].class == CLASS_EXT && !is_ending(sim.cpus[event->cpu].curr);
	case EV_SCRIPT:
		return script_is_next(event->what);
	case EV_WATCHDOG:
	case EV_LOAD:
		return false;
	default:
		return true;
	}
}

/* All that are due, each behind those that are before it; of these, where wanted, only the possible ones. */
static u32 sorted(struct event **events, bool possible)
{
	struct event *event;
	u32 count = 0;

	for (u32 index = 0; (event = event_due(index)); index++) {
		u32 at = count;

		if (possible && !is_possible(event))
			continue;
		if (count++ == MAX_STEPS)
			refuse("more than %d events are due at once", MAX_STEPS);
		for (; at && is_before(step_of(event), step_of(events[at - 1])); at--)
			events[at] = events[at - 1];
		events[at] = event;
	}
	return count;
}

u32 steps_possible(struct step *steps)
{
	struct event *events[MAX_STEPS];
	u32 count = sorted(events, true);

	for (u32 at = 0; at < count; at++)
		steps[at] = step_of(events[at]);
	return count;
}

static struct event *event_of(struct step step)
{
	struct event *event;

	for (u32 index = 0; (event = event_due(index)); index++)
		if (event->kind == step.kind && step_of(event).number == step.number && is_possible(event))
			return event;
	return NULL;
}

/* A tick ends the slice, unless the policy wants to hear of each. */
static u64 until_tick(const struct sim_cpu *rq)
{
	u64 slice = rq->curr->t.scx.slice;

	if (sim.ops->tick || slice == SCX_SLICE_INF || !slice)
		return TICK_NS;
	return (slice + TICK_NS - 1) / TICK_NS * TICK_NS;
}

static void run_on(struct sim_cpu *rq, u64 ns)
{
	sim.now += ns;
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		if (cpu != rq->id)
			sim.cpus[cpu].exec_start += ns;
}

static bool is_in_run(const struct sim_task *p)
{
	return !is_ending(p) && p->at < p->behaviour.nr && p->behaviour.phases[p->at].kind == RUN;
}

/* Who slept or yielded begins to run first, which takes no time. */
static void done_on(struct sim_cpu *rq)
{
	struct sim_task *p = rq->curr;

	if (!is_in_run(p)) {
		p->left = 0;
		event_happens(&rq->done);
		if (rq->curr != p || !rq->done.at || !is_in_run(p))
			return;
	}
	p->left = RUN_NS;
	run_on(rq, RUN_NS);
	event_happens(&rq->done);
}

static void take(struct event *event)
{
	struct sim_cpu *rq = event->cpu >= 0 ? &sim.cpus[event->cpu] : NULL;

	if (event->kind == EV_DONE) {
		done_on(rq);
		return;
	}
	if (event->kind == EV_TICK)
		run_on(rq, until_tick(rq));
	if (event->kind == EV_HIGHER_END)
		rq->higher_until = sim.now;
	event_happens(event);
}

bool step_take(struct step step)
{
	struct event *event = event_of(step);

	if (!event)
		return false;
	trace("step", NULL, step.kind, step.number);
	take(event);
	return true;
}

/* Tasks that are there from the beginning. */
void steps_begin(void)
{
	struct event *events[MAX_STEPS];
	u32 count = sorted(events, true);

	for (u32 at = 0; at < count; at++)
		if (events[at]->kind == EV_START && !event_time(events[at]))
			take(events[at]);
}

/* ---- the end: nothing comes from outside any more, and what is there takes its usual time */

static void forget_waits(void)
{
	for (s32 i = 0; i < sim.nr_tasks; i++) {
		struct sim_task *p = sim.tasks[i];

		p->waits = p->worst_wait = p->total_wait = 0;
		if (p->waiting_since != NEVER)
			p->waiting_since = sim.now;
	}
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		sim.cpus[cpu].idle_since = sim.now;
	sim.worst_unserved = 0;
	sim.unserved_cpu = sim.unserved_pid = -1;
}

static void calm(struct event *event)
{
	struct sim_cpu *rq = event->cpu >= 0 ? &sim.cpus[event->cpu] : NULL;

	switch (event->kind) {
	case EV_RESCHED:
		event_set(event, sim.now + IPI_NS);
		break;
	case EV_DONE:
		rq->curr->calm = true;
		rq->curr->left = is_ending(rq->curr) ? EXIT_NS : CALM_RUN_NS;
		event_set(event, sim.now + rq->curr->left);
		break;
	case EV_TICK:
		event_set(event, (sim.now / TICK_NS + 1) * TICK_NS);
		break;
	case EV_HIGHER_END:
		rq->higher_until = sim.now + RUN_NS;
		event_set(event, rq->higher_until);
		break;
	case EV_OFFLINE:
		event_set(event, sim.now + DEACTIVATE_NS);
		break;
	case EV_PUSH:
	case EV_BYPASS:
		event_set(event, sim.now);
		break;
	case EV_TIMER:
		event_set(event, sim.now + RUN_NS);
		break;
	default:
		event_cancel(event);
	}
}

static bool is_quiet(void)
{
	for (s32 i = 0; i < sim.nr_tasks; i++)
		if (sim.tasks[i]->state == ON_RQ)
			return false;
	return true;
}

/* Every task that is runnable gets to run, and then sleeps; or it still waits when the run ends. */
void steps_end(void)
{
	struct event *events[MAX_STEPS];
	u32 count = sorted(events, false);

	forget_waits();
	for (u32 at = 0; at < count; at++)
		calm(events[at]);
	sim.calming = true;
	sim.end = sim.now + CALM_NS;
	while (!is_quiet())
		if (!events_next())
			break;
	if (sim.exit_kind == SCX_EXIT_NONE && !is_quiet())
		sim.now = sim.end;
}

/* The steps of the scenario, one after the other; what is not possible is passed over. */
void steps_run(void)
{
	steps_begin();
	for (u32 at = 0; at < nr_steps && sim.exit_kind == SCX_EXIT_NONE; at++)
		step_take(given[at]);
	if (sim.exit_kind == SCX_EXIT_NONE)
		steps_end();
}
