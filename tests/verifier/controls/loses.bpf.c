/* Forgets one task in a thousand: it is told of it, and puts it nowhere. */
#include "control.h"

u64 told;

SEC("struct_ops/enqueue")
void policy_enqueue(u64 *ctx)
{
	struct task_struct *p = ARG(0, struct task_struct *);
	u64 enq_flags = ARG(1, u64);

	if (served_at_once(p, enq_flags))
		return;
	if (++told % 1000)
		insert(p, READY, SLICE, enq_flags);
}

PLAIN_DISPATCH
CONTROL;
