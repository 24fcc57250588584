/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of the kernel that a policy program sees: types, enums and functions, declared by hand.
 *
 * Offsets and enum values are relocated at load (CO-RE), so only names matter here. Every kernel function is
 * weak: `compat.h` picks among those that the running kernel has.
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
#define NULL ((void *)0)

#define SEC(name) __attribute__((section(name), used))
#define __always_inline inline __attribute__((always_inline))
#define __out_of_line __attribute__((noinline))
#define __ksym __attribute__((section(".ksyms")))
#define __weak __attribute__((weak))
#define __noinline __attribute__((noinline))
/* A call that stays one call in one loop: one that asks in two places for its next element is not seen to end. */
#define __single __attribute__((noduplicate, convergent))
#define __core __attribute__((preserve_access_index))
#define __uint(name, val) int(*name)[val]
#define __type(name, val) typeof(val) *name
/* Program and map pointers in struct_ops arguments arrive in an array of 64-bit words. */
#define ARG(n, type) ((type)ctx[n])

#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile typeof(x) *)&(x) = (value))
/* Hides where a value comes from, so that clang keeps the bound that the verifier has to see. */
#define opaque(x) asm volatile("" : "+w"(x))
/* An index below `size`, a power of two, as the verifier sees it. */
#define masked(index, size)                                     \
	({                                                      \
		u32 masked__ = (index);                         \
		asm("%0 &= %1" : "+w"(masked__) : "i"((size) - 1)); \
		masked__;                                       \
	})
/* The same for 64 bits, so that clang does not see how two values belong together. */
#define unrelated(x) asm volatile("" : "+r"(x))

/*
 * A field of the kernel's. Where two branches end in a read of the same size, one of the kernel's memory and one of a
 * map's, clang would make them one read through either pointer, and the verifier takes no such read.
 */
#define kernel_field(place)           \
	({                            \
		u64 field__ = (place); \
		asm("" : "+r"(field__)); \
		field__;              \
	})

#define ksym_exists(function) (!!(function))
#define field_exists(field) __builtin_preserve_field_info(field, 2)
#define type_exists(type) __builtin_preserve_type_info(*(typeof(type) *)0, 0)
#define kernel_enum(type, value) __builtin_preserve_enum_value(*(type *)value, 1)
#define kernel_enum_exists(type, value) __builtin_preserve_enum_value(*(type *)value, 0)

/* ---- enums: the names are the kernel's, the values here are not used */

enum scx_dsq_id_flags {
	SCX_DSQ_GLOBAL = 1ULL << 63 | 1,
	SCX_DSQ_LOCAL = 1ULL << 63 | 2,
	SCX_DSQ_LOCAL_ON = 1ULL << 63 | 1ULL << 62,
};

enum scx_enq_flags {
	SCX_ENQ_WAKEUP = 1,
	SCX_ENQ_PREEMPT = 1ULL << 32,
};

enum scx_public_consts {
	SCX_SLICE_DFL = 20000000ULL,
	SCX_SLICE_INF = ~0ULL,
};

enum scx_ent_flags {
	SCX_TASK_QUEUED = 1,
};

enum scx_kick_flags {
	SCX_KICK_IDLE = 1ULL << 0,
	SCX_KICK_PREEMPT = 1ULL << 1,
};

enum scx_pick_idle_cpu_flags {
	SCX_PICK_IDLE_CORE = 1ULL << 0,
};

/* Fixed numbers of the kernel's interfaces. */
#define PF_KTHREAD 0x00200000
#define DEFAULT_PRIO 120
#define E2BIG 7
#define CLOCK_MONOTONIC 1
#define BPF_F_TIMER_CPU_PIN (1ULL << 1)

/* ---- structures: only what is read */

typedef struct {
	u32 val;
} kuid_t;

/* Complete, so that its pointers match those of the kernel's functions. */
struct cpumask {
	u64 bits[1];
} __core;
struct bpf_iter_num {
	u64 state[1];
} __attribute__((aligned(8)));
struct bpf_iter_scx_dsq {
	u64 state[6];
} __attribute__((aligned(8)));
struct bpf_timer {
	u64 state[2];
} __attribute__((aligned(8)));

