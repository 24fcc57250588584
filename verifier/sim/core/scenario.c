/* SPDX-License-Identifier: GPL-2.0 */
/* Reads the scenario, a line for each thing, and does what it wants at its times. docs/simulator.md has the lines. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 12
#define MAX_SCRIPT 4096

struct script {
	struct event event;
	u64 time;
	char what[12];
	u64 words[4];
	char name[64];
};

static struct script scripts[MAX_SCRIPT];
static u32 nr_scripts, line_number;
static char *words[MAX_WORDS];
static u32 nr_words;

static const char *word(u32 index)
{
	if (index >= nr_words)
		refuse("line %u: %s needs a word more", line_number, words[0]);
	return words[index];
}

static u64 in_base(u32 index, int base, u64 most)
{
	const char *text = word(index);
	char *end;
	s64 value = *text == '-' ? strtoll(text, &end, base) : (s64)strtoull(text, &end, base);

	if (*end || end == text || (u64)value > most)
		refuse("line %u: %s is no number that fits here", line_number, text);
	return value;
}

static u64 number(u32 index, u64 most)
{
	return in_base(index, 10, most);
}

/* Sets of CPUs are in hexadecimal. */
static u64 set(u32 index)
{
	return in_base(index, 16, NEVER);
}

static s32 nice(u32 index)
{
	s64 value = (s64)number(index, NEVER);

	if (value < -20 || value > 19)
		refuse("line %u: %lld is no nice level", line_number, value);
	return value;
}

static struct sim_task *last_task(void)
{
	if (!sim.nr_tasks)
		refuse("line %u: there is no task yet", line_number);
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
}

static void read_cpu(void)
{
	struct sim_cpu *rq = &sim.cpus[sim.nr_cpus];

	if (sim.nr_cpus == MAX_SIM_CPUS)
		refuse("line %u: more than %d CPUs", line_number, MAX_SIM_CPUS);
	if (sim.nr_tasks)
		refuse("line %u: CPUs come before tasks", line_number);
	*rq = (struct sim_cpu){ .id = sim.nr_cpus, .online = true, .active = true, .rq_online = true };
	rq->core = number(1, MAX_SIM_CPUS - 1);
	rq->llc = number(2, MAX_SIM_CPUS - 1);
	rq->node = number(3, MAX_SIM_CPUS - 1);
	rq->local.id = SCX_DSQ_LOCAL;
	rq->local.cpu = sim.nr_cpus;
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
		refuse("line %u: no CPU before this task, or no room for it", line_number);
	snprintf(p->t.comm, sizeof(p->t.comm), "%s", word(1));
	p->t.static_prio = DEFAULT_PRIO + nice(2);
	p->mask.bits[0] &= set(3);
	p->t.flags = *word(4) == 'k' ? PF_KTHREAD : 0;
	p->cred.uid.val = number(5, ~0u);
	p->css.dfl_cgrp = group_of(number(6, NEVER));
	p->behaviour.repeat = number(8, NEVER);
	if (!p->mask.bits[0])
		refuse("line %u: no CPU for %s", line_number, p->t.comm);
	if (strcmp(word(7), "never"))
		task_start_at(p, number(7, NEVER));
}

static void read_phase(void)
{
	static const char *const names[] = {
		[RUN] = "run", [SLEEP] = "sleep", [YIELD] = "yield", [FORK] = "fork", [EXIT] = "exit", [PIN] = "pin",
		[UNPIN] = "unpin",
	};
	struct behaviour *b = &last_task()->behaviour;

	if (b->nr == MAX_PHASES)
		refuse("line %u: more than %d phases", line_number, MAX_PHASES);
	for (u32 kind = RUN; kind <= UNPIN; kind++) {
		if (strcmp(word(1), names[kind]))
			continue;
		b->phases[b->nr++] = (struct phase){ kind, number(2, NEVER) };
		return;
	}
	refuse("line %u: no phase is called %s", line_number, word(1));
}

/* Without time in it, a behaviour would be gone through for ever at one moment. */
static void check_behaviours(void)
{
	for (s32 i = 0; i < sim.nr_tasks; i++) {
		struct behaviour *b = &sim.tasks[i]->behaviour;
		u64 time = 0;

		for (u32 at = 0; at < b->nr; at++) {
			struct phase *phase = &b->phases[at];

			if (phase->kind == FORK && phase->value >= (u64)sim.nr_tasks)
				refuse("there is no task %llu to fork", phase->value);
			time += phase->kind == RUN || phase->kind == SLEEP ? phase->value : YIELD_NS * (phase->kind == YIELD);
		}
		if (time < YIELD_NS)
			refuse("%s takes no time", sim.tasks[i]->t.comm);
	}
}

/* ---- variables of the policy: params, and the tables of the machine */

static void set_variable(const char *name, u64 index, u64 value)
{
	struct sim_variable *at = sim_variables;

	while (at->name && strcmp(at->name, name))
		at++;
	if (!at->name)
		return; /* the policy does not ask */
	if (index >= at->size / at->each)
		refuse("%s has no element %llu", name, index);
	/* The machine has the low byte first, and so has BPF here. */
	memcpy((char *)at->place + index * at->each, &value, at->each < 8 ? at->each : 8);
}

