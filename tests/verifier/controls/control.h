/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all controls share: queues, first in, first out, and a record of how the scheduler ended. A control is this
 * with one callback that does something wrong, which the language would refuse.
 */
#include "schedc/compat.h"
#include "schedc/arithmetic.h"
#include "schedc/loops.h"

#define READY 0
#define LIGHT 1 /* for one control */
#define SLICE 5000000ULL
#define TIMEOUT_MS 3000 /* those that stall are to do so soon */

char _license[] SEC("license") = "GPL";

u32 exit_kind;
char exit_msg[1024];

/* Kernel threads of one CPU run there and first: whatever a control does, the machine's own work goes on. */
static __always_inline bool served_at_once(struct task_struct *p, u64 enq_flags)
{
	if (!(p->flags & PF_KTHREAD) && !is_cpus_own(p))
		return false;
	insert(p, DSQ_LOCAL, SLICE, enq_flags);
	return true;
}

/* The kernel takes no program that nothing refers to: a control has these two only where it uses them. */
#define PLAIN_DISPATCH							\
	SEC("struct_ops/dispatch")					\
	void policy_dispatch(u64 *ctx)					\
	{								\
		pull(READY);						\
	}

#define PLAIN_ENQUEUE							\
	SEC("struct_ops/enqueue")					\
	void policy_enqueue(u64 *ctx)					\
	{								\
		struct task_struct *p = ARG(0, struct task_struct *);	\
		u64 enq_flags = ARG(1, u64);				\
									\
		if (!served_at_once(p, enq_flags))			\
			insert(p, READY, SLICE, enq_flags);		\
	}

SEC("struct_ops.s/init")
s32 policy_init(u64 *ctx)
{
	s32 error = scx_bpf_create_dsq(READY, -1);

	return error ? error : scx_bpf_create_dsq(LIGHT, -1);
}

SEC("struct_ops/exit")
void policy_exit(u64 *ctx)
{
	struct scx_exit_info *info = ARG(0, struct scx_exit_info *);

	bpf_probe_read_kernel_str(exit_msg, sizeof(exit_msg), info->msg);
	exit_kind = info->kind;
}

#define CONTROL								\
	SEC(".struct_ops.link")						\
	struct sched_ext_ops policy_ops = {				\
		.enqueue = (void *)policy_enqueue,			\
		.dispatch = (void *)policy_dispatch,			\
		.init = (void *)policy_init,				\
		.exit = (void *)policy_exit,				\
		.timeout_ms = TIMEOUT_MS,				\
		.name = "control",					\
	}