struct thread_info {
	u32 cpu;
} __core;

enum cpuhp_state {
	CPUHP_ONLINE = 1,
};

/* Where a CPU is between off and on, and where it is going. */
struct cpuhp_cpu_state {
	enum cpuhp_state state;
	enum cpuhp_state target;
} __core;

struct sched_entity {
	u64 sum_exec_runtime;
} __core;

struct sched_ext_entity {
	u32 flags;
	u32 weight;
	u64 slice;
	u64 dsq_vtime;
} __core;

struct kernfs_node {
	u64 id;
} __core;

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
} __core;

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
} __core;

struct css_set {
	struct cgroup *dfl_cgrp;
} __core;

struct cred {
	kuid_t uid;
} __core;

struct sched_info {
	u64 last_queued;
} __core;

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
} __core;

/* Without the group where the kernel was built without groups for sched_ext. */
struct scx_init_task_args {
	struct cgroup *cgroup;
} __core;

struct scx_cgroup_init_args {
	u32 weight;
} __core;

enum scx_exit_kind {
	SCX_EXIT_NONE,
};

struct scx_exit_info {
	enum scx_exit_kind kind;
	const char *msg;
} __core;

/* The callbacks that a policy program can have; matched with the kernel's by name. */
struct sched_ext_ops {
	s32 (*select_cpu)(struct task_struct *p, s32 prev_cpu, u64 wake_flags);
	void (*enqueue)(struct task_struct *p, u64 enq_flags);
	void (*dispatch)(s32 cpu, struct task_struct *prev);
	void (*tick)(struct task_struct *p);
	void (*runnable)(struct task_struct *p, u64 enq_flags);
	void (*running)(struct task_struct *p);
	void (*stopping)(struct task_struct *p, bool runnable);
	void (*quiescent)(struct task_struct *p, u64 deq_flags);
	void (*set_weight)(struct task_struct *p, u32 weight);
	s32 (*init_task)(struct task_struct *p, struct scx_init_task_args *args);
	void (*enable)(struct task_struct *p);
	s32 (*cgroup_init)(struct cgroup *cgrp, struct scx_cgroup_init_args *args);
	void (*cgroup_exit)(struct cgroup *cgrp);
	void (*cgroup_move)(struct task_struct *p, struct cgroup *from, struct cgroup *to);
	void (*cgroup_set_weight)(struct cgroup *cgrp, u32 weight);
	void (*cpu_online)(s32 cpu);
	void (*cpu_offline)(s32 cpu);
	s32 (*init)(void);
	void (*exit)(struct scx_exit_info *info);
	u64 flags;
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

/* ---- functions of sched_ext; a part behind ___ is not part of the name that is looked up */

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node) __ksym __weak;
s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu, u64 wake_flags, bool *is_idle) __ksym __weak;
s32 scx_bpf_select_cpu_and(struct task_struct *p, s32 prev_cpu, u64 wake_flags, const struct cpumask *cpus_allowed,
			   u64 flags) __ksym __weak;
s32 __scx_bpf_select_cpu_and(struct task_struct *p, const struct cpumask *cpus_allowed,
			     struct scx_bpf_select_cpu_and_args *args) __ksym __weak;
s32 scx_bpf_pick_idle_cpu(const struct cpumask *cpus_allowed, u64 flags) __ksym __weak;
bool scx_bpf_test_and_clear_cpu_idle(s32 cpu) __ksym __weak;
void scx_bpf_kick_cpu(s32 cpu, u64 flags) __ksym __weak;
bool scx_bpf_dsq_insert___v2___new(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags) __ksym __weak;
void scx_bpf_dsq_insert___old(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags) __ksym __weak;
void scx_bpf_dispatch___old(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags) __ksym __weak;
bool __scx_bpf_dsq_insert_vtime(struct task_struct *p, struct scx_bpf_dsq_insert_vtime_args *args) __ksym __weak;
void scx_bpf_dsq_insert_vtime___old(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime, u64 enq_flags) __ksym
	__weak;
