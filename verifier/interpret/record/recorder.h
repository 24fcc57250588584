/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between a policy and the simulated core: what the policy asks the kernel for goes through here and is written down.
 *
 * Included in front of the policy, so that its calls are the recorded ones. The core is left as it is.
 */
#ifndef SCHEDC_RECORDER_H
#define SCHEDC_RECORDER_H

#include "schedc/kernel.h"

/* A place of the policy's memory: `count` values of `size` bytes, `stride` apart. Of a task: at `base` in its state. */
struct recorded_place {
	const void *base;
	u32 size, stride, count;
	bool input;	/* set from outside: told before a callback instead of behind it */
};

struct recorded_task_place {
	u32 offset, size;
	bool in_kernel;	/* the offset is one of struct task_struct */
};

extern const struct recorded_place recorded_places[];
extern const u32 nr_recorded_places;
extern const struct recorded_task_place recorded_task_places[];
extern const u32 nr_recorded_task_places;
const void *recorded_task_state(struct task_struct *p);

void record_begin(const char *callback, struct task_struct *p, s64 a, s64 b);
void record_end(s64 result);
void record_flush(void);

bool recorded_insert(struct task_struct *p, u64 dsq, u64 slice, u64 flags);
bool recorded_insert_vtime(struct task_struct *p, struct scx_bpf_dsq_insert_vtime_args *args);
bool recorded_pull(u64 dsq, u64 flags);
bool recorded_move(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq, u64 flags);
s32 recorded_walk(struct bpf_iter_scx_dsq *it, u64 dsq, u64 flags);
s32 recorded_length(u64 dsq);
struct task_struct *recorded_peek(u64 dsq);
s32 recorded_select(struct task_struct *p, s32 prev, u64 wake_flags, bool *idle);
s32 recorded_select_and(struct task_struct *p, const struct cpumask *allowed, struct scx_bpf_select_cpu_and_args *args);
s32 recorded_pick(const struct cpumask *allowed, u64 flags);
bool recorded_claim(s32 cpu);
void recorded_kick(s32 cpu, u64 flags);
bool recorded_set_slice(struct task_struct *p, u64 slice);
u32 recorded_random(void);
s64 recorded_timer_start(struct bpf_timer *timer, u64 ns, u64 flags);

#ifndef SCHEDC_RECORDER
#define scx_bpf_dsq_insert___v2___new(p, dsq, slice, flags) recorded_insert(p, dsq, slice, flags)
#define __scx_bpf_dsq_insert_vtime(p, args) recorded_insert_vtime(p, args)
#define scx_bpf_dsq_move_to_local___v2___new(dsq, flags) recorded_pull(dsq, flags)
#define scx_bpf_dsq_move(it, p, dsq, flags) recorded_move(it, p, dsq, flags)
#define bpf_iter_scx_dsq_new(it, dsq, flags) recorded_walk(it, dsq, flags)
#define scx_bpf_dsq_nr_queued(dsq) recorded_length(dsq)
#define scx_bpf_dsq_peek(dsq) recorded_peek(dsq)
#define scx_bpf_select_cpu_dfl(p, prev, flags, idle) recorded_select(p, prev, flags, idle)
#define __scx_bpf_select_cpu_and(p, allowed, args) recorded_select_and(p, allowed, args)
#define scx_bpf_pick_idle_cpu(allowed, flags) recorded_pick(allowed, flags)
#define scx_bpf_test_and_clear_cpu_idle(cpu) recorded_claim(cpu)
#define scx_bpf_kick_cpu(cpu, flags) recorded_kick(cpu, flags)
#define scx_bpf_task_set_slice(p, slice) recorded_set_slice(p, slice)
#define bpf_get_prandom_u32() recorded_random()
#define bpf_timer_start(timer, ns, flags) recorded_timer_start(timer, ns, flags)
#endif

#endif
