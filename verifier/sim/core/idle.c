/* SPDX-License-Identifier: GPL-2.0 */
/* Which CPUs have nothing to do, and the kernel's own choice among them: core, cache, node, any. */
#include "sim.h"

static u64 span(s32 cpu, s32 (*place)(const struct sim_cpu *))
{
	u64 bits = 0;

	for (s32 other = 0; other < sim.nr_cpus; other++)
		if (place(&sim.cpus[other]) == place(&sim.cpus[cpu]))
			bits |= bit(other);
	return bits;
}

static s32 core_of(const struct sim_cpu *cpu)
{
	return cpu->core;
}

static s32 llc_of(const struct sim_cpu *cpu)
{
	return cpu->llc;
}

static s32 node_of(const struct sim_cpu *cpu)
{
	return cpu->node;
}

static u64 siblings(s32 cpu)
{
	return sim.cpus[cpu].core_bits;
}

/* What is so as long as the machine is the same, and looked at often. */
void idle_begin(void)
{
	sim.nodes_are_llcs = true;
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++) {
		struct sim_cpu *rq = &sim.cpus[cpu];

		rq->core_bits = span(cpu, core_of);
		rq->llc_bits = span(cpu, llc_of);
		rq->node_bits = span(cpu, node_of);
		sim.smt |= rq->core_bits != bit(cpu);
		sim.nodes_are_llcs &= rq->llc_bits == rq->node_bits;
	}
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		idle_set(cpu, true);
	sim.resting = sim.online.bits[0];
}

/* A set bit, the next one behind that of the last call on this CPU; -1 if there is none. */
s32 distribute(u64 bits)
{
	struct sim_cpu *rq = &sim.cpus[sim.this_cpu];
	u64 behind;

	if (!bits)
		return -1;
	behind = rq->distribute < MAX_SIM_CPUS - 1 ? bits & (NEVER << (rq->distribute + 1)) : 0;
	rq->distribute = __builtin_ctzll(behind ? behind : bits);
	return rq->distribute;
}

void idle_set(s32 cpu, bool idle)
{
	u64 core = siblings(cpu);

	if (idle)
		sim.idle.bits[0] |= bit(cpu);
	else
		sim.idle.bits[0] &= ~bit(cpu);
	if (!idle)
		sim.idle_smt.bits[0] &= ~core;
	else if ((core & ~sim.idle.bits[0]) == 0)
		sim.idle_smt.bits[0] |= core;
}

/* Takes the CPU's idle bit; false if it has none. */
bool idle_claim(s32 cpu)
{
	bool idle = mask_has(&sim.idle, cpu);

	sim.idle_smt.bits[0] &= ~siblings(cpu);
	sim.idle.bits[0] &= ~bit(cpu);
	if (idle && sim.callback_task)
		told_of(&sim.cpus[cpu], sim.callback_task);
	return idle;
}

s32 idle_pick(u64 allowed, bool whole_core)
{
	s32 cpu = -1;

	do {
		if (sim.smt)
			cpu = distribute(sim.idle_smt.bits[0] & allowed);
		if (cpu < 0 && whole_core && sim.smt)
			return -16;
		if (cpu < 0)
			cpu = distribute(sim.idle.bits[0] & allowed);
		if (cpu < 0)
			return -16;
	} while (!idle_claim(cpu));
	return cpu;
}

/* Places matter only where there are several of them, and nodes where they are not the caches again. */
static bool several(u64 bits)
{
	return __builtin_popcountll(bits) < __builtin_popcountll(sim.online.bits[0]);
}

static s32 pick_near(u64 llc, u64 node, u64 allowed, bool whole_core)
{
	s32 cpu = -16;

	if (llc)
		cpu = idle_pick(llc, whole_core);
	if (cpu < 0 && node)
		cpu = idle_pick(node, whole_core);
	return cpu < 0 ? idle_pick(allowed, whole_core) : cpu;
}

static s32 select_near(s32 prev, u64 allowed, u64 llc, u64 node)
{
	bool prev_allowed = allowed >> prev & 1;
	s32 cpu;

	if (sim.smt) {
		if (prev_allowed && mask_has(&sim.idle_smt, prev) && idle_claim(prev))
			return prev;
		cpu = pick_near(llc, node, allowed, true);
		if (cpu >= 0)
			return cpu;
	}
	if (prev_allowed && idle_claim(prev))
		return prev;
	for (cpu = 0; sim.smt && cpu < sim.nr_cpus; cpu++)
		if (cpu != prev && (siblings(prev) & allowed & bit(cpu)) && idle_claim(cpu))
			return cpu;
	return pick_near(llc, node, allowed, false);
}

/* Whoever wakes another one synchronously is about to sleep: its CPU is as good as an idle one, where nobody waits for
 * it and others have room. */
static s32 select_synchronous(s32 prev, u64 allowed)
{
	struct sim_cpu *waker = &sim.cpus[sim.this_cpu];
	bool exits = waker->class == CLASS_EXT && (waker->curr->t.flags & PF_EXITING);

	if ((allowed & waker->llc_bits & bit(prev)) && idle_claim(prev))
		return prev;
	return !exits && !waker->local.nr && sim.idle.bits[0] && (allowed & bit(waker->id)) ? waker->id : -1;
}

/* The idle CPU that the kernel chooses, claimed; negative if there is none. */
s32 idle_select(struct sim_task *p, s32 prev, u64 wake_flags, const struct cpumask *wanted)
{
	u64 allowed = p->t.cpus_ptr->bits[0] & (wanted ? wanted->bits[0] : NEVER), llc = 0, node = 0;
	s32 first = sim.online.bits[0] ? __builtin_ctzll(sim.online.bits[0]) : 0;

	if (!allowed)
		return -16;
	if (p->t.nr_cpus_allowed == 1 || p->t.migration_disabled)
		return (allowed >> prev & 1) && idle_claim(prev) ? prev : -16;
	if (several(sim.cpus[first].node_bits) && !sim.nodes_are_llcs)
		node = sim.cpus[prev].node_bits & allowed;
	if (several(sim.cpus[first].llc_bits))
		llc = sim.cpus[prev].llc_bits & allowed;
	if (wake_flags & SCX_WAKE_SYNC) {
		s32 cpu = select_synchronous(prev, allowed);

		if (cpu >= 0)
			return cpu;
	}
	return select_near(prev, allowed, llc, node);
}
