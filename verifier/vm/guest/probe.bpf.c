/* Follows the tasks of real programs, from the first one through its forks: how long they wait for a CPU, and how long
 * they have it. */
#include "probe.h"

#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))
#define HASH 1
#define ARRAY 2
#define TRIES 8

typedef __UINT32_TYPE__ u32;
typedef __UINT64_TYPE__ u64;

struct task_struct { int pid; } CORE;

struct {
	int (*type)[HASH];
	int (*max_entries)[PROBE_TASKS];
	int *key;
	struct probe_task *value;
} followed SEC(".maps");

struct {
	int (*type)[ARRAY];
	int (*max_entries)[PROBE_GROUPS];
	u32 *key;
	struct probe_seen *value;
} seen SEC(".maps");

static void *(*const map_lookup)(void *map, const void *key) = (void *)1;
static long (*const map_update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*const map_delete)(void *map, const void *key) = (void *)3;
static u64 (*const ktime_get_ns)(void) = (void *)5;

static struct probe_task *task_of(const struct task_struct *p)
{
	int pid = p->pid;

	return map_lookup(&followed, &pid);
}

static void add(u64 *counter, u64 value)
{
	__sync_fetch_and_add(counter, value);
}

static void count(struct histogram *histogram, u64 value)
{
	u32 bucket = bucket_of(value);

	if (bucket >= BUCKETS)
		return;
	for (int i = 0; i < TRIES; i++) {
		u64 max = histogram->max;

		if (value <= max || __sync_val_compare_and_swap(&histogram->max, max, value) == max)
			break;
	}
	add(&histogram->sum, value);
	__sync_fetch_and_add(&histogram->bucket[bucket], 1);
}

static void leave_cpu(const struct task_struct *p, u64 now, u32 runnable)
{
	struct probe_task *task = task_of(p);
	struct probe_seen *group = task ? map_lookup(&seen, &task->group) : 0;

	if (!group)
		return;
	add(&group->cpu_ns, task->since_ns ? now - task->since_ns : 0);
	add(runnable ? &group->forced : &group->voluntary, 1);
	task->since_ns = 0;
	task->ready_ns = runnable ? now : 0;
	task->woken = 0;
}

static void get_cpu(const struct task_struct *p, u64 now)
{
	struct probe_task *task = task_of(p);
	struct probe_seen *group = task ? map_lookup(&seen, &task->group) : 0;

	if (!group)
		return;
	if (task->ready_ns)
		count(task->woken ? &group->woken : &group->gap, now - task->ready_ns);
	task->ready_ns = 0;
	task->since_ns = now;
}

/* preempt, prev, next, prev_state; whoever is preempted is runnable, whatever it was about to do */
SEC("tp_btf/sched_switch")
int on_switch(u64 *args)
{
	u64 now = ktime_get_ns();

	leave_cpu((const struct task_struct *)args[1], now, (args[0] & 1) || !(u32)args[3]);
	get_cpu((const struct task_struct *)args[2], now);
	return 0;
}

/* Who has a CPU, or waits for one already, is woken from nothing. */
static int on_woken(const struct task_struct *p)
{
	struct probe_task *task = task_of(p);

	if (!task || task->since_ns || task->ready_ns)
		return 0;
	task->woken = 1;
	task->ready_ns = ktime_get_ns();
	return 0;
}

SEC("tp_btf/sched_wakeup")
int on_wakeup(u64 *args)
{
	return on_woken((const struct task_struct *)args[0]);
}

SEC("tp_btf/sched_wakeup_new")
int on_wakeup_new(u64 *args)
{
	return on_woken((const struct task_struct *)args[0]);
}

SEC("tp_btf/sched_migrate_task")
int on_migrate(u64 *args)
{
	struct probe_task *task = task_of((const struct task_struct *)args[0]);
	struct probe_seen *group = task ? map_lookup(&seen, &task->group) : 0;

	if (group)
		add(&group->migrations, 1);
	return 0;
}

/* parent, child */
SEC("tp_btf/sched_process_fork")
int on_fork(u64 *args)
{
	struct probe_task *parent = task_of((const struct task_struct *)args[0]), child = {};
	struct probe_seen *group = parent ? map_lookup(&seen, &parent->group) : 0;
	int pid = ((const struct task_struct *)args[1])->pid;

	if (!group)
		return 0;
	child.group = parent->group;
	if (map_update(&followed, &pid, &child, 0))
		add(&group->lost, 1);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int on_exit(u64 *args)
{
	const struct task_struct *p = (const struct task_struct *)args[0];
	int pid = p->pid;

	leave_cpu(p, ktime_get_ns(), 0);
	map_delete(&followed, &pid);
	return 0;
}

char probe_license[] SEC("license") = "GPL";
