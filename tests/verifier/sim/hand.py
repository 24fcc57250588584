"""Policies by hand, in C: one that is well, and ways of breaking it that schedc refuses to compile."""

from __future__ import annotations

from schedc.verifier.sim import Program

_TEMPLATE = """
#include "schedc/compat.h"
#include "schedc/arithmetic.h"
#include "schedc/loops.h"

#define READY 7

SEC("struct_ops/select_cpu") s32 policy_select_cpu(u64 *ctx)
{{
	struct task_struct *p = ARG(0, struct task_struct *);
	s32 prev = ARG(1, s32);
	{select_cpu}
}}

SEC("struct_ops/enqueue") void policy_enqueue(u64 *ctx)
{{
	struct task_struct *p = ARG(0, struct task_struct *);
	u64 flags = ARG(1, u64);
	{enqueue}
}}

SEC("struct_ops/dispatch") void policy_dispatch(u64 *ctx)
{{
	s32 cpu = ARG(0, s32);
	{dispatch}
}}

SEC("struct_ops/note") void policy_note(u64 *ctx)
{{
}}

{extra}
SEC("struct_ops/cpu_online") void policy_cpu_online(u64 *ctx)
{{
}}

SEC("struct_ops/cpu_offline") void policy_cpu_offline(u64 *ctx)
{{
	s32 cpu = ARG(0, s32);
	struct task_struct *p;

	each_waiting(p, READY) {{
		if (task_cpu(p) == cpu)
			move(&it__, p, DSQ_LOCAL);
	}}
}}

SEC("struct_ops/init") s32 policy_init(u64 *ctx)
{{
	return scx_bpf_create_dsq(READY, -1);
}}

SEC(".struct_ops.link") struct sched_ext_ops policy_ops = {{
	.select_cpu = (void *)policy_select_cpu,
	.enqueue = (void *)policy_enqueue,
	.dispatch = (void *)policy_dispatch,
	{ops}
	.init = (void *)policy_init,
	.timeout_ms = 30000,
	.name = "by_hand",
}};
"""

HOTPLUG = ".cpu_online = (void *)policy_cpu_online, .cpu_offline = (void *)policy_cpu_offline,"


def by_hand(
    *,
    select_cpu: str = "return usable_cpu(p, claim_idle_or(p, prev, 0));",
    enqueue: str = "insert(p, READY, 5000000, flags); kick(claim_idle(p), KICK_IDLE);",
    dispatch: str = "pull(READY);",
    ops: str = HOTPLUG,
    extra: str = "",
) -> Program:
    """First in, first out, with some of its callbacks replaced; `policy_note` is one that does nothing."""
    text = _TEMPLATE.format(select_cpu=select_cpu, enqueue=enqueue, dispatch=dispatch, ops=ops, extra=extra)
    return Program("by_hand", text)
