/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A weighted virtual-time scheduler as it is often written: a task that slept is moved up to the clock, one that is
 * far ahead of it stays there. A light task that ran for one slice then waits until all others have caught up.
 */
#include "schedc/compat.h"
#include "schedc/arithmetic.h"
#include "schedc/loops.h"

#define QUEUE 0
#define SLICE 20000000ULL

char _license[] SEC("license") = "GPL";

u32 exit_kind;
char exit_msg[1024];
u64 vtime_clock;
u64 slice_at_start; /* for a machine with one CPU */

SEC("struct_ops/enqueue")
void policy_enqueue(u64 *ctx)
{
	struct task_struct *p = ARG(0, struct task_struct *);
	u64 enq_flags = ARG(1, u64);
	u64 vtime = p->scx.dsq_vtime, clock = READ_ONCE(vtime_clock);

	if (vtime_before(vtime, clock - SLICE))
		vtime = clock - SLICE;
	insert_at(p, QUEUE, SLICE, vtime, enq_flags);
}

SEC("struct_ops/dispatch")
void policy_dispatch(u64 *ctx)
{
	pull(QUEUE);
}

SEC("struct_ops/running")
void policy_running(u64 *ctx)
{
	struct task_struct *p = ARG(0, struct task_struct *);

	if (vtime_before(READ_ONCE(vtime_clock), p->scx.dsq_vtime))
		WRITE_ONCE(vtime_clock, p->scx.dsq_vtime);
	slice_at_start = p->scx.slice;
}

SEC("struct_ops/stopping")
void policy_stopping(u64 *ctx)
{
	struct task_struct *p = ARG(0, struct task_struct *);

	set_dsq_vtime(p, p->scx.dsq_vtime + (slice_at_start - p->scx.slice) * 100 / (u64)p->scx.weight);
}

SEC("struct_ops/enable")
void policy_enable(u64 *ctx)
{
	set_dsq_vtime(ARG(0, struct task_struct *), READ_ONCE(vtime_clock));
}

SEC("struct_ops.s/init")
s32 policy_init(u64 *ctx)
{
	return scx_bpf_create_dsq(QUEUE, -1);
}

SEC("struct_ops/exit")
void policy_exit(u64 *ctx)
{
	struct scx_exit_info *info = ARG(0, struct scx_exit_info *);

	bpf_probe_read_kernel_str(exit_msg, sizeof(exit_msg), info->msg);
	exit_kind = info->kind;
}

SEC(".struct_ops.link")
struct sched_ext_ops policy_ops = {
	.enqueue = (void *)policy_enqueue,
	.dispatch = (void *)policy_dispatch,
	.running = (void *)policy_running,
	.stopping = (void *)policy_stopping,
	.enable = (void *)policy_enable,
	.init = (void *)policy_init,
	.exit = (void *)policy_exit,
	.timeout_ms = 30000,
	.name = "one_sided",
};
