/* A FIFO scheduler in thirty lines; the macros below turn it into one that fails in a known way. */
#include "tiny.h"

const volatile u32 topo_nr_cpus = 1, topo_nr_cores = 1, topo_nr_llcs = 1, topo_nr_nodes = 1;
const volatile u8 topo_cpu_llc[TOPO_ROOM] = {};
const volatile unsigned short topo_llc_start[TOPO_ROOM + 1] = {}, topo_llc_cpu[TOPO_ROOM] = {};
const volatile u32 topo_llc_near[TOPO_ROOM * TOPO_ROOM] = {};
const volatile u64 slice_ns = SLICE;

s32 exit_kind;
s64 exit_code;
char exit_reason[128], exit_msg[1024];
u64 counters[64 * 2];
u32 seen_llcs, seen_last, seen_near;

struct {
	int (*type)[1];                   /* BPF_MAP_TYPE_HASH */
	int (*max_entries)[64];
	u64 *key, *value;
} layer_cgroups SEC(".maps");

static void count(u32 column)
{
	u32 cpu = smp_processor_id();

	if (cpu < 64)
		counters[cpu * 2 + column]++;
}

SEC("struct_ops/tiny_select_cpu")
s32 tiny_select_cpu(u64 *ctx)
{
	bool idle = 0;

	return scx_bpf_select_cpu_dfl((void *)ctx[0], ctx[1], ctx[2], &idle);
}

SEC("struct_ops/tiny_enqueue")
void tiny_enqueue(u64 *ctx)
{
	struct task_struct *p = (void *)ctx[0];
	u64 queue = QUEUE;

	/* A task that only one CPU may run would wait in the queue for a CPU that is going offline. */
	if (p->nr_cpus_allowed == 1)
		queue = SCX_DSQ_LOCAL;
	scx_bpf_dsq_insert(p, queue, slice_ns, ctx[1]);
	count(0);
#ifdef REJECTED
	counters[ctx[1]]++;               /* an index without a bound */
#endif
}

SEC("struct_ops/tiny_dispatch")
void tiny_dispatch(u64 *ctx)
{
#ifndef UNSERVED
	if (scx_bpf_dsq_move_to_local(QUEUE))
		count(1);
#endif
#ifdef ABSENT_QUEUE
	scx_bpf_dsq_move_to_local(QUEUE + 1);
#endif
}

SEC("struct_ops/tiny_cpu_online")
void tiny_cpu_online(u64 *ctx) {}

SEC("struct_ops/tiny_cpu_offline")
void tiny_cpu_offline(u64 *ctx) {}

SEC("struct_ops.s/tiny_init")
s32 tiny_init(u64 *ctx)
{
	seen_llcs = topo_nr_llcs;
	seen_last = topo_llc_cpu[TOPO_ROOM > 3 ? 3 : 0] * 10 + topo_cpu_llc[TOPO_ROOM > 3 ? 3 : 0];
	seen_near = topo_llc_near[TOPO_ROOM] * 10 + topo_llc_near[TOPO_ROOM > 1 ? TOPO_ROOM + 1 : 0];
	return scx_bpf_create_dsq(QUEUE, -1);
}

SEC("struct_ops/tiny_exit")
void tiny_exit(u64 *ctx)
{
	struct scx_exit_info *info = (void *)ctx[0];

	exit_kind = info->kind;
	exit_code = info->exit_code;
	probe_read_kernel_str(exit_reason, sizeof(exit_reason), info->reason);
	probe_read_kernel_str(exit_msg, sizeof(exit_msg), info->msg);
}

SEC("struct_ops/tiny_extra")
void tiny_extra(u64 *ctx) {}

SEC(".struct_ops.link")
struct sched_ext_ops tiny = {
	.select_cpu = (void *)tiny_select_cpu,
	.enqueue = (void *)tiny_enqueue,
	.dispatch = (void *)tiny_dispatch,
	.cpu_online = (void *)tiny_cpu_online,
	.cpu_offline = (void *)tiny_cpu_offline,
	.init = (void *)tiny_init,
	.exit = (void *)tiny_exit,
	.not_in_any_kernel = (void *)tiny_extra,
#ifdef UNSERVED
	.timeout_ms = 4000,               /* it is going to stall: soon */
#else
	.timeout_ms = 20000,
#endif
	.name = "tiny",
};
