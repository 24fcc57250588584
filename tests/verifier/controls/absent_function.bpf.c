/* Calls a function that no kernel has. */
#include "control.h"

extern bool scx_bpf_dsq_move_to_moon(u64 dsq_id) __ksym;

SEC("struct_ops/dispatch")
void policy_dispatch(u64 *ctx)
{
	scx_bpf_dsq_move_to_moon(READY);
}

PLAIN_ENQUEUE
CONTROL;
