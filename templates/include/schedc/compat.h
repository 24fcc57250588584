/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a policy program does with the kernel, in one word each, for kernels 6.12 to 7.3.
 *
 * Where a function was renamed or got other arguments, the newest that the kernel has is called; the verifier
 * removes the branches that are dead on the running kernel. Two tests of a symbol are never joined by ||: clang
 * would fold them into arithmetic on pointers, which the verifier refuses.
 */
#ifndef SCHEDC_COMPAT_H
#define SCHEDC_COMPAT_H

#include "kernel.h"

#define DSQ_GLOBAL kernel_enum(enum scx_dsq_id_flags, SCX_DSQ_GLOBAL)
#define DSQ_LOCAL kernel_enum(enum scx_dsq_id_flags, SCX_DSQ_LOCAL)
#define DSQ_LOCAL_ON kernel_enum(enum scx_dsq_id_flags, SCX_DSQ_LOCAL_ON)
#define SLICE_DEFAULT kernel_enum(enum scx_public_consts, SCX_SLICE_DFL)
#define SLICE_INFINITE kernel_enum(enum scx_public_consts, SCX_SLICE_INF)
#define ENQ_PREEMPT kernel_enum(enum scx_enq_flags, SCX_ENQ_PREEMPT)
#define ENQ_WAKEUP kernel_enum(enum scx_enq_flags, SCX_ENQ_WAKEUP)
#define KICK_IDLE kernel_enum(enum scx_kick_flags, SCX_KICK_IDLE)
#define KICK_PREEMPT kernel_enum(enum scx_kick_flags, SCX_KICK_PREEMPT)
/* CPUs looked at in place of one that takes no tasks now; one at a time is on its way up or down. */
#define MAX_TRIES 4
#define PICK_IDLE_CORE kernel_enum(enum scx_pick_idle_cpu_flags, SCX_PICK_IDLE_CORE)

/* Put a task at the end of a first-in first-out queue. */
static __always_inline void insert(struct task_struct *p, u64 dsq, u64 slice, u64 enq_flags)
{
	if (ksym_exists(scx_bpf_dsq_insert___v2___new))
		scx_bpf_dsq_insert___v2___new(p, dsq, slice, enq_flags);
	else if (ksym_exists(scx_bpf_dsq_insert___old))
		scx_bpf_dsq_insert___old(p, dsq, slice, enq_flags);
	else
		scx_bpf_dispatch___old(p, dsq, slice, enq_flags);
}

/* Put a task where `vtime` places it in an ordered queue; the kernel keeps `vtime` in the task. */
static __always_inline void insert_at(struct task_struct *p, u64 dsq, u64 slice, u64 vtime, u64 enq_flags)
{
	if (type_exists(struct scx_bpf_dsq_insert_vtime_args)) {
		struct scx_bpf_dsq_insert_vtime_args args = {
			.dsq_id = dsq,
			.slice = slice,
			.vtime = vtime,
			.enq_flags = enq_flags,
		};

		__scx_bpf_dsq_insert_vtime(p, &args);
	} else if (ksym_exists(scx_bpf_dsq_insert_vtime___old)) {
		scx_bpf_dsq_insert_vtime___old(p, dsq, slice, vtime, enq_flags);
	} else {
		scx_bpf_dispatch_vtime___old(p, dsq, slice, vtime, enq_flags);
	}
}

/* Move the first task of a queue that may run here to this CPU; false if there was none. */
static __always_inline bool pull(u64 dsq)
{
	if (ksym_exists(scx_bpf_dsq_move_to_local___v2___new))
		return scx_bpf_dsq_move_to_local___v2___new(dsq, 0);
	if (ksym_exists(scx_bpf_dsq_move_to_local___old))
		return scx_bpf_dsq_move_to_local___old(dsq);
	return scx_bpf_consume___old(dsq);
}

static __always_inline bool move(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq)
{
	if (ksym_exists(scx_bpf_dsq_move))
		return scx_bpf_dsq_move(it, p, dsq, 0);
	if (ksym_exists(scx_bpf_dispatch_from_dsq___old))
		return scx_bpf_dispatch_from_dsq___old(it, p, dsq, 0);
	return false;
}

static __always_inline void set_slice(struct task_struct *p, u64 slice)
{
	if (ksym_exists(scx_bpf_task_set_slice))
		scx_bpf_task_set_slice(p, slice);
	else
		p->scx.slice = slice;
}

