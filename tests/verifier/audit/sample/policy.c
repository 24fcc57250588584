#include "sample.h"

char _license[] SEC("license") = "GPL";

struct cpu_state {
	u64 served;
	u64 last;
};
struct {
	__uint(type, 6);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, struct cpu_state);
} cpu_states SEC(".maps");

const volatile u64 slice = 5000000;
const volatile u32 nr_llcs = 1;
u64 stolen;
static u64 clock;

#line 20 "policy.sched"
static __attribute__((noinline)) bool try_pull(u64 id)
{
	if (scx_bpf_dsq_nr_queued(id) <= 0)
		return 0;
	return scx_bpf_dsq_move_to_local(id);
}

#line 30 "policy.sched"
SEC("struct_ops/select_cpu") s32 policy_select_cpu(u64 *ctx)
{
	struct task_struct *p = ARG(struct task_struct *, 0);
	bool idle = 0;
	return scx_bpf_select_cpu_dfl(p, ctx[1], ctx[2], &idle);
}

#line 40 "policy.sched"
SEC("struct_ops/enqueue") void policy_enqueue(u64 *ctx)
{
	struct task_struct *p = ARG(struct task_struct *, 0);
	if (p->scx.weight > 100)
		p->scx.dsq_vtime = clock;
	if (scx_bpf_dsq_insert___v2___flavour)
		scx_bpf_dsq_insert___v2___flavour(p, 7, slice, 0);
	else
		scx_bpf_dsq_insert(p, 7, slice, 0);
}

#line 60 "policy.sched"
SEC("struct_ops/dispatch") void policy_dispatch(u64 *ctx)
{
	u32 key = 0, i;
	struct cpu_state *state = bpf_map_lookup_elem(&cpu_states, &key);
	if (state)
		state->served += 1;
	if (try_pull(7))
		return;
#line 70 "policy.sched"
	for_range(i, 0, nr_llcs) {
		if (try_pull(100 + i)) {
			__sync_fetch_and_add(&stolen, 1);
			return;
		}
	}
}

#line 80 "policy.sched"
SEC("struct_ops/stopping") void policy_stopping(u64 *ctx)
{
	clock = bpf_ktime_get_ns();
}
SEC("struct_ops.s/cpu_online") void policy_cpu_online(u64 *ctx) {}
SEC("struct_ops.s/cpu_offline") void policy_cpu_offline(u64 *ctx) {}
SEC("struct_ops.s/init") s32 policy_init(u64 *ctx)
{
	return scx_bpf_create_dsq(7, -1);
}

SEC(".struct_ops.link") struct sched_ext_ops policy = {
	.select_cpu = (void *)policy_select_cpu,
	.enqueue = (void *)policy_enqueue,
	.dispatch = (void *)policy_dispatch,
	.stopping = (void *)policy_stopping,
	.cpu_online = (void *)policy_cpu_online,
	.cpu_offline = (void *)policy_cpu_offline,
	.init = (void *)policy_init,
	.timeout_ms = 5000,
	.name = "policy",
};