void scx_bpf_dispatch_vtime___old(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime, u64 enq_flags) __ksym __weak;
bool scx_bpf_dsq_move_to_local___v2___new(u64 dsq_id, u64 enq_flags) __ksym __weak;
bool scx_bpf_dsq_move_to_local___old(u64 dsq_id) __ksym __weak;
bool scx_bpf_consume___old(u64 dsq_id) __ksym __weak;
bool scx_bpf_dsq_move(struct bpf_iter_scx_dsq *it__iter, struct task_struct *p, u64 dsq_id, u64 enq_flags) __ksym
	__weak;
bool scx_bpf_dispatch_from_dsq___old(struct bpf_iter_scx_dsq *it__iter, struct task_struct *p, u64 dsq_id,
				     u64 enq_flags) __ksym __weak;
s32 scx_bpf_dsq_nr_queued(u64 dsq_id) __ksym __weak;
struct task_struct *scx_bpf_dsq_peek(u64 dsq_id) __ksym __weak;
s32 scx_bpf_task_cpu(const struct task_struct *p) __ksym __weak;
bool scx_bpf_task_set_slice(struct task_struct *p, u64 slice) __ksym __weak;
bool scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime) __ksym __weak;
u64 scx_bpf_now(void) __ksym __weak;
u32 scx_bpf_nr_cpu_ids(void) __ksym __weak;
const struct cpumask *scx_bpf_get_online_cpumask(void) __ksym __weak;
const struct cpumask *scx_bpf_get_idle_cpumask(void) __ksym __weak;
void scx_bpf_put_cpumask(const struct cpumask *mask) __ksym __weak;
void scx_bpf_put_idle_cpumask(const struct cpumask *mask) __ksym __weak;
bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *mask) __ksym __weak;
u32 bpf_cpumask_first(const struct cpumask *mask) __ksym __weak;
u32 bpf_cpumask_any_and_distribute(const struct cpumask *a, const struct cpumask *b) __ksym __weak;
s32 bpf_iter_num_new(struct bpf_iter_num *it, s32 start, s32 end) __ksym __weak;
s32 *bpf_iter_num_next(struct bpf_iter_num *it) __ksym __weak __single;
void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym __weak;
s32 bpf_iter_scx_dsq_new(struct bpf_iter_scx_dsq *it, u64 dsq_id, u64 flags) __ksym __weak;
struct task_struct *bpf_iter_scx_dsq_next(struct bpf_iter_scx_dsq *it) __ksym __weak __single;
void bpf_iter_scx_dsq_destroy(struct bpf_iter_scx_dsq *it) __ksym __weak;

extern const struct cpuhp_cpu_state cpuhp_state __ksym __weak; /* in the BTF of every kernel for several CPUs */

/* ---- helpers, by their fixed numbers */

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static u32 (*const bpf_get_prandom_u32)(void) = (void *)7;
static u32 (*const bpf_get_smp_processor_id)(void) = (void *)8;
static s64 (*const bpf_probe_read_kernel)(void *to, u32 size, const void *from) = (void *)113;
static s64 (*const bpf_probe_read_kernel_str)(void *to, u32 size, const void *from) = (void *)115;
static void *(*const bpf_per_cpu_ptr)(const void *variable, u32 cpu) = (void *)153;
static void *(*const bpf_task_storage_get)(void *map, struct task_struct *p, void *value, u64 flags) = (void *)156;
static s64 (*const bpf_timer_init)(struct bpf_timer *timer, void *map, u64 flags) = (void *)169;
static s64 (*const bpf_timer_set_callback)(struct bpf_timer *timer, void *callback) = (void *)170;
static s64 (*const bpf_timer_start)(struct bpf_timer *timer, u64 nsecs, u64 flags) = (void *)171;

#define BPF_MAP_TYPE_HASH 1
#define BPF_MAP_TYPE_ARRAY 2
#define BPF_MAP_TYPE_TASK_STORAGE 29
#define BPF_F_NO_PREALLOC 1
#define BPF_LOCAL_STORAGE_GET_F_CREATE 1

#endif
