/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the further course depends on. Left out are what is only told (waits, counts of runs), times of events, which do
 * not matter to their order here, and sequence numbers that are compared inside of one callback only.
 */
#include "explore.h"

static u64 index_of(const struct sim_task *p)
{
	return p ? (u64)p->t.pid + 1 : 0;
}

static void mix_cpu(struct hash *hash, const struct sim_cpu *rq)
{
	const struct cpuhp_cpu_state *hotplug = &sim.hotplug[rq->id];
	u64 flags = rq->online | rq->active << 1 | rq->rq_online << 2 | rq->going_down << 3 | rq->released << 4 |
		    rq->class << 8 | (rq->gen == rq->push_gen) << 12 | (!!rq->resched.at) << 13 |
		    (!!rq->higher_end.at) << 14 | (!!rq->offline.at) << 15 | (!!rq->push.at) << 16 |
		    rq->bypassing << 17 | (!!rq->bypass.at) << 18;

	mix(hash, flags);
	mix(hash, index_of(rq->curr));
	mix(hash, (u64)hotplug->state << 32 | hotplug->target);
	mix(hash, rq->distribute);
}

/* A queue is the order of those in it. */
static void mix_place(struct hash *hash, const struct sim_task *p)
{
	u64 before = 0;

	for (const struct sim_task *other = p->dsq_prev; other; other = other->dsq_prev)
		before++;
	mix(hash, p->dsq ? (p->dsq->cpu >= 0 ? (u64)p->dsq->cpu : p->dsq->id ^ 1ULL << 40) : NEVER);
	mix(hash, before);
}

static void mix_storage(struct hash *hash, const struct sim_task *p)
{
	for (u32 map = 0; map < MAX_MAPS; map++) {
		const u64 *words = p->storage[map];

		mix(hash, !!words);
		for (u64 at = 0; words && at < (block_size(words) + 7) / 8; at++)
			mix(hash, words[at]);
	}
}

static void mix_task(struct hash *hash, const struct sim_task *p)
{
	u64 flags = p->state | p->enabled << 4 | p->custody << 5 | p->held << 6 | p->in_local << 7 |
		    (!!p->wake.at) << 8 | (p->t.cpus_ptr == &p->mask) << 9 | p->wake.kind << 12;

	mix(hash, flags);
	mix(hash, (u64)p->t.flags << 32 | p->t.scx.flags);
	mix(hash, (u64)p->t.thread_info.cpu << 32 | p->t.migration_disabled);
	mix(hash, (u64)(u32)p->t.static_prio << 32 | p->t.scx.weight);
	mix(hash, (u64)(u32)p->t.nr_cpus_allowed << 32 | (u32)p->bound_cpu);
	mix(hash, (u64)(u32)p->sticky_cpu << 32 | p->at);
	mix(hash, p->behaviour.repeat ? p->rounds : 0);
	mix(hash, p->mask.bits[0]);
	mix(hash, p->pinned_mask.bits[0]);
	mix(hash, p->t.scx.slice);
	mix(hash, p->t.scx.dsq_vtime);
	mix(hash, p->t.se.sum_exec_runtime);
	mix(hash, p->css.dfl_cgrp->kn->id);
	mix(hash, p->ddsp_dsq);
	mix_place(hash, p);
	mix_storage(hash, p);
}

static void mix_rest_of_events(struct hash *hash)
{
	struct event *event;
	u64 scripts = 0, timers = 0;

	for (u32 index = 0; (event = event_due(index)); index++) {
		u64 which = 1ULL << (event->number & 63);

		if (event->kind == EV_SCRIPT)
			scripts |= which;
		else if (event->kind == EV_TIMER)
			timers += which * (event->cpu + 1);
	}
	mix(hash, scripts);
	mix(hash, timers);
}

struct hash state_hash(bool clocked)
{
	struct hash hash = { 0x243f6a8885a308d3ULL, 0x13198a2e03707344ULL };

	mix(&hash, sim.idle.bits[0]);
	mix(&hash, sim.idle_smt.bits[0]);
	mix(&hash, sim.random);
	mix(&hash, (u64)sim.bypass_depth << 32 | (u32)sim.nr_tasks);
	mix(&hash, clocked ? sim.now : 0);
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		mix_cpu(&hash, &sim.cpus[cpu]);
	for (s32 i = 0; i < sim.nr_tasks; i++)
		mix_task(&hash, sim.tasks[i]);
	mix_rest_of_events(&hash);
	memory_hash(&hash);
	return hash;
}
