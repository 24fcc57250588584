/* Just enough of a kernel to compile a scheduler against, for the tests of the audit. */
typedef unsigned char u8;
typedef unsigned int u32;
typedef int s32;
typedef unsigned long long u64;
typedef long long s64;
typedef _Bool bool;

#define SEC(name) __attribute__((section(name), used))
#define __weak __attribute__((weak))
#define __ksym __attribute__((section(".ksyms")))
#define __uint(name, val) int(*name)[val]
#define __type(name, val) typeof(val) *name
#define KERNEL __attribute__((preserve_access_index))
#define ARG(type, n) ((type)ctx[n])

struct sched_ext_entity {
	u64 slice;
	u64 dsq_vtime;
	u32 weight;
} KERNEL;
struct task_struct {
	s32 pid;
	u32 flags;
	struct sched_ext_entity scx;
} KERNEL;
struct cpumask {
	u64 bits[1];
} KERNEL;
struct bpf_iter_num {
	u64 opaque[1];
} __attribute__((aligned(8)));
struct bpf_iter_scx_dsq {
	u64 opaque[6];
} __attribute__((aligned(8)));

struct sched_ext_ops {
	s32 (*select_cpu)(struct task_struct *p, s32 prev, u64 flags);
	void (*enqueue)(struct task_struct *p, u64 flags);
	void (*dispatch)(s32 cpu, struct task_struct *prev);
	void (*stopping)(struct task_struct *p, bool runnable);
	void (*cpu_online)(s32 cpu);
	void (*cpu_offline)(s32 cpu);
	s32 (*init)(void);
	u32 dispatch_max_batch;
	u64 flags;
	u32 timeout_ms;
	char name[128];
};

extern u64 scx_bpf_now(void) __ksym __weak;
extern s32 scx_bpf_create_dsq(u64 id, s32 node) __ksym __weak;
extern s32 scx_bpf_pick_idle_cpu(const struct cpumask *m, u64 flags) __ksym __weak;
extern s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev, u64 flags, bool *idle) __ksym __weak;
extern void scx_bpf_kick_cpu(s32 cpu, u64 flags) __ksym __weak;
extern void scx_bpf_dsq_insert(struct task_struct *p, u64 id, u64 slice, u64 flags) __ksym __weak;
extern bool scx_bpf_dsq_insert___v2___flavour(struct task_struct *p, u64 id, u64 slice, u64 flags) __ksym __weak;
extern bool scx_bpf_dsq_move_to_local(u64 id) __ksym __weak;
extern s32 scx_bpf_dsq_nr_queued(u64 id) __ksym __weak;
extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym __weak;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym __weak;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym __weak;

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static u32 (*const bpf_get_smp_processor_id)(void) = (void *)8;
static long (*const bpf_probe_write_user)(void *dst, const void *src, u32 len) = (void *)36;

struct bpf_timer {
	u64 opaque[2];
} __attribute__((aligned(8)));
static long (*const bpf_timer_init)(struct bpf_timer *t, void *map, u64 flags) = (void *)169;
static long (*const bpf_timer_set_callback)(struct bpf_timer *t, void *callback) = (void *)170;
static long (*const bpf_timer_start)(struct bpf_timer *t, u64 nsecs, u64 flags) = (void *)171;
static long (*const bpf_loop)(u32 times, void *callback, void *data, u64 flags) = (void *)181;

#define for_range(i, start, end)                                                                    \
	for (struct bpf_iter_num ___it __attribute__((aligned(8), cleanup(bpf_iter_num_destroy))), \
	     *___p __attribute__((unused)) = (bpf_iter_num_new(&___it, (start), (end)), &___it);    \
	     ({ int *___t = bpf_iter_num_next(&___it); ___t && ((i) = *___t, 1); });)

/* The same with the call in an inline function, whose lines are this header's. */
static inline __attribute__((always_inline)) bool next_number(struct bpf_iter_num *it, u32 *number)
{
	int *next = bpf_iter_num_next(it);
	if (!next)
		return 0;
	*number = *next;
	return 1;
}
#define for_next(i, start, end)                                                                     \
	for (struct bpf_iter_num ___it __attribute__((cleanup(bpf_iter_num_destroy))),              \
	     *___p __attribute__((unused)) = (bpf_iter_num_new(&___it, (start), (end)), (void *)0); \
	     next_number(&___it, &(i));)
