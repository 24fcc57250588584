/* SPDX-License-Identifier: GPL-2.0 */
/* Dispatch queues: lists of tasks, in the order of arrival or of virtual time, and iterators over them. */
#include "sim.h"

#include <stdlib.h>

#define BUCKETS 1024

static struct dsq *buckets[BUCKETS];
static struct dsq globals[MAX_SIM_CPUS];
/* Of each strand that stands in the middle of a callback. */
static struct iterator *iterators[MAX_SIM_CPUS + 1];

/* What a program's iterator holds. It points behind the task that it gave last. */
struct iterator {
	struct dsq *dsq;
	struct sim_task *given;
	struct iterator *next;
	u64 seq;
};

_Static_assert(sizeof(struct iterator) <= sizeof(struct bpf_iter_scx_dsq), "the program's iterator has no room");

struct dsq *dsq_find(u64 id)
{
	struct dsq *dsq = buckets[id % BUCKETS];

	while (dsq && dsq->id != id)
		dsq = dsq->next;
	return dsq;
}

s32 dsq_create(u64 id)
{
	struct dsq *dsq;

	if (id & SCX_DSQ_FLAG_BUILTIN)
		return -22;
	if (dsq_find(id))
		return -17;
	dsq = calloc(1, sizeof(*dsq));
	if (!dsq)
		return -12;
	dsq->id = id;
	dsq->cpu = -1;
	dsq->next = buckets[id % BUCKETS];
	buckets[id % BUCKETS] = dsq;
	return 0;
}

struct dsq *dsq_global(s32 cpu)
{
	struct dsq *dsq = &globals[sim.cpus[cpu].node];

	dsq->id = SCX_DSQ_GLOBAL;
	dsq->cpu = -1;
	return dsq;
}

/* The queue that an id means to a task on `task_cpu` when `rq` is at work; the global one where there is none. */
struct dsq *dsq_for_dispatch(u64 id, struct sim_cpu *rq, s32 task_cpu)
{
	struct dsq *dsq;

	if (id == SCX_DSQ_LOCAL)
		return &rq->local;
	if ((id & SCX_DSQ_LOCAL_ON) == SCX_DSQ_LOCAL_ON) {
		s32 cpu = id & SCX_DSQ_LOCAL_CPU_MASK;

		if (cpu >= 0 && cpu < sim.nr_cpus)
			return &sim.cpus[cpu].local;
		sim_error("invalid CPU %d in SCX_DSQ_LOCAL_ON dispatch verdict", cpu);
		return dsq_global(task_cpu);
	}
	if (id == SCX_DSQ_GLOBAL)
		return dsq_global(task_cpu);
	dsq = dsq_find(id);
	if (dsq)
		return dsq;
	sim_error("non-existent DSQ 0x%llx", id);
	return dsq_global(task_cpu);
}

u64 dsq_cpu(u64 id)
{
	s32 cpu = id & SCX_DSQ_LOCAL_CPU_MASK;

	if (id == SCX_DSQ_LOCAL)
		return bit(sim.this_cpu);
	return (id & SCX_DSQ_LOCAL_ON) == SCX_DSQ_LOCAL_ON && cpu >= 0 && cpu < sim.nr_cpus ? bit(cpu) : 0;
}

static void link_behind(struct dsq *dsq, struct sim_task *p, struct sim_task *prev)
{
	struct sim_task *next = prev ? prev->dsq_next : dsq->first;

	p->dsq_prev = prev;
	p->dsq_next = next;
	*(prev ? &prev->dsq_next : &dsq->first) = p;
	*(next ? &next->dsq_prev : &dsq->last) = p;
	p->dsq = dsq;
	p->dsq_seq = ++dsq->seq;
	dsq->nr++;
}

