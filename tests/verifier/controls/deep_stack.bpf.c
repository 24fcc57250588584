/* Uses more than the 512 bytes of stack that a program has. clang would not write that by itself. */
#include "control.h"

SEC("struct_ops/dispatch")
void policy_dispatch(u64 *ctx)
{
	asm volatile("*(u64 *)(r10 - 520) = %0" ::"r"(ARG(0, u64)));
	pull(READY);
}

PLAIN_ENQUEUE
CONTROL;
