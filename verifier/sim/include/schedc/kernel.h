/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel as a policy program sees it in the simulator: the names of templates/include/schedc/kernel.h, native.
 *
 * compat.h, arithmetic.h and loops.h are used unchanged on top of it. The simulated kernel is 7.3: it has every
 * function that compat.h prefers, so that the branches for older kernels are dead.
 */
#ifndef SCHEDC_KERNEL_H
#define SCHEDC_KERNEL_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed int s32;
typedef signed long long s64;
typedef _Bool bool;
#define true 1
#define false 0
#ifndef NULL
#define NULL ((void *)0)
#endif

/* Sections are for loaders of BPF objects; callbacks are found through the ops structure here. */
#define SEC(name) __attribute__((used))
#define __always_inline inline __attribute__((always_inline))
#define __out_of_line __attribute__((noinline))
#define __noinline __attribute__((noinline))
#define __uint(name, val) int(*name)[val]
#define __type(name, val) typeof(val) *name
#define ARG(n, type) ((type)ctx[n])

#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile typeof(x) *)&(x) = (value))
#define opaque(x) asm volatile("" : "+r"(x))
#define masked(index, size) ((u32)(index) & ((size) - 1))
#define unrelated(x) asm volatile("" : "+r"(x))
#define kernel_field(place) ((u64)(place))

#define ksym_exists(function) 1
#define field_exists(field) 1
#define type_exists(type) 1
#define kernel_enum(type, value) (value)
#define kernel_enum_exists(type, value) 1

/* ---- enums, with the values of 7.3 */

enum scx_dsq_id_flags : u64 {
	SCX_DSQ_FLAG_BUILTIN = 1ULL << 63,
	SCX_DSQ_FLAG_LOCAL_ON = 1ULL << 62,
	SCX_DSQ_INVALID = SCX_DSQ_FLAG_BUILTIN | 0,
	SCX_DSQ_GLOBAL = SCX_DSQ_FLAG_BUILTIN | 1,
	SCX_DSQ_LOCAL = SCX_DSQ_FLAG_BUILTIN | 2,
	SCX_DSQ_BYPASS = SCX_DSQ_FLAG_BUILTIN | 3,
	SCX_DSQ_LOCAL_ON = SCX_DSQ_FLAG_BUILTIN | SCX_DSQ_FLAG_LOCAL_ON,
	SCX_DSQ_LOCAL_CPU_MASK = 0xffffffffULL,
};

enum scx_enq_flags : u64 {
	SCX_ENQ_WAKEUP = 1,
	SCX_ENQ_HEAD = 0x10000,
	SCX_ENQ_CPU_SELECTED = 0x100000,
	SCX_ENQ_PREEMPT = 1ULL << 32,
	SCX_ENQ_LAST = 1ULL << 41,
	SCX_ENQ_DSQ_PRIQ = 1ULL << 57,
	SCX_ENQ_INTERNAL_MASK = 0xffULL << 56,
};

enum scx_deq_flags : u64 {
	SCX_DEQ_SLEEP = 1,
	SCX_DEQ_SCHED_CHANGE = 1ULL << 33,
};

enum scx_public_consts : u64 {
	SCX_SLICE_DFL = 20000000ULL,
	SCX_SLICE_INF = ~0ULL,
};

enum scx_ent_flags {
	SCX_TASK_QUEUED = 1,
	SCX_TASK_RESET_RUNNABLE_AT = 1 << 2,
};

enum scx_kick_flags {
	SCX_KICK_IDLE = 1 << 0,
	SCX_KICK_PREEMPT = 1 << 1,
	SCX_KICK_WAIT = 1 << 2,
};

enum scx_pick_idle_cpu_flags {
	SCX_PICK_IDLE_CORE = 1 << 0,
};

enum scx_wake_flags {
	SCX_WAKE_FORK = 4,
	SCX_WAKE_TTWU = 8,
	SCX_WAKE_SYNC = 16,
};

