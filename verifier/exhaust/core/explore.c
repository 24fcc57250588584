/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Breadth first, so that what is found is found by the fewest steps: from each state every event that is due is taken, and
 * the run is set back. A state that was met before is not gone on from again. Each new one has to come to rest as well.
 */
#include "explore.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define NOBODY (~0u)
/* The watchdog is never a step. */
#define NO_STEP EV_WATCHDOG
/* States have fewer events that are due, by far. */
#define MAX_NEXT 48

struct met {
	u32 parent;
	u8 kind, number, depth;
	u32 first, nr_next;	/* its steps in `next` */
};

static struct exploration {
	struct met *states;
	u32 *next;		/* the states that steps lead to */
	double *orders, *before;
	u64 nr_next, steps, most, depth, deepest, slice_limit;
	bool clocked, must_be_clocked, over;
	/* The state that is gone on from, and the step that is taken. */
	u32 at;
	struct step step;
	struct step possible[MAX_STEPS];
} *x;

static void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void tell(const char *format, ...)
{
	va_list arguments;
	char line[512];
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (write(1, line, length) != length)
		_exit(4);
}

/* ---- what is found */

static void tell_steps_to(u32 state)
{
	const struct met *met = &x->states[state];

	if (met->parent == NOBODY)
		return;
	tell_steps_to(met->parent);
	tell("path %s %d\n", step_name(met->kind), met->number);
}

static void tell_figures(u64 depth)
{
	tell("explored %llu %llu %llu %d\n", depth, seen_count(), x->steps, x->clocked);
}

/* The caller runs these steps by themselves, and judges. */
static void found(void)
{
	tell_steps_to(x->at);
	if (x->step.kind != NO_STEP)
		tell("path %s %d\n", step_name(x->step.kind), x->step.number);
	tell_figures(x->states[x->at].depth);
	tell("broken\n");
	_exit(0);
}

void explore_trapped(void)
{
	if (x)
		found();
}

static bool is_broken(void)
{
	if (sim.exit_kind != SCX_EXIT_NONE || sim.events[SELECT_CPU_FALLBACK] || sim.events[DISPATCH_LOCAL_DSQ_OFFLINE])
		return true;
	if (sim.masks_held || sim.over_cost)
		return true;
	if (x->slice_limit && (sim.longest_slice > x->slice_limit || !sim.shortest_slice))
		return true;
	for (s32 i = 0; i < sim.nr_tasks; i++)
		if (sim.tasks[i]->held || sim.tasks[i]->misplaced)
			return true;
	return false;
}

/* Whether everybody gets to run from here on, and soon enough where the policy promises it. */
static bool rests(void)
{
	steps_end();
	x->must_be_clocked |= sim.clock_read;
	if (is_broken() || (sim.grace && sim.worst_unserved > sim.grace))
		return false;
	for (s32 i = 0; i < sim.nr_tasks; i++)
		if (sim.tasks[i]->state == ON_RQ)
			return false;
	return true;
}

/* ---- from state to state */

static void go_to(u32 state)
{
	const struct met *met = &x->states[state];

	if (met->parent == NOBODY) {
		memory_reset();
		return;
	}
	go_to(met->parent);
	step_take((struct step){ met->kind, met->number });
}

/* The state that is there now, and whether it has to be gone on from. */
static u32 meet(u32 parent, struct step step)
{
	u32 index;

	if (!seen_add(state_hash(x->clocked), &index))
		return index;
	x->states[index] = (struct met){ .parent = parent, .kind = step.kind, .number = step.number };
	x->states[index].depth = parent == NOBODY ? 0 : x->states[parent].depth + 1;
	if (!rests())
		found();
	return index;
}

static void go_on_from(u32 state)
{
	u32 count;

	x->at = state;
	x->step.kind = NO_STEP;
	go_to(state);
	memory_keep();
	count = steps_possible(x->possible);
	if (count > MAX_NEXT)
		refuse("more than %d events are due at once", MAX_NEXT);
	x->states[state].first = x->nr_next;
	x->states[state].nr_next = count;
	for (u32 i = 0; i < count; i++) {
		if (i)
			memory_restore();
		x->step = x->possible[i];
		step_take(x->step);
		x->steps++;
		x->must_be_clocked |= sim.clock_read;
		if (is_broken())
			found();
		x->next[x->nr_next++] = meet(state, x->step);
	}
}

/* Layer by layer, up to the depth or the last layer that there is room for. True if time matters, and did not count. */
static bool search(void)
{
	u32 from = 0, to;

	seen_begin(x->most + MAX_NEXT);
	x->nr_next = x->steps = x->deepest = 0;
	x->at = 0;
	x->step.kind = NO_STEP;
	meet(NOBODY, x->step);
	for (to = seen_count(); from < to && x->deepest < x->depth; from = to, to = seen_count(), x->deepest++)
		for (; from < to; from++) {
			if (x->must_be_clocked && !x->clocked)
				return true;
			if (seen_count() >= x->most)
				return false;
			go_on_from(from);
		}
	x->over = from == to;
	return x->must_be_clocked && !x->clocked;
}

/* How many orders of so many steps there are; one that has come to its end before counts as well. */
static double orders(u64 depth)
{
	u64 states = seen_count();

	for (u64 i = 0; i < states; i++)
		x->orders[i] = 1;
	for (u64 length = 1; length <= depth; length++) {
		for (u64 i = 0; i < states; i++) {
			x->before[i] = x->states[i].nr_next ? 0 : 1;
			for (u32 n = 0; n < x->states[i].nr_next; n++)
				x->before[i] += x->orders[x->next[x->states[i].first + n]];
		}
		double *swap = x->orders;

		x->orders = x->before;
		x->before = swap;
	}
	return x->orders[0];
}

static void begin(void)
{
	u64 most = sim.states + 2 * MAX_NEXT;
	struct exploration *mine = grab(sizeof(*mine));

	if (!mine)
		refuse("no memory for an exploration");
	mine->states = grab(most * sizeof(*mine->states));
	mine->next = grab(most * MAX_NEXT * sizeof(*mine->next));
	mine->orders = grab(most * sizeof(double));
	mine->before = grab(most * sizeof(double));
	if (!mine->states || !mine->next || !mine->orders || !mine->before)
		refuse("no memory for %llu states", sim.states);
	mine->states[0].parent = NOBODY;
	mine->step.kind = NO_STEP;
	mine->most = sim.states;
	mine->depth = sim.depth;
	mine->slice_limit = sim.slice_limit;
	x = mine;
	seen_begin(x->most + MAX_NEXT);
	steps_begin();
	sim.clock_read = false;
	memory_begin(trapped);
}

void explore(void)
{
	begin();
	if (is_broken())
		found();
	while (search()) {
		memory_reset();
		x->clocked = true;
	}
	tell_figures(x->deepest);
	tell("orders %.0f\n", orders(x->deepest));
	tell("over %d\n", x->over);
	_exit(0);
}
