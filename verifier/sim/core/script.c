/* SPDX-License-Identifier: GPL-2.0 */
/* What happens at its times, whatever the policy does: CPUs come and go, tasks are changed, params are set. */
#include "words.h"

#include <stdio.h>
#include <string.h>

#define MAX_SCRIPT 4096

struct script {
	struct event event;
	u64 time;
	char what[12], of;	/* what it happens to: the first of its kind's words, 0 for the machine */
	u64 words[4];
	char name[64];
};

static struct script scripts[MAX_SCRIPT];
static u32 nr_scripts;

/* Of the policy: params, and the tables of the machine. */
void set_variable(const char *name, u64 index, u64 value)
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

static const struct {
	const char *what;
	const char *words;	/* t: a task, c: a CPU, m: CPUs, n: a nice level, d: a number, s: a name */
} kinds[] = {
	{ "affinity", "tm" }, { "nice", "tn" }, { "group", "td" }, { "off", "c" },
	{ "on", "c" }, { "higher", "cd" }, { "bypass", "" }, { "resume", "" }, { "var", "sdd" }, { "weight", "dd" }, { "mkcgroup", "d" }, { "rmcgroup", "d" },
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

void read_script(void)
{
	struct script *script = &scripts[nr_scripts];
	u32 kind = 0;

	if (nr_scripts == MAX_SCRIPT || !sim.nr_tasks)
		refuse("line %u: more than %d events, or none of the tasks yet", words_line, MAX_SCRIPT);
	while (kind < sizeof(kinds) / sizeof(*kinds) && strcmp(kinds[kind].what, word(2)))
		kind++;
	if (kind == sizeof(kinds) / sizeof(*kinds))
		refuse("line %u: no event is called %s", words_line, word(2));
	script->time = number(1, NEVER);
	snprintf(script->what, sizeof(script->what), "%s", word(2));
	script->of = *kinds[kind].words;
	for (u32 i = 0; kinds[kind].words[i]; i++) {
		if (kinds[kind].words[i] == 's')
			snprintf(script->name, sizeof(script->name), "%s", word(3 + i));
		else
			script->words[i] = script_word(kinds[kind].words[i], 3 + i);
	}
	script->event = (struct event){ .kind = EV_SCRIPT, .cpu = -1, .number = nr_scripts, .what = script };
	event_set(&script->event, script->time);
	nr_scripts++;
}

bool script_is_next(const void *what)
{
	const struct script *script = what;

	for (const struct script *other = scripts; other < script; other++)
		if (other->event.at && other->of == script->of && other->words[0] == script->words[0])
			return false;
	return true;
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

/* The last change of that is to be over on all CPUs. */
static void bypass(struct script *script, bool begins)
{
	if (!(begins ? bypass_begin() : bypass_end()))
		event_set(&script->event, sim.now + CYCLE_NS);
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
	else if (!strcmp(script->what, "bypass"))
		bypass(script, true);
	else if (!strcmp(script->what, "resume"))
		bypass(script, false);
	else if (!strcmp(script->what, "var"))
		set_variable(script->name, w[1], w[2]);
	else if (!strcmp(script->what, "weight"))
		group_weigh(w[0], w[1]);
	else if (!strcmp(script->what, "mkcgroup"))
		group_make(w[0]);
	else if (!strcmp(script->what, "rmcgroup"))
		group_remove(w[0]);
	else if (sim.tasks[w[0]]->state == DEAD || !sim.tasks[w[0]]->enabled)
		return;
	else if (!strcmp(script->what, "affinity"))
		set_affinity(sim.tasks[w[0]], w[1]);
	else if (!strcmp(script->what, "nice"))
		set_nice(sim.tasks[w[0]], (s32)w[1]);
	else
		set_group(sim.tasks[w[0]], group_of(w[1]));
}