enum scx_ops_flags {
	SCX_OPS_ENQ_LAST = 1 << 1,
	SCX_OPS_ENQ_EXITING = 1 << 2,
	SCX_OPS_ENQ_MIGRATION_DISABLED = 1 << 4,
};

#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000
#define DEFAULT_PRIO 120
#define E2BIG 7
#define CLOCK_MONOTONIC 1
#define BPF_F_TIMER_CPU_PIN (1ULL << 1)

/* ---- structures: what a policy reads; the simulator's own fields are in struct sim_task */

typedef struct {
	u32 val;
} kuid_t;

/* One word: a simulated machine has at most 64 CPUs. */
struct cpumask {
	u64 bits[1];
};
struct bpf_iter_num {
	s32 state[2];
};
struct bpf_iter_scx_dsq {
	u64 state[6];
};
struct bpf_timer {
	u64 state[2];
};

struct thread_info {
	u32 cpu;
};

enum cpuhp_state {
	CPUHP_OFFLINE = 0,
	CPUHP_ONLINE = 240,
};

struct cpuhp_cpu_state {
	enum cpuhp_state state;
	enum cpuhp_state target;
};

struct sched_entity {
	u64 sum_exec_runtime;
};

struct sched_ext_entity {
	u32 flags;
	u32 weight;
	u64 slice;
	u64 dsq_vtime;
};

struct kernfs_node {
	u64 id;
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
};

struct scx_init_task_args {
	struct cgroup *cgroup;
};

struct scx_cgroup_init_args {
	u32 weight;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct cred {
	kuid_t uid;
};

struct sched_info {
	u64 last_queued;
};

struct task_struct {
	s32 pid;
	struct sched_info sched_info;
	struct thread_info thread_info;
	u32 flags;
	s32 static_prio;
	s32 nr_cpus_allowed;
	u16 migration_disabled;
	s32 rcu_read_lock_nesting;
	const struct cpumask *cpus_ptr;
	struct sched_entity se;
	struct sched_ext_entity scx;
	const struct cred *real_cred;
	struct css_set *cgroups;
	char comm[16];
};

enum scx_exit_kind {
	SCX_EXIT_NONE,
	SCX_EXIT_UNREG = 64,
	SCX_EXIT_UNREG_KERN = 66,
	SCX_EXIT_ERROR = 1024,
	SCX_EXIT_ERROR_STALL = 1026,
};

struct scx_exit_info {
	enum scx_exit_kind kind;
	const char *msg;
};

/* Programs take an array of words, whatever the callback's arguments are: u64 ctx[]. */
struct sched_ext_ops {
	void *select_cpu, *enqueue, *dequeue, *dispatch, *tick, *runnable, *running, *stopping, *quiescent, *yield;
	void *set_weight, *set_cpumask, *update_idle, *cpu_acquire, *cpu_release, *init_task, *exit_task, *enable;
	void *disable, *cgroup_init, *cgroup_exit, *cgroup_move, *cgroup_set_weight, *cpu_online, *cpu_offline, *init, *exit;
	u64 flags;
	u32 dispatch_max_batch;
	u32 timeout_ms;
	char name[128];
};

struct scx_bpf_dsq_insert_vtime_args {
	u64 dsq_id;
	u64 slice;
	u64 vtime;
	u64 enq_flags;
};

struct scx_bpf_select_cpu_and_args {
	s32 prev_cpu;
	u64 wake_flags;
	u64 flags;
};

/* ---- functions of sched_ext */

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node);
s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu, u64 wake_flags, bool *is_idle);
s32 __scx_bpf_select_cpu_and(struct task_struct *p, const struct cpumask *cpus_allowed,
			     struct scx_bpf_select_cpu_and_args *args);
