/* Loops until something comes that never comes. */
#include "control.h"

SEC("struct_ops/dispatch")
void policy_dispatch(u64 *ctx)
{
	volatile u64 waiting = 1;

	while (waiting)
		;
	pull(READY);
}

PLAIN_ENQUEUE
CONTROL;
