/* Loops a bounded number of times that the verifier takes, and that no machine has the time for. */
#include "control.h"

volatile u64 seen;

SEC("struct_ops/dispatch")
void policy_dispatch(u64 *ctx)
{
	u32 round;

	each_number(round, 0, 4000000)
		seen += round;
	pull(READY);
}

PLAIN_ENQUEUE
CONTROL;