s32 scx_bpf_pick_idle_cpu(const struct cpumask *cpus_allowed, u64 flags);
bool scx_bpf_test_and_clear_cpu_idle(s32 cpu);
void scx_bpf_kick_cpu(s32 cpu, u64 flags);
bool scx_bpf_dsq_insert___v2___new(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags);
bool __scx_bpf_dsq_insert_vtime(struct task_struct *p, struct scx_bpf_dsq_insert_vtime_args *args);
bool scx_bpf_dsq_move_to_local___v2___new(u64 dsq_id, u64 enq_flags);
bool scx_bpf_dsq_move(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq_id, u64 enq_flags);
s32 scx_bpf_dsq_nr_queued(u64 dsq_id);
struct task_struct *scx_bpf_dsq_peek(u64 dsq_id);
s32 scx_bpf_task_cpu(const struct task_struct *p);
bool scx_bpf_task_set_slice(struct task_struct *p, u64 slice);
bool scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime);
u64 scx_bpf_now(void);
u32 scx_bpf_nr_cpu_ids(void);
const struct cpumask *scx_bpf_get_online_cpumask(void);
const struct cpumask *scx_bpf_get_idle_cpumask(void);
void scx_bpf_put_cpumask(const struct cpumask *mask);
void scx_bpf_put_idle_cpumask(const struct cpumask *mask);
bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *mask);
u32 bpf_cpumask_first(const struct cpumask *mask);
u32 bpf_cpumask_any_and_distribute(const struct cpumask *a, const struct cpumask *b);
s32 bpf_iter_num_new(struct bpf_iter_num *it, s32 start, s32 end);
s32 *bpf_iter_num_next(struct bpf_iter_num *it);
void bpf_iter_num_destroy(struct bpf_iter_num *it);
s32 bpf_iter_scx_dsq_new(struct bpf_iter_scx_dsq *it, u64 dsq_id, u64 flags);
struct task_struct *bpf_iter_scx_dsq_next(struct bpf_iter_scx_dsq *it);
void bpf_iter_scx_dsq_destroy(struct bpf_iter_scx_dsq *it);

/* What older kernels have in their place: declared for compat.h, called by nothing here. */
s32 scx_bpf_select_cpu_and(struct task_struct *p, s32 prev_cpu, u64 wake_flags, const struct cpumask *cpus_allowed,
			   u64 flags);
void scx_bpf_dsq_insert___old(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags);
void scx_bpf_dispatch___old(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags);
void scx_bpf_dsq_insert_vtime___old(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime, u64 enq_flags);
void scx_bpf_dispatch_vtime___old(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime, u64 enq_flags);
bool scx_bpf_dsq_move_to_local___old(u64 dsq_id);
bool scx_bpf_consume___old(u64 dsq_id);
bool scx_bpf_dispatch_from_dsq___old(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq_id, u64 enq_flags);

extern const struct cpuhp_cpu_state cpuhp_state;

/* ---- helpers. A map is known by its address; what its declaration says, the compiler passes on. */

#define BPF_MAP_TYPE_HASH 1
#define BPF_MAP_TYPE_ARRAY 2
#define BPF_MAP_TYPE_TASK_STORAGE 29
#define BPF_F_NO_PREALLOC 1
#define BPF_LOCAL_STORAGE_GET_F_CREATE 1

void *sim_map_lookup(void *map, u32 type, const void *key, u32 value_size);
void *sim_task_storage(void *map, u32 value_size, struct task_struct *p, u64 flags);
const void *bpf_per_cpu_ptr(const void *variable, u32 cpu);
u64 bpf_ktime_get_ns(void);
u32 bpf_get_prandom_u32(void);
u32 bpf_get_smp_processor_id(void);
s64 bpf_probe_read_kernel(void *to, u32 size, const void *from);
s64 bpf_probe_read_kernel_str(void *to, u32 size, const void *from);
s64 bpf_timer_init(struct bpf_timer *timer, void *map, u64 flags);
s64 bpf_timer_set_callback(struct bpf_timer *timer, void *callback);
s64 bpf_timer_start(struct bpf_timer *timer, u64 nsecs, u64 flags);

#define bpf_map_lookup_elem(map, key) \
	sim_map_lookup((map), sizeof(*(map)->type) / sizeof(int), (key), sizeof(*(map)->value))
#define bpf_task_storage_get(map, p, value_, flags) sim_task_storage((map), sizeof(*(map)->value), (p), (flags))

#endif
