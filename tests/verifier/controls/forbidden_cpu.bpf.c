/* Puts tasks on a CPU that they may not use. */
#include "control.h"

SEC("struct_ops/enqueue")
void policy_enqueue(u64 *ctx)
{
	struct task_struct *p = ARG(0, struct task_struct *);
	u64 enq_flags = ARG(1, u64);
	u32 cpu;

	each_number(cpu, 0, scx_bpf_nr_cpu_ids()) {
		if (!bpf_cpumask_test_cpu(cpu, p->cpus_ptr) && !(p->flags & PF_KTHREAD)) {
			insert(p, DSQ_LOCAL_ON | cpu, SLICE, enq_flags);
			return;
		}
	}
	insert(p, READY, SLICE, enq_flags);
}

PLAIN_DISPATCH
CONTROL;
