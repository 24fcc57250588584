/* Places the same task twice. */
#include "control.h"

SEC("struct_ops/enqueue")
void policy_enqueue(u64 *ctx)
{
	struct task_struct *p = ARG(0, struct task_struct *);
	u64 enq_flags = ARG(1, u64);

	insert(p, READY, SLICE, enq_flags);
	insert(p, DSQ_LOCAL, SLICE, enq_flags);
}

PLAIN_DISPATCH
CONTROL;
