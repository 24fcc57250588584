/* SPDX-License-Identifier: GPL-2.0 */
/* Reads the scenario, a line for each thing: the machine, its tasks and what they do. docs/simulator.md has the words. */
#include "load.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

static struct sim_task *last_task(void)
{
	if (!sim.nr_tasks)
		refuse("line %u: there is no task yet", words_line);
	return sim.tasks[sim.nr_tasks - 1];
}

/* ---- the machine and its tasks */

static void give_events(struct sim_cpu *rq)
{
	rq->resched = (struct event){ .kind = EV_RESCHED, .cpu = rq->id };
	rq->done = (struct event){ .kind = EV_DONE, .cpu = rq->id };
	rq->tick = (struct event){ .kind = EV_TICK, .cpu = rq->id };
	rq->higher_end = (struct event){ .kind = EV_HIGHER_END, .cpu = rq->id };
	rq->offline = (struct event){ .kind = EV_OFFLINE, .cpu = rq->id };
	rq->push = (struct event){ .kind = EV_PUSH, .cpu = rq->id };
	rq->bypass = (struct event){ .kind = EV_BYPASS, .cpu = rq->id };
}

static void read_cpu(void)
{
	struct sim_cpu *rq = &sim.cpus[sim.nr_cpus];

	if (sim.nr_cpus == MAX_SIM_CPUS)
		refuse("line %u: more than %d CPUs", words_line, MAX_SIM_CPUS);
	if (sim.nr_tasks)
		refuse("line %u: CPUs come before tasks", words_line);
	*rq = (struct sim_cpu){ .id = sim.nr_cpus, .online = true, .active = true, .rq_online = true };
	rq->core = number(1, MAX_SIM_CPUS - 1);
	rq->llc = number(2, MAX_SIM_CPUS - 1);
	rq->node = number(3, MAX_SIM_CPUS - 1);
	rq->skew = (s64)number(4, NEVER);
	rq->local.id = SCX_DSQ_LOCAL;
	rq->local.cpu = sim.nr_cpus;
	rq->bypassed.id = SCX_DSQ_BYPASS;
	rq->bypassed.cpu = -1;
	give_events(rq);
	sim.hotplug[sim.nr_cpus] = (struct cpuhp_cpu_state){ CPUHP_ONLINE, CPUHP_ONLINE };
	sim.online.bits[0] |= bit(sim.nr_cpus);
	sim.nr_cpus++;
	sim.active = sim.idle = sim.online;
}

/* task NAME NICE CPUS KIND UID GROUP START REPEAT: KIND is `k` for a kernel thread; START is `never` for a template */
static void read_task(void)
{
	struct sim_task *p;

	if (!sim.nr_cpus || !(p = task_new()))
		refuse("line %u: no CPU before this task, or no room for it", words_line);
	snprintf(p->t.comm, sizeof(p->t.comm), "%s", word(1));
	p->t.static_prio = DEFAULT_PRIO + nice(2);
	p->mask.bits[0] &= set(3);
	p->t.flags = *word(4) == 'k' ? PF_KTHREAD : 0;
	p->cred.uid.val = number(5, ~0u);
	p->css.dfl_cgrp = group_of(number(6, NEVER));
	p->behaviour.repeat = number(8, NEVER);
	if (!p->mask.bits[0])
		refuse("line %u: no CPU for %s", words_line, p->t.comm);
	if (strcmp(word(7), "never"))
		task_start_at(p, number(7, NEVER));
}

static void read_phase(void)
{
	static const char *const names[] = {
		[RUN] = "run", [SLEEP] = "sleep", [YIELD] = "yield", [FORK] = "fork", [EXEC] = "exec", [EXIT] = "exit", [PIN] = "pin",
		[UNPIN] = "unpin",
	};
	struct behaviour *b = &last_task()->behaviour;

	if (b->nr == MAX_PHASES)
		refuse("line %u: more than %d phases", words_line, MAX_PHASES);
	for (u32 kind = RUN; kind <= UNPIN; kind++) {
		if (strcmp(word(1), names[kind]))
			continue;
		b->phases[b->nr++] = (struct phase){ kind, number(2, NEVER) };
		return;
	}
	refuse("line %u: no phase is called %s", words_line, word(1));
}

/* Without time in it, a behaviour would be gone through for ever at one moment. */
static void check_behaviours(void)
{
	for (s32 i = 0; i < sim.nr_tasks; i++) {
		struct behaviour *b = &sim.tasks[i]->behaviour;
		u64 time = 0;

		for (u32 at = 0; at < b->nr; at++) {
			struct phase *phase = &b->phases[at];

			if ((phase->kind == FORK || phase->kind == EXEC) && phase->value >= (u64)sim.nr_tasks)
				refuse("there is no task %llu to fork or to become", phase->value);
			if (phase->kind == EXEC)
				break;
			time += phase->kind == RUN || phase->kind == SLEEP ? phase->value : YIELD_NS * (phase->kind == YIELD);
		}
		if (time < YIELD_NS)
			refuse("%s takes no time", sim.tasks[i]->t.comm);
	}
}

static void read_setting(void)
{
	static const struct {
		const char *name;
		u64 *place;
	} settings[] = {
		{ "depth", &sim.depth }, { "states", &sim.states }, { "grace", &sim.grace },
		{ "slice_limit", &sim.slice_limit },
		{ "end", &sim.end }, { "timeout", &sim.timeout }, { "seed", &sim.random }, { "lines", &sim.max_lines },
		{ "events", &sim.max_events }, { "steps", &sim.max_callback_steps },
	};

	for (u32 i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		if (!words_begin(settings[i].name))
			continue;
		*settings[i].place = number(1, 1ULL << 62);
		return;
	}
	refuse("line %u: nothing is called %s", words_line, word(0));
}

static void read_variable(void)
{
	set_variable(word(1), number(2, NEVER), number(3, NEVER));
}

/* cgroup ID PARENT WEIGHT: 0 for the root's; a group stands behind the one that it is in */
static void read_cgroup(void)
{
	group_declare(number(1, NEVER), number(2, NEVER), number(3, 10000));
}

static void read_match(void)
{
	group_match(number(1, NEVER), number(2, NEVER));
}

static void read_limit(void)
{
	limit_cost(word(1), number(2, NEVER));
}

static void read_stop(void)
{
	stop_add(number(1, NEVER), number(2, NEVER));
}

static void read_trace(void)
{
	sim.trace = true;
}

static const struct {
	const char *name;
	void (*read)(void);
} readers[] = {
	{ "cpu", read_cpu }, { "task", read_task }, { "phase", read_phase }, { "at", read_script },
	{ "var", read_variable }, { "match", read_match }, { "cgroup", read_cgroup }, { "trace", read_trace }, { "load", read_load },
	{ "group", read_group }, { "draw", read_draw }, { "cost", read_cost },
	{ "step", read_step }, { "limit", read_limit }, { "stop", read_stop },
};

static void read_line(void)
{
	for (u32 i = 0; i < sizeof(readers) / sizeof(*readers); i++)
		if (words_begin(readers[i].name)) {
			readers[i].read();
			return;
		}
	read_setting();
}

void scenario_read(void)
{
	while (words_next())
		read_line();
	if (!sim.nr_cpus || !sim.end || !sim.timeout)
		refuse("a scenario needs CPUs, an end and a timeout");
	check_behaviours();
}