static __always_inline void set_dsq_vtime(struct task_struct *p, u64 vtime)
{
	if (ksym_exists(scx_bpf_task_set_dsq_vtime))
		scx_bpf_task_set_dsq_vtime(p, vtime);
	else
		p->scx.dsq_vtime = vtime;
}

/* Nanoseconds; the same value throughout one callback where the kernel can give it. */
static __always_inline u64 now(void)
{
	return ksym_exists(scx_bpf_now) ? scx_bpf_now() : bpf_ktime_get_ns();
}

static __always_inline bool queued(u64 dsq)
{
	return scx_bpf_dsq_nr_queued(dsq) > 0;
}

/* Tasks in a queue; an error of the kernel counts as none. */
static __always_inline u64 length(u64 dsq)
{
	s32 queued = scx_bpf_dsq_nr_queued(dsq);

	return queued > 0 ? queued : 0;
}

/*
 * The virtual time of the first task of an ordered queue; false if the queue is empty. Before 7.1 there is no
 * peek, and an iterator looks at the first task.
 */
static __always_inline bool first_vtime(u64 dsq, u64 *vtime)
{
	struct task_struct *p;
	bool found = false;

	if (ksym_exists(scx_bpf_dsq_peek)) {
		p = scx_bpf_dsq_peek(dsq);
		if (p) {
			*vtime = p->scx.dsq_vtime;
			found = true;
		}
	} else {
		struct bpf_iter_scx_dsq it;

		if (!bpf_iter_scx_dsq_new(&it, dsq, 0)) {
			p = bpf_iter_scx_dsq_next(&it);
			if (p) {
				*vtime = p->scx.dsq_vtime;
				found = true;
			}
		}
		bpf_iter_scx_dsq_destroy(&it);
	}
	return found;
}

/* Pull from a queue that holds tasks back: nothing before the time of its first task has come. */
static __always_inline bool pull_due(u64 dsq)
{
	u64 first;

	return first_vtime(dsq, &first) && first <= now() && pull(dsq);
}

/* ---- CPUs; -1 is none */

static __always_inline s32 task_cpu(struct task_struct *p)
{
	return field_exists(p->thread_info.cpu) ? (s32)p->thread_info.cpu : scx_bpf_task_cpu(p);
}

static __always_inline bool may_run_on(struct task_struct *p, s32 cpu)
{
	return bpf_cpumask_test_cpu(cpu, p->cpus_ptr) &&
	       (!p->migration_disabled || task_cpu(p) == cpu);
}

/*
 * On its way up or down a CPU refuses tasks: kernel threads from the first step down on, others until the last step
 * up, while the callbacks for hotplug come somewhere in between. What is sent there, the kernel sends elsewhere and
 * counts against the scheduler.
 */
static __always_inline bool is_active(s32 cpu)
{
	const struct cpuhp_cpu_state *hotplug = bpf_per_cpu_ptr(&cpuhp_state, cpu);
	u64 online = kernel_enum(enum cpuhp_state, CPUHP_ONLINE);

	return hotplug && hotplug->target == online && hotplug->state == online;
}

/* It looks for work when it is kicked: less to ask than whether it takes whatever is sent to it. */
static __always_inline bool is_up(s32 cpu)
{
	const struct cpuhp_cpu_state *hotplug = bpf_per_cpu_ptr(&cpuhp_state, cpu);

	return hotplug && hotplug->state == kernel_enum(enum cpuhp_state, CPUHP_ONLINE);
}

/*
 * The CPU itself if the task may run there now, else one where it may. If there is none, because all its CPUs are
 * offline, it is the first that is online, which is where the kernel itself sends such a task.
 * A function of its own, with registers enough to count in one, which the auditor follows.
 */
static __noinline s32 usable_cpu(struct task_struct *p, s32 cpu)
{
	const struct cpumask *online = scx_bpf_get_online_cpumask();
	s32 found = cpu;

#pragma clang loop unroll(disable)
	for (u32 tries = 0; tries < MAX_TRIES; tries++) {
		if (bpf_cpumask_test_cpu(found, p->cpus_ptr) && is_active(found))
			goto out;
		found = bpf_cpumask_any_and_distribute(p->cpus_ptr, online); /* each call gives the next one */
	}
	found = bpf_cpumask_first(online);
out:
	scx_bpf_put_cpumask(online);
	return found;
}

/* The idle CPU that the kernel would choose near `prev_cpu`, claimed, or else `prev_cpu`. */
static __always_inline s32 claim_idle_or(struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	bool idle;

	return scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &idle);
}

