/* Light tasks wait until there is no other: with a busy machine that is for ever. */
#include "control.h"

SEC("struct_ops/enqueue")
void policy_enqueue(u64 *ctx)
{
	struct task_struct *p = ARG(0, struct task_struct *);
	u64 enq_flags = ARG(1, u64);

	if (!served_at_once(p, enq_flags))
		insert(p, p->scx.weight < 100 ? LIGHT : READY, SLICE, enq_flags);
}

SEC("struct_ops/dispatch")
void policy_dispatch(u64 *ctx)
{
	if (!pull(READY))
		pull(LIGHT);
}

CONTROL;
