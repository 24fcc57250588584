/* SPDX-License-Identifier: GPL-2.0 */
/* The lines of a workload. */
#include "load.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

/* load SEED NS WARM_NS PER_NS: for how long, and what one round of the lab's busy loop takes */
void read_load(void)
{
	if (!sim.nr_cpus || sim.nr_tasks)
		refuse("line %u: a workload comes after the CPUs, and without tasks", words_line);
	load.wanted = true;
	load.seed = number(1, 1ULL << 62);
	load.ns = number(2, 1ULL << 50);
	load.warm_ns = number(3, 1ULL << 50);
	load.per_ns = number(4, 1 << 20);
	if (!load.ns || !load.per_ns)
		refuse("line %u: a workload of no time", words_line);
}

/* group NAME KIND COUNT MESSENGERS NICE IDLE CPUS CGROUP PERIOD DEADLINE */
void read_group(void)
{
	struct load_group *group = &load.group[load.nr_groups];

	if (!load.wanted || load.nr_groups == MAX_LOAD_GROUPS)
		refuse("line %u: no workload, or more than %d groups", words_line, MAX_LOAD_GROUPS);
	snprintf(group->name, sizeof(group->name), "%s", word(1));
	group->index = load.nr_groups++;
	group->kind = one_of(2, load_kinds, load_nr_kinds());
	group->count = number(3, MAX_SIM_TASKS);
	group->messengers = number(4, MAX_MESSENGERS);
	group->nice = nice(5);
	group->idle_policy = number(6, 1);
	group->cpus = set(7);
	group->cgroup = number(8, NEVER);
	group->period_ns = number(9, 1ULL << 50);
	group->deadline_ns = number(10, 1ULL << 50);
}

/* draw WHAT SHAPE A B PER_MILLE: of the last group */
void read_draw(void)
{
	static const char *const names[] = { "service", "think", "arrival" };
	static const char *const shapes[] = { "nothing", "constant", "uniform", "exponential", "bimodal" };
	struct load_group *group = &load.group[load.nr_groups - 1];
	struct draw *draws[] = { &group->service, &group->think, &group->arrival };
	struct draw *draw;

	if (!load.nr_groups)
		refuse("line %u: there is no group yet", words_line);
	draw = draws[one_of(1, names, 3)];
	draw->shape = one_of(2, shapes, 5);
	draw->a = number(3, 1ULL << 50);
	draw->b = number(4, 1ULL << 50);
	draw->per_mille = number(5, 1000);
	if (draw->shape == UNIFORM && draw->b < draw->a)
		refuse("line %u: the lower end is the first", words_line);
}

/* cost WHAT NS */
void read_cost(void)
{
	static const char *const names[] = {
		[COST_CALLBACK] = "callback", [COST_FUNCTION] = "function", [COST_MOVE] = "move",
		[COST_SWITCH] = "switch", [COST_WAKEUP] = "wakeup", [COST_TICK] = "tick", [COST_KICK] = "kick",
		[COST_SYSCALL] = "syscall", [COST_FORK] = "fork",
	};

	sim.cost[one_of(1, names, NR_COSTS)] = number(2, 1000000000);
}