/*
 * Claims until a CPU is up, or there is none. On its way up or down a CPU looks idle, and one that went off while idle
 * stays in the kernel's mask until it is claimed. Used in functions of their own, as `usable_cpu` is one.
 */
#define return_first_up(claim)                                                                           \
	do {                                                                                             \
		_Pragma("clang loop unroll(disable)")                                                    \
		for (u32 tries = 0; tries < MAX_TRIES; tries++) {                                        \
			s32 cpu = (claim);                                                               \
			if (cpu < 0 || is_up(cpu))                                                       \
				return cpu;                                                              \
		}                                                                                        \
		return -1;                                                                               \
	} while (0)

static __always_inline s32 select_idle(struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	bool idle = false;
	s32 cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &idle);

	return idle ? cpu : -1;
}

/* Claim the idle CPU that the kernel would choose near `prev_cpu`: its core, its cache, its node, any. */
static __noinline s32 claim_idle_select(struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	return_first_up(select_idle(p, prev_cpu, wake_flags));
}

static __always_inline s32 first_idle(struct task_struct *p, s32 near)
{
	if (bpf_cpumask_test_cpu(near, p->cpus_ptr) && scx_bpf_test_and_clear_cpu_idle(near))
		return near;
	return scx_bpf_pick_idle_cpu(p->cpus_ptr, 0);
}

/* `near` itself if it is idle, else any: what all callbacks may do on all kernels. */
static __noinline s32 claim_idle_first(struct task_struct *p, s32 near)
{
	return_first_up(first_idle(p, near));
}

static __always_inline s32 near_idle(struct task_struct *p, s32 near)
{
	if (type_exists(struct scx_bpf_select_cpu_and_args)) {
		struct scx_bpf_select_cpu_and_args args = { .prev_cpu = near };

		return __scx_bpf_select_cpu_and(p, p->cpus_ptr, &args);
	}
	if (ksym_exists(scx_bpf_select_cpu_and))
		return scx_bpf_select_cpu_and(p, near, 0, p->cpus_ptr, 0);
	return first_idle(p, near);
}

/* The same as in select_cpu for enqueue, where older kernels cannot choose by distance. */
static __noinline s32 claim_idle_near(struct task_struct *p, s32 near)
{
	return_first_up(near_idle(p, near));
}

static __noinline s32 claim_idle(struct task_struct *p)
{
	return_first_up(scx_bpf_pick_idle_cpu(p->cpus_ptr, 0));
}

static __noinline s32 claim_idle_core(struct task_struct *p)
{
	return_first_up(scx_bpf_pick_idle_cpu(p->cpus_ptr, PICK_IDLE_CORE));
}

static __always_inline bool is_idle(s32 cpu)
{
	const struct cpumask *mask = scx_bpf_get_idle_cpumask();
	bool idle = bpf_cpumask_test_cpu(cpu, mask);

	scx_bpf_put_idle_cpumask(mask);
	return idle;
}

/* A CPU that was given its own kernel thread is idle to the kernel until it switches: nobody else is put before it. */
static __always_inline void leave_idle(s32 cpu)
{
	scx_bpf_test_and_clear_cpu_idle(cpu);
}

static __always_inline void kick(s32 cpu, u64 flags)
{
	if (cpu >= 0)
		scx_bpf_kick_cpu(cpu, flags);
}

/*
 * A task that was preempted as a reader of RCU. A callback is a reader itself, in the name of the task that it came
 * upon, which counts for one.
 */
static __always_inline bool is_preempted_reader(struct task_struct *p)
{
	return field_exists(p->rcu_read_lock_nesting) && p->rcu_read_lock_nesting > 1;
}

/*
 * What a CPU runs before all that waits in queues: its own kernel threads, for what they work on waits for them, and
 * readers that may run nowhere else. A CPU on its way down waits for all readers before it is said to be offline, and
 * by then it takes nothing from queues any more: the reader and the CPU would wait for each other. Where a queue is
 * served by some CPUs first, the same holds for all readers.
 */
static __always_inline bool is_cpus_own(struct task_struct *p)
{
	return p->nr_cpus_allowed == 1 && ((p->flags & PF_KTHREAD) || is_preempted_reader(p));
}

/* Time for a reader to come to its end. */
#define SLICE_READER 1000000ULL

/* True for a previous task that could go on running. */
static __always_inline bool can_go_on(struct task_struct *prev)
{
	return prev && (prev->scx.flags & kernel_enum(enum scx_ent_flags, SCX_TASK_QUEUED));
}

#endif
