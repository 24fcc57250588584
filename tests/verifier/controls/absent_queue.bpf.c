/* Puts tasks into a queue that was never made. */
#include "control.h"

SEC("struct_ops/enqueue")
void policy_enqueue(u64 *ctx)
{
	insert(ARG(0, struct task_struct *), LIGHT + 1, SLICE, ARG(1, u64));
}

PLAIN_DISPATCH
CONTROL;
