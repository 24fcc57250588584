/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scheduler of a partial switch that writes down its callbacks, for the kernel and for the simulator. `order` says
 * how it queues: 0 first in first out, 1 by virtual time, 2 in the CPU's own queue.
 */
#ifdef __bpf__
#define sched_ext_ops sched_ext_ops_of_policies
#endif
#include "schedc/compat.h"
#include "schedc/arithmetic.h"
#include "schedc/loops.h"
#ifdef __bpf__
#undef sched_ext_ops
/* All that tasks go through; policies have fewer. */
struct sched_ext_ops {
	void (*select_cpu)(void);
	void (*enqueue)(void);
	void (*dequeue)(void);
	void (*dispatch)(void);
	void (*runnable)(void);
	void (*running)(void);
	void (*stopping)(void);
	void (*quiescent)(void);
	void (*yield)(void);
	void (*set_weight)(void);
	void (*set_cpumask)(void);
	void (*init_task)(void);
	void (*exit_task)(void);
	void (*enable)(void);
	void (*disable)(void);
	void (*init)(void);
	void (*exit)(void);
	u64 flags;
	u32 timeout_ms;
	char name[128];
};
#endif

#define READY 0
#define SLICE 18000000ULL /* not a multiple of the tick: it ends between two */
#define ROOM 4096
#define PARTIAL (1 << 3)

char _license[] SEC("license") = "GPL";

const volatile u64 order;
u64 seen[ROOM];
u64 nr_seen;
u32 exit_kind;
char exit_msg[1024];

enum what { SELECT = 1, ENQUEUE, DEQUEUE, DISPATCH, RUNNABLE, RUNNING, STOPPING, QUIESCENT, YIELD, WEIGHT, CPUMASK, INIT,
	    EXIT, ENABLE, DISABLE };

/* Of the story's tasks only; 0 is nobody. */
static __always_inline void note(enum what what, struct task_struct *p, u64 more)
{
	u64 at, pid = 0;

	if (p) {
		if (p->comm[0] != 's' || p->comm[1] != 't' || p->comm[2] != 'o')
			return;
		pid = p->pid;
	}
	at = __sync_fetch_and_add(&nr_seen, 1);
	if (at < ROOM)
		seen[at & (ROOM - 1)] = what | more << 8 | pid << 16;
}

#define NOTED(callback, number)					\
	SEC("struct_ops/" #callback) void story_##callback(u64 *ctx)	\
	{								\
		note(number, ARG(0, struct task_struct *), 0);		\
	}

NOTED(runnable, RUNNABLE)
NOTED(running, RUNNING)
NOTED(quiescent, QUIESCENT)
NOTED(dequeue, DEQUEUE)
NOTED(set_weight, WEIGHT)
NOTED(set_cpumask, CPUMASK)
NOTED(enable, ENABLE)
NOTED(disable, DISABLE)
NOTED(exit_task, EXIT)

SEC("struct_ops/select_cpu") s32 story_select_cpu(u64 *ctx)
{
	note(SELECT, ARG(0, struct task_struct *), 0);
	return ARG(1, s32);
}

SEC("struct_ops/enqueue") void story_enqueue(u64 *ctx)
{
	struct task_struct *p = ARG(0, struct task_struct *);
	u64 flags = ARG(1, u64);

	note(ENQUEUE, p, !!(flags & ENQ_WAKEUP));
	if (order == 2)
		insert(p, DSQ_LOCAL, SLICE, flags);
	else if (order == 1)
		insert_at(p, READY, SLICE, p->scx.dsq_vtime, flags);
	else
		insert(p, READY, SLICE, flags);
}

/* After a kernel thread, or on a CPU without a story, there can be neither a task before nor one to come. */
SEC("struct_ops/dispatch") void story_dispatch(u64 *ctx)
{
	struct task_struct *prev = ARG(1, struct task_struct *);
	bool moved = pull(READY);

	if (prev || moved)
		note(DISPATCH, prev, moved);
}

SEC("struct_ops/stopping") void story_stopping(u64 *ctx)
{
	struct task_struct *p = ARG(0, struct task_struct *);

	note(STOPPING, p, ARG(1, bool) | (!!p->scx.slice) << 1);
	p->scx.dsq_vtime += SLICE - p->scx.slice;
}

SEC("struct_ops/yield") bool story_yield(u64 *ctx)
{
	struct task_struct *p = ARG(0, struct task_struct *);

	note(YIELD, p, 0);
	set_slice(p, 0);
	return false;
}

SEC("struct_ops.s/init_task") s32 story_init_task(u64 *ctx)
{
	note(INIT, ARG(0, struct task_struct *), 0);
	return 0;
}

SEC("struct_ops.s/init") s32 story_init(u64 *ctx)
{
	return scx_bpf_create_dsq(READY, -1);
}

SEC("struct_ops/exit") void story_exit(u64 *ctx)
{
	struct scx_exit_info *info = ARG(0, struct scx_exit_info *);

	bpf_probe_read_kernel_str(exit_msg, sizeof(exit_msg), info->msg);
	exit_kind = info->kind;
}

#define DOES(callback) .callback = (void *)story_##callback
SEC(".struct_ops.link") struct sched_ext_ops policy_ops = {
	DOES(select_cpu), DOES(enqueue), DOES(dequeue), DOES(dispatch), DOES(runnable), DOES(running), DOES(stopping),
	DOES(quiescent), DOES(yield), DOES(set_weight), DOES(set_cpumask), DOES(init_task), DOES(exit_task),
	DOES(enable), DOES(disable), DOES(init), DOES(exit),
	.flags = PARTIAL,
	.timeout_ms = 10000,
	.name = "recorder",
};
