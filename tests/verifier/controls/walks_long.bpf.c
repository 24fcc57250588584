/* Loops a known number of times, and each time goes one of two ways: more ways than the verifier follows. */
#include "control.h"

volatile u64 seen;

SEC("struct_ops/dispatch")
void policy_dispatch(u64 *ctx)
{
#pragma clang loop unroll(disable)
	for (u32 round = 0; round < 100000; round++)
		if (bpf_ktime_get_ns() & 1)
			seen += round;
	pull(READY);
}

PLAIN_ENQUEUE
CONTROL;
