/* SPDX-License-Identifier: GPL-2.0 */
/* CPUs go off and come back, step by step, as the kernel takes them. */
#include "sim.h"

static bool stays(struct sim_task *p)
{
	return p->t.migration_disabled || ((p->t.flags & PF_KTHREAD) && p->t.nr_cpus_allowed == 1);
}

/* First step: the CPU is not active any more; what it runs is sent elsewhere when it next chooses. */
void cpu_down(s32 cpu)
{
	struct sim_cpu *rq = &sim.cpus[cpu];

	if (!rq->active || !(sim.active.bits[0] & ~bit(cpu)))
		return;
	trace("cpu_down", NULL, cpu, 0);
	rq->active = false;
	rq->going_down = true;
	sim.active.bits[0] &= ~bit(cpu);
	sim.hotplug[cpu].target = CPUHP_OFFLINE;
	sim.hotplug[cpu].state = CPUHP_ONLINE - 1;
	event_set(&rq->offline, sim.now + DEACTIVATE_NS);
}

static void hotplug_exit(s32 cpu, const char *where)
{
	sim_exit(SCX_EXIT_UNREG_KERN, 0, "cpu %d going %s, exiting scheduler", cpu, where);
}

/* Its own kernel threads may run elsewhere while it is off. */
static void unbind(s32 cpu)
{
	for (s32 i = 0; i < sim.nr_tasks; i++) {
		struct sim_task *p = sim.tasks[i];

		if (!(p->t.flags & PF_KTHREAD) || p->mask.bits[0] != bit(cpu) || p->state == DEAD || !p->enabled)
			continue;
		p->bound_cpu = cpu;
		set_affinity(p, sim.active.bits[0]);
	}
}

static void bind(s32 cpu)
{
	for (s32 i = 0; i < sim.nr_tasks; i++) {
		struct sim_task *p = sim.tasks[i];

		if (p->bound_cpu != cpu || p->state == DEAD)
			continue;
		p->bound_cpu = -1;
		set_affinity(p, bit(cpu));
	}
}

/* Second step: the policy is told, and asked for nothing there any more. */
void cpu_down_2(s32 cpu)
{
	struct sim_cpu *rq = &sim.cpus[cpu];

	sim.this_cpu = cpu;
	rq->rq_online = false;
	if (sim.ops->cpu_offline)
		call("cpu_offline", sim.ops->cpu_offline, KF_UNLOCKED, NULL, cpu, 0, 0);
	else
		hotplug_exit(cpu, "offline");
	unbind(cpu);
	resched(cpu);
}

/* Last step: nothing is left to run. */
static void cpu_dead(struct sim_cpu *rq)
{
	trace("cpu_dead", NULL, rq->id, 0);
	rq->online = rq->going_down = rq->need_resched = false;
	event_cancel(&rq->resched);
	choice_ends(rq);
	sim.online.bits[0] &= ~bit(rq->id);
	sim.resting &= ~bit(rq->id);
	sim.hotplug[rq->id].state = CPUHP_OFFLINE;
}

/* A task that may not migrate holds its CPU, also while it sleeps. */
static bool has_pinned(struct sim_cpu *rq)
{
	for (s32 i = 0; i < sim.nr_tasks; i++)
		if (sim.tasks[i]->t.migration_disabled && cpu_of_task(sim.tasks[i]) == rq)
			return true;
	return false;
}

void cpu_settle(struct sim_cpu *rq)
{
	if (!rq->going_down)
		return;
	if (rq->class == CLASS_EXT && !stays(rq->curr)) {
		rq->push_gen = rq->gen;
		event_set(&rq->push, sim.now);
	} else if (rq->class == CLASS_IDLE && !rq->rq_online && !rq->nr_running && !has_pinned(rq)) {
		cpu_dead(rq);
	}
}

void push_from(s32 cpu)
{
	struct sim_cpu *rq = &sim.cpus[cpu];

	if (!rq->going_down || rq->gen != rq->push_gen || rq->class != CLASS_EXT || stays(rq->curr))
		return;
	sim.this_cpu = cpu;
	push_away(rq->curr, fallback_cpu(rq->curr, cpu));
}

void cpu_up(s32 cpu)
{
	struct sim_cpu *rq = &sim.cpus[cpu];

	trace("cpu_up", NULL, cpu, 0);
	sim.this_cpu = cpu;
	sim.hotplug[cpu].target = CPUHP_ONLINE;
	rq->online = rq->active = true;
	sim.online.bits[0] |= bit(cpu);
	sim.active.bits[0] |= bit(cpu);
	if (sim.ops->cpu_online)
		call("cpu_online", sim.ops->cpu_online, KF_UNLOCKED, NULL, cpu, 0, 0);
	else
		hotplug_exit(cpu, "online");
	rq->rq_online = true;
	sim.hotplug[cpu].state = CPUHP_ONLINE;
	rq->idle_since = sim.now;
	sim.resting |= bit(cpu);
	bind(cpu);
	resched(cpu);
}