/* ---- what happens at its times */

static const struct {
	const char *what;
	const char *words;	/* t: a task, c: a CPU, m: CPUs, n: a nice level, d: a number, s: a name */
} kinds[] = {
	{ "affinity", "tm" }, { "nice", "tn" }, { "group", "td" }, { "off", "c" },
	{ "on", "c" }, { "higher", "cd" }, { "var", "sdd" },
};

static u64 script_word(char kind, u32 index)
{
	switch (kind) {
	case 't':
		return number(index, sim.nr_tasks - 1);
	case 'c':
		return number(index, sim.nr_cpus - 1);
	case 'm':
		return set(index);
	case 'n':
		return (u64)(s64)nice(index);
	default:
		return number(index, NEVER);
	}
}

static void read_script(void)
{
	struct script *script = &scripts[nr_scripts];
	u32 kind = 0;

	if (nr_scripts == MAX_SCRIPT || !sim.nr_tasks)
		refuse("line %u: more than %d events, or none of the tasks yet", line_number, MAX_SCRIPT);
	while (kind < sizeof(kinds) / sizeof(*kinds) && strcmp(kinds[kind].what, word(2)))
		kind++;
	if (kind == sizeof(kinds) / sizeof(*kinds))
		refuse("line %u: no event is called %s", line_number, word(2));
	script->time = number(1, NEVER);
	snprintf(script->what, sizeof(script->what), "%s", word(2));
	for (u32 i = 0; kinds[kind].words[i]; i++) {
		if (kinds[kind].words[i] == 's')
			snprintf(script->name, sizeof(script->name), "%s", word(3 + i));
		else
			script->words[i] = script_word(kinds[kind].words[i], 3 + i);
	}
	script->event = (struct event){ .kind = EV_SCRIPT, .cpu = -1, .what = script };
	event_set(&script->event, script->time);
	nr_scripts++;
}

static void take_cpu(s32 cpu, u64 ns)
{
	struct sim_cpu *rq = &sim.cpus[cpu];

	if (!rq->online || rq->higher_until >= sim.now + ns)
		return;
	rq->higher_until = sim.now + ns;
	event_set(&rq->higher_end, rq->higher_until);
	schedule(cpu);
}

/* A CPU that is still on its way down cannot turn round: it comes back when it is off. */
static void bring_up(struct script *script, s32 cpu)
{
	if (sim.cpus[cpu].going_down)
		event_set(&script->event, sim.now + DEACTIVATE_NS);
	else if (!sim.cpus[cpu].online)
		cpu_up(cpu);
}

void script_run(void *what)
{
	struct script *script = what;
	u64 *w = script->words;

	if (!strcmp(script->what, "off"))
		cpu_down(w[0]);
	else if (!strcmp(script->what, "on"))
		bring_up(script, w[0]);
	else if (!strcmp(script->what, "higher"))
		take_cpu(w[0], w[1]);
	else if (!strcmp(script->what, "var"))
		set_variable(script->name, w[1], w[2]);
	else if (sim.tasks[w[0]]->state == DEAD || !sim.tasks[w[0]]->enabled)
		return;
	else if (!strcmp(script->what, "affinity"))
		set_affinity(sim.tasks[w[0]], w[1]);
	else if (!strcmp(script->what, "nice"))
		set_nice(sim.tasks[w[0]], (s32)w[1]);
	else
		set_group(sim.tasks[w[0]], group_of(w[1]));
}

/* ---- lines */

static void read_setting(void)
{
	static const struct {
		const char *name;
		u64 *place;
	} settings[] = {
		{ "end", &sim.end }, { "timeout", &sim.timeout }, { "seed", &sim.random }, { "lines", &sim.max_lines },
		{ "events", &sim.max_events }, { "steps", &sim.max_callback_steps },
	};

	for (u32 i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		if (strcmp(words[0], settings[i].name))
			continue;
		*settings[i].place = number(1, 1ULL << 62);
		return;
	}
	refuse("line %u: nothing is called %s", line_number, words[0]);
}

static void read_line(char *line)
{
	nr_words = 0;
	for (char *at = strtok(line, " \n"); at && nr_words < MAX_WORDS; at = strtok(NULL, " \n"))
		words[nr_words++] = at;
	if (!nr_words)
		return;
	if (!strcmp(words[0], "cpu"))
		read_cpu();
	else if (!strcmp(words[0], "task"))
		read_task();
	else if (!strcmp(words[0], "phase"))
		read_phase();
	else if (!strcmp(words[0], "at"))
		read_script();
	else if (!strcmp(words[0], "var"))
		set_variable(word(1), number(2, NEVER), number(3, NEVER));
	else if (!strcmp(words[0], "match"))
		group_match(number(1, NEVER), number(2, NEVER));
	else if (!strcmp(words[0], "trace"))
		sim.trace = true;
	else
		read_setting();
}

void scenario_read(void)
{
	static char line[256];

	while (fgets(line, sizeof(line), stdin)) {
		line_number++;
		if (!strchr(line, '\n'))
			refuse("line %u is too long", line_number);
		read_line(line);
	}
	if (!sim.nr_cpus || !sim.end || !sim.timeout)
		refuse("a scenario needs CPUs, an end and a timeout");
	check_behaviours();
}
