/* SPDX-License-Identifier: GPL-2.0 */
/* Calls of the policy's callbacks, with a limit for what one may do. */
#include "sim.h"

#include <string.h>

typedef void (*program)(u64 *ctx);
typedef s32 (*program_s32)(u64 *ctx);

struct context {
	const char *callback;
	struct sim_task *task;
	u32 allowed, line;
	u64 steps;
};

#define MAX_CALLBACKS 32

/* The most kernel functions that one call of each callback called. */
static struct {
	const char *callback;
	u64 most, limit;
} costs[MAX_CALLBACKS];
static struct {
	char callback[16];
	u64 most;
} limits[MAX_CALLBACKS];
static u32 nr_limits;

u32 sim_line;

void limit_cost(const char *callback, u64 most)
{
	if (nr_limits == MAX_CALLBACKS)
		refuse("more than %d limits", MAX_CALLBACKS);
	strncpy(limits[nr_limits].callback, callback, sizeof(limits->callback) - 1);
	limits[nr_limits++].most = most;
}

static u64 limit_of(const char *callback)
{
	for (u32 at = 0; at < nr_limits; at++)
		if (!strcmp(limits[at].callback, callback))
			return limits[at].most;
	return NEVER;
}

static void note_cost(void)
{
	u32 at = 0;

	while (costs[at].callback && strcmp(costs[at].callback, sim.callback))
		if (++at == MAX_CALLBACKS)
			return;
	if (!costs[at].callback)
		costs[at].limit = limit_of(sim.callback);
	costs[at].callback = sim.callback;
	if (sim.callback_steps > costs[at].most)
		costs[at].most = sim.callback_steps;
	if (sim.callback_steps > costs[at].limit)
		sim.over_cost = true;
}

void say_costs(void)
{
	for (u32 at = 0; at < MAX_CALLBACKS && costs[at].callback; at++)
		say("cost %s %llu\n", costs[at].callback, costs[at].most);
}

static struct context enter(const char *name, u32 allowed, struct sim_task *p)
{
	struct context old = { sim.callback, sim.callback_task, sim.allowed, sim_line, sim.callback_steps };

	sim.callback = name;
	sim.callback_task = p;
	sim.allowed = allowed;
	sim.callback_steps = 0;
	sim_line = 0;
	return old;
}

static void leave(struct context old)
{
	note_cost();
	sim.callback = old.callback;
	sim.callback_task = old.task;
	sim.allowed = old.allowed;
	sim.cpus[sim.this_cpu].overhead += sim.cost[COST_CALLBACK] + sim.callback_steps * sim.cost[COST_FUNCTION];
	sim.callback_steps = old.steps;
	sim_line = old.line;
	if (!sim.callback)
		dsq_forget_iterators();
}

/* The arguments are the task, where there is one, and then the others. */
#define WORDS(p, a, b, c) { (p) ? (u64)(p) : (a), (p) ? (a) : (b), (p) ? (b) : (c), (c) }

static bool is_address(const void *op)
{
	const struct sched_ext_ops *ops = sim.ops;

	return op == ops->set_cpumask || op == ops->cgroup_move || op == ops->cgroup_exit || op == ops->cgroup_set_weight ||
	       op == ops->exit;
}

void call(const char *name, void *op, u32 allowed, struct sim_task *p, u64 a, u64 b, u64 c)
{
	u64 ctx[4] = WORDS(p, a, b, c);

	if (!op)
		return;
	/* An address says nothing to a reader, and differs from run to run. */
	trace(name, p, is_address(op) ? 0 : a, 0);
	struct context old = enter(name, allowed, p);

	((program)op)(ctx);
	leave(old);
}

s32 call_s32(const char *name, void *op, u32 allowed, struct sim_task *p, u64 a, u64 b, u64 c)
{
	u64 ctx[4] = WORDS(p, a, b, c);
	s32 result;

	struct context old = enter(name, allowed, p);

	result = ((program_s32)op)(ctx);
	leave(old);
	return result;
}

/* Every kernel function that a callback calls is a step. */
void step_alone(void)
{
	if (++sim.callback_steps > sim.max_callback_steps && sim.callback)
		trapped(ENDLESS);
}

bool kf_allowed(u32 needed)
{
	if (sim.allowed & needed)
		return true;
	sim_error("kfunc with mask 0x%x called from an operation only allowing 0x%x", needed, sim.allowed);
	return false;
}
