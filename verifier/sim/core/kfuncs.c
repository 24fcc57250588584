/* SPDX-License-Identifier: GPL-2.0 */
/* The functions of sched_ext that a policy calls. */
#include "sim.h"

static bool cpu_valid(s32 cpu)
{
	if (cpu >= 0 && cpu < sim.nr_cpus)
		return true;
	sim_error("invalid CPU %d", cpu);
	return false;
}

s32 scx_bpf_create_dsq(u64 id, s32 node)
{
	(void)node;
	step();
	return kf_allowed(KF_UNLOCKED) ? dsq_create(id) : -22;
}

/* ---- inserting */

/* In select_cpu() and enqueue() the one task that they are about is inserted, once. */
static void insert_direct(struct sim_task *p, u64 id, u64 flags)
{
	struct sim_task *expected = sim.direct;

	sim.direct = SPOILT;
	if (expected == SPOILT)
		sim_error("%s[%d] already direct-dispatched", p->t.comm, p->t.pid);
	else if (expected != p)
		sim_error("scheduling for %s[%d] but trying to direct-dispatch %s[%d]", expected->t.comm, expected->t.pid,
			  p->t.comm, p->t.pid);
	if (expected != p)
		return;
	p->ddsp_dsq = id;
	p->ddsp_flags = flags;
}

static void insert_later(struct sim_task *p, u64 id, u64 flags)
{
	struct sim_cpu *rq = &sim.cpus[sim.this_cpu];

	if (rq->batched >= sim.batch_size) {
		sim_error("dispatch buffer overflow");
		return;
	}
	rq->batch[rq->batched].p = p;
	rq->batch[rq->batched].dsq = id;
	rq->batch[rq->batched].qseq = p->qseq;
	rq->batch[rq->batched++].flags = flags;
}

static void note_slice(u64 slice)
{
	if (slice > sim.longest_slice)
		sim.longest_slice = slice;
	if (slice < sim.shortest_slice)
		sim.shortest_slice = slice;
}

static bool insert(struct sim_task *p, u64 id, u64 slice, u64 flags)
{
	u64 residual = p->t.scx.slice ? p->t.scx.slice : 1;

	p->t.scx.slice = slice ? slice : residual;
	note_slice(p->t.scx.slice);
	trace("insert", p, id, flags & SCX_ENQ_DSQ_PRIQ ? p->t.scx.dsq_vtime : 0);
	if (sim.direct)
		insert_direct(p, id, flags);
	else
		insert_later(p, id, flags);
	return true;
}

static bool may_insert(u64 flags)
{
	step();
	if (!kf_allowed(KF_ENQUEUE | KF_DISPATCH))
		return false;
	if (!(flags & SCX_ENQ_INTERNAL_MASK))
		return true;
	sim_error("invalid enq_flags 0x%llx", flags);
	return false;
}

bool scx_bpf_dsq_insert___v2___new(struct task_struct *p, u64 id, u64 slice, u64 flags)
{
	return may_insert(flags) && insert(sim_task(p), id, slice, flags);
}

bool __scx_bpf_dsq_insert_vtime(struct task_struct *p, struct scx_bpf_dsq_insert_vtime_args *args)
{
	if (!may_insert(args->enq_flags))
		return false;
	p->scx.dsq_vtime = args->vtime;
	return insert(sim_task(p), args->dsq_id, args->slice, args->enq_flags | SCX_ENQ_DSQ_PRIQ);
}

/* ---- looking into queues, and taking from them */

bool scx_bpf_dsq_move_to_local___v2___new(u64 id, u64 flags)
{
	struct sim_cpu *rq = &sim.cpus[sim.this_cpu];
	struct dsq *dsq;

	(void)flags;
	step();
	if (!kf_allowed(KF_DISPATCH))
		return false;
	flush_batch(rq);
	dsq = id & SCX_DSQ_FLAG_BUILTIN ? NULL : dsq_find(id);
	if (!dsq) {
		sim_error("invalid DSQ ID 0x%016llx", id);
		return false;
	}
	if (!consume(rq, dsq))
		return false;
	charge(rq->id, COST_MOVE);
	trace("pull", rq->local.last, id, 0);
	rq->dispatched++;
	return true;
}