void dsq_link(struct dsq *dsq, struct sim_task *p, u64 flags)
{
	if ((flags & SCX_ENQ_DSQ_PRIQ) && (dsq->id & SCX_DSQ_FLAG_BUILTIN)) {
		sim_error("cannot use vtime ordering for built-in DSQs");
		flags &= ~SCX_ENQ_DSQ_PRIQ;
	}
	if (flags & SCX_ENQ_DSQ_PRIQ) {
		if (dsq->nr && !dsq->nr_priq)
			sim_error("DSQ ID 0x%016llx already had FIFO-enqueued tasks", dsq->id);
		p->on_priq = true;
		dsq->nr_priq++;
		link_behind(dsq, p, order_add(dsq, p));
		return;
	}
	if (dsq->nr_priq)
		sim_error("DSQ ID 0x%016llx already had PRIQ-enqueued tasks", dsq->id);
	link_behind(dsq, p, flags & (SCX_ENQ_HEAD | SCX_ENQ_PREEMPT) ? NULL : dsq->last);
}

void dsq_unlink(struct sim_task *p)
{
	struct dsq *dsq = p->dsq;

	for (u32 strand = 0; strand <= nr_strands; strand++)
		for (struct iterator *it = iterators[strand]; it; it = it->next)
			if (it->given == p)
				it->given = p->dsq_prev;
	*(p->dsq_prev ? &p->dsq_prev->dsq_next : &dsq->first) = p->dsq_next;
	*(p->dsq_next ? &p->dsq_next->dsq_prev : &dsq->last) = p->dsq_prev;
	p->dsq_prev = p->dsq_next = NULL;
	p->dsq = NULL;
	dsq->nr--;
	if (p->on_priq) {
		dsq->nr_priq--;
		order_remove(dsq, p);
	}
	p->on_priq = false;
}

/* ---- iterators of programs */

s32 bpf_iter_scx_dsq_new(struct bpf_iter_scx_dsq *program, u64 id, u64 flags)
{
	struct iterator *it = (struct iterator *)program;

	step();
	*it = (struct iterator){ .dsq = flags ? NULL : dsq_find(id) };
	if (!it->dsq)
		return flags ? -22 : -2;
	it->seq = it->dsq->seq;
	it->next = iterators[strand_now()];
	iterators[strand_now()] = it;
	return 0;
}

/* Tasks that came after the iterator began are not shown. */
struct task_struct *bpf_iter_scx_dsq_next(struct bpf_iter_scx_dsq *program)
{
	struct iterator *it = (struct iterator *)program;
	struct sim_task *p;

	step();
	if (!it->dsq)
		return NULL;
	p = it->given ? it->given->dsq_next : it->dsq->first;
	while (p && before(it->seq, p->dsq_seq))
		p = p->dsq_next;
	if (p)
		it->given = p;
	else
		it->given = it->dsq->last;
	return p ? &p->t : NULL;
}

void bpf_iter_scx_dsq_destroy(struct bpf_iter_scx_dsq *program)
{
	struct iterator **at = &iterators[strand_now()];

	while (*at && *at != (struct iterator *)program)
		at = &(*at)->next;
	if (*at)
		*at = (*at)->next;
}

/* A callback that was left in the middle of a walk has no iterator any more. */
void dsq_forget_iterators(void)
{
	iterators[strand_now()] = NULL;
}

/* Whether the task still stands where the iterator found it. */
static bool is_lost(struct iterator *it, struct sim_task *p)
{
	return !it->dsq || p->dsq != it->dsq || before(it->seq, p->dsq_seq);
}

bool scx_bpf_dsq_move(struct bpf_iter_scx_dsq *program, struct task_struct *task, u64 id, u64 flags)
{
	struct iterator *it = (struct iterator *)program;
	struct sim_task *p = sim_task(task);

	step();
	if (!kf_allowed(KF_DISPATCH | KF_UNLOCKED) || is_lost(it, p))
		return false;
	if (rq_claim(bit(cpu_of_task(p)->id) | dsq_cpu(id)) && is_lost(it, p))
		return false;
	trace("move", p, id, flags);
	move_between(p, flags, dsq_for_dispatch(id, &sim.cpus[sim.this_cpu], p->t.thread_info.cpu));
	return true;
}
