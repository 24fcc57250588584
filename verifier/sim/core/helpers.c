/* SPDX-License-Identifier: GPL-2.0 */
/* BPF's own: maps, timers, numbered loops, reads of memory. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#define MAX_TIMERS 32

/* ---- maps */

/* The value of an array of one element. */
static void *array_value(void *map, u32 size)
{
	static struct {
		void *map, *value;
	} arrays[MAX_TIMERS];
	u32 i = 0;

	while (i < MAX_TIMERS && arrays[i].map && arrays[i].map != map)
		i++;
	if (i == MAX_TIMERS)
		refuse("more than %d arrays", MAX_TIMERS);
	if (!arrays[i].map) {
		arrays[i].map = map;
		arrays[i].value = calloc(1, size);
	}
	return arrays[i].value;
}

/* The one hash that a policy has is that of control groups: their ids to the patterns that they match. */
void *sim_map_lookup(void *map, u32 type, const void *key, u32 value_size)
{
	step();
	if (type == BPF_MAP_TYPE_HASH)
		return group_lookup(key);
	return *(const u32 *)key ? NULL : array_value(map, value_size);
}

static u32 storage_slot(void *map)
{
	static void *maps[MAX_MAPS];
	u32 slot = 0;

	while (slot < MAX_MAPS && maps[slot] && maps[slot] != map)
		slot++;
	if (slot == MAX_MAPS)
		refuse("more than %d maps of task storage", MAX_MAPS);
	maps[slot] = map;
	return slot;
}

void *sim_task_storage(void *map, u32 size, struct task_struct *task, u64 flags)
{
	void **value = &sim_task(task)->storage[storage_slot(map)];

	step();
	if (!*value && (flags & BPF_LOCAL_STORAGE_GET_F_CREATE))
		*value = calloc(1, size);
	return *value;
}

/* ---- timers: the first word is the callback, the second its event */

typedef int (*timer_program)(void *map, u32 *key, struct bpf_timer *timer);

s64 bpf_timer_init(struct bpf_timer *timer, void *map, u64 flags)
{
	static s32 nr_timers;
	struct event *event = timer->state[1] ? (struct event *)timer->state[1] : calloc(1, sizeof(*event));

	(void)map;
	(void)flags;
	if (!event)
		return -12;
	event_cancel(event);
	*event = (struct event){ .kind = EV_TIMER, .number = nr_timers++, .what = timer };
	*timer = (struct bpf_timer){ { 0, (u64)event } };
	return 0;
}

s64 bpf_timer_set_callback(struct bpf_timer *timer, void *callback)
{
	timer->state[0] = (u64)callback;
	return 0;
}

/* A timer without a CPU of its own fires where it was started. */
s64 bpf_timer_start(struct bpf_timer *timer, u64 ns, u64 flags)
{
	struct event *event = (struct event *)timer->state[1];

	(void)flags;
	step();
	if (!timer->state[0])
		return -22;
	event->cpu = sim.this_cpu;
	event_set(event, sim.now + (ns ? ns : 1));
	return 0;
}

void timer_fire(struct bpf_timer *timer)
{
	u32 key = 0;

	if (!sim.cpus[sim.this_cpu].online)
		sim.this_cpu = __builtin_ctzll(sim.online.bits[0]);
	sim.callback = "timer";
	sim.callback_task = NULL;
	sim.callback_steps = 0;
	sim.allowed = KF_UNLOCKED;
	trace("timer", NULL, sim.this_cpu, 0);
	((timer_program)timer->state[0])(NULL, &key, timer);
	sim.callback = NULL;
	dsq_forget_iterators();
}

/* ---- loops over numbers */

s32 bpf_iter_num_new(struct bpf_iter_num *it, s32 start, s32 end)
{
	it->state[0] = start < end ? start - 1 : end;
	it->state[1] = end;
	return 0;
}

s32 *bpf_iter_num_next(struct bpf_iter_num *it)
{
	step_alone();
	if (it->state[0] >= it->state[1] || ++it->state[0] >= it->state[1])
		return NULL;
	return &it->state[0];
}

void bpf_iter_num_destroy(struct bpf_iter_num *it)
{
	(void)it;
}

/* ---- CPUs, time, chance, memory */

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *mask)
{
	return mask_has(mask, cpu);
}

u32 bpf_cpumask_first(const struct cpumask *mask)
{
	return mask->bits[0] ? __builtin_ctzll(mask->bits[0]) : sim.nr_cpus;
}

u32 bpf_cpumask_any_and_distribute(const struct cpumask *a, const struct cpumask *b)
{
	s32 cpu;

	step();
	cpu = distribute(a->bits[0] & b->bits[0]);
	return cpu < 0 ? (u32)sim.nr_cpus : (u32)cpu;
}

const struct cpuhp_cpu_state cpuhp_state;

const void *bpf_per_cpu_ptr(const void *variable, u32 cpu)
{
	return variable == &cpuhp_state && cpu < (u32)sim.nr_cpus ? &sim.hotplug[cpu] : NULL;
}

u64 bpf_ktime_get_ns(void)
{
	return clock_of_policy();
}

u32 bpf_get_prandom_u32(void)
{
	sim.random ^= sim.random << 13;
	sim.random ^= sim.random >> 7;
	sim.random ^= sim.random << 17;
	return sim.random >> 16;
}

u32 bpf_get_smp_processor_id(void)
{
	return sim.this_cpu;
}

s64 bpf_probe_read_kernel(void *to, u32 size, const void *from)
{
	memcpy(to, from, size);
	return 0;
}

s64 bpf_probe_read_kernel_str(void *to, u32 size, const void *from)
{
	u32 length = strnlen(from, size ? size - 1 : 0);

	memcpy(to, from, length);
	((char *)to)[length] = 0;
	return length + 1;
}