static struct dsq *any_dsq(u64 id)
{
	if (id == SCX_DSQ_LOCAL)
		return &sim.cpus[sim.this_cpu].local;
	if ((id & SCX_DSQ_LOCAL_ON) == SCX_DSQ_LOCAL_ON) {
		s32 cpu = id & SCX_DSQ_LOCAL_CPU_MASK;

		return cpu_valid(cpu) ? &sim.cpus[cpu].local : NULL;
	}
	return dsq_find(id);
}

s32 scx_bpf_dsq_nr_queued(u64 id)
{
	struct dsq *dsq = any_dsq(id);

	step();
	return dsq ? (s32)dsq->nr : -2;
}

struct task_struct *scx_bpf_dsq_peek(u64 id)
{
	struct dsq *dsq = dsq_find(id);

	step();
	if (id & SCX_DSQ_FLAG_BUILTIN)
		sim_error("peek disallowed on builtin DSQ 0x%llx", id);
	else if (!dsq)
		sim_error("peek on non-existent DSQ 0x%llx", id);
	return dsq && dsq->first ? &dsq->first->t : NULL;
}

/* ---- idle CPUs and kicks */

s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev, u64 wake_flags, bool *is_idle)
{
	s32 cpu = -1;

	step();
	*is_idle = false;
	if (!cpu_valid(prev))
		return prev;
	cpu = idle_select(sim_task(p), prev, wake_flags, NULL);
	*is_idle = cpu >= 0;
	return cpu >= 0 ? cpu : prev;
}

s32 __scx_bpf_select_cpu_and(struct task_struct *p, const struct cpumask *allowed,
			     struct scx_bpf_select_cpu_and_args *args)
{
	step();
	return cpu_valid(args->prev_cpu) ? idle_select(sim_task(p), args->prev_cpu, args->wake_flags, allowed) : -22;
}

s32 scx_bpf_pick_idle_cpu(const struct cpumask *allowed, u64 flags)
{
	step();
	return idle_pick(allowed->bits[0], flags & SCX_PICK_IDLE_CORE);
}

bool scx_bpf_test_and_clear_cpu_idle(s32 cpu)
{
	step();
	return cpu_valid(cpu) && idle_claim(cpu);
}

void scx_bpf_kick_cpu(s32 cpu, u64 flags)
{
	struct sim_cpu *rq = &sim.cpus[sim.this_cpu];

	step();
	if (!cpu_valid(cpu) || rq->bypassing)
		return;
	trace("kick", NULL, cpu, flags);
	if ((flags & SCX_KICK_IDLE) && (flags & (SCX_KICK_PREEMPT | SCX_KICK_WAIT))) {
		sim_error("PREEMPT/WAIT cannot be used with SCX_KICK_IDLE");
		return;
	}
	sim.irqs |= bit(rq->id);
	*(flags & SCX_KICK_IDLE ? &rq->kick_idle : &rq->kick) |= bit(cpu);
	if (flags & SCX_KICK_PREEMPT)
		rq->kick_preempt |= bit(cpu);
}

/* ---- the rest */

s32 scx_bpf_task_cpu(const struct task_struct *p)
{
	return p->thread_info.cpu;
}

bool scx_bpf_task_set_slice(struct task_struct *p, u64 slice)
{
	step();
	p->scx.slice = slice;
	note_slice(slice);
	trace("set_slice", sim_task(p), slice, 0);
	return true;
}

bool scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime)
{
	step();
	p->scx.dsq_vtime = vtime;
	return true;
}

u64 scx_bpf_now(void)
{
	return clock_of_policy();
}

u32 scx_bpf_nr_cpu_ids(void)
{
	return sim.nr_cpus;
}

static void take_mask(void)
{
	if (!sim.masks_held++)
		sim.mask_taken = sim.callback;
}

const struct cpumask *scx_bpf_get_online_cpumask(void)
{
	step();
	take_mask();
	return &sim.online;
}

const struct cpumask *scx_bpf_get_idle_cpumask(void)
{
	step();
	take_mask();
	return &sim.idle;
}

void scx_bpf_put_cpumask(const struct cpumask *mask)
{
	(void)mask;
	sim.masks_held--;
}

void scx_bpf_put_idle_cpumask(const struct cpumask *mask)
{
	(void)mask;
	sim.masks_held--;
}
