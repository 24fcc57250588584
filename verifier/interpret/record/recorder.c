/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a policy was told and what it decided, callback by callback, as lines of words:
 * verifier/interpret/recording.py reads them.
 */
#define SCHEDC_RECORDER
#include "recorder.h"
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE 256
#define MAX_PLACES 4096
#define MOST_CALLBACKS 400

static char buffer[1 << 16];
static u32 filled;
static void *shadows[MAX_PLACES];
static u64 *task_shadows[MAX_SIM_TASKS];
static struct task_struct *told;

void record_flush(void)
{
	for (u32 done = 0; done < filled;) {
		long wrote = write(1, buffer + done, filled - done);

		if (wrote <= 0)
			_exit(4);
		done += wrote;
	}
	filled = 0;
}

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
	va_list arguments;

	if (filled > sizeof(buffer) - LINE)
		record_flush();
	va_start(arguments, format);
	filled += vsnprintf(buffer + filled, LINE, format, arguments);
	va_end(arguments);
}

/* ---- memory: what has changed since it was told */

static u64 value_at(const void *place, u32 size)
{
	switch (size) {
	case 1:
		return *(const u8 *)place;
	case 4:
		return (u64)(s64)*(const s32 *)place;
	default:
		return *(const u64 *)place;
	}
}

static void tell_place(u32 index, const struct recorded_place *place)
{
	u64 *shadow = shadows[index];

	if (!shadow)
		shadow = shadows[index] = calloc(place->count, sizeof(u64));
	if (place->stride == sizeof(u64) && !memcmp(shadow, place->base, place->count * sizeof(u64)))
		return;
	for (u32 i = 0; i < place->count; i++) {
		u64 value = value_at((const char *)place->base + (u64)i * place->stride, place->size);

		if (value != shadow[i])
			note("r %c %u %u %llu\n", place->input ? '=' : 's', index, i, value);
		shadow[i] = value;
	}
}

static void tell_places(bool input)
{
	for (u32 i = 0; i < nr_recorded_places && i < MAX_PLACES; i++)
		if (recorded_places[i].input == input)
			tell_place(i, &recorded_places[i]);
}

static void tell_task_places(struct task_struct *p)
{
	const void *state = recorded_task_state(p);
	u64 **shadow = &task_shadows[p->pid - 100];

	if (!*shadow)
		*shadow = calloc(nr_recorded_task_places + 1, sizeof(u64));
	for (u32 i = 0; i < nr_recorded_task_places; i++) {
		const struct recorded_task_place *place = &recorded_task_places[i];
		const void *base = place->in_kernel ? p : state;
		u64 value;

		if (!base)
			continue;
		value = value_at((const char *)base + place->offset, place->size);
		if (value != (*shadow)[i])
			note("r T %d %u %llu\n", p->pid, i, value);
		(*shadow)[i] = value;
	}
}

/* ---- callbacks */

static u64 active_cpus(void)
{
	u64 bits = 0;

	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		if (sim.hotplug[cpu].target == CPUHP_ONLINE && sim.hotplug[cpu].state == CPUHP_ONLINE)
			bits |= bit(cpu);
	return bits;
}

static void tell_task(struct task_struct *p)
{
	note("r p %d %u %u %d %u %u %d %d %llu %llu %llu %llu %d %s\n", p->pid, p->thread_info.cpu, p->scx.weight,
	    p->static_prio - DEFAULT_PRIO, p->real_cred->uid.val, p->flags, p->nr_cpus_allowed, p->migration_disabled,
	    p->cpus_ptr->bits[0], p->scx.slice, p->se.sum_exec_runtime, p->cgroups->dfl_cgrp->kn->id,
	    (p->scx.flags & SCX_TASK_QUEUED) != 0, p->comm);
}

void record_begin(const char *callback, struct task_struct *p, s64 a, s64 b)
{
	static u32 begun;
	u64 now = clock_on(&sim.cpus[sim.this_cpu]);

	/* A policy that kicks itself again and again gets through no time at all. */
	if (++begun == MOST_CALLBACKS)
		sim.over = true;
	told = p;
	note("r > %s %llu %d %lld %lld %d\n", callback, now, sim.this_cpu, a, b, p ? p->pid : -1);
	note("r m %llu %llu %llu\n", sim.online.bits[0], active_cpus(), sim.idle.bits[0]);
	tell_places(true);
	if (p)
		tell_task(p);
}

void record_end(s64 result)
{
	tell_places(false);
	if (told)
		tell_task_places(told);
	note("r < %lld\n", result);
}

/* ---- what is decided */

bool recorded_insert(struct task_struct *p, u64 dsq, u64 slice, u64 flags)
{
	note("r i %d %llu %llu %llu\n", p->pid, dsq, slice, flags);
	return scx_bpf_dsq_insert___v2___new(p, dsq, slice, flags);
}

bool recorded_insert_vtime(struct task_struct *p, struct scx_bpf_dsq_insert_vtime_args *args)
{
	note("r i %d %llu %llu %llu %llu\n", p->pid, args->dsq_id, args->slice, args->enq_flags, args->vtime);
	return __scx_bpf_dsq_insert_vtime(p, args);
}

bool recorded_pull(u64 dsq, u64 flags)
{
	bool moved = scx_bpf_dsq_move_to_local___v2___new(dsq, flags);

	note("r l %llu %d\n", dsq, moved);
	return moved;
}

bool recorded_move(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq, u64 flags)
{
	bool moved = scx_bpf_dsq_move(it, p, dsq, flags);

	note("r v %d %llu %d\n", p->pid, dsq, moved);
	return moved;
}

void recorded_kick(s32 cpu, u64 flags)
{
	note("r k %d %llu\n", cpu, flags);
	scx_bpf_kick_cpu(cpu, flags);
}

bool recorded_set_slice(struct task_struct *p, u64 slice)
{
	note("r S %d %llu\n", p->pid, slice);
	return scx_bpf_task_set_slice(p, slice);
}

s64 recorded_timer_start(struct bpf_timer *timer, u64 ns, u64 flags)
{
	note("r t %llu\n", ns);
	return bpf_timer_start(timer, ns, flags);
}

/* ---- what is answered */

s32 recorded_walk(struct bpf_iter_scx_dsq *it, u64 id, u64 flags)
{
	struct bpf_iter_scx_dsq own;
	struct task_struct *p;

	bpf_iter_scx_dsq_new(&own, id, flags);
	while ((p = bpf_iter_scx_dsq_next(&own)))
		note("r w %llu %d %u %llu\n", id, p->pid, p->thread_info.cpu, p->cpus_ptr->bits[0]);
	bpf_iter_scx_dsq_destroy(&own);
	return bpf_iter_scx_dsq_new(it, id, flags);
}

s32 recorded_length(u64 dsq)
{
	s32 length = scx_bpf_dsq_nr_queued(dsq);

	note("r q %llu %d\n", dsq, length);
	return length;
}

struct task_struct *recorded_peek(u64 dsq)
{
	struct task_struct *p = scx_bpf_dsq_peek(dsq);

	if (p)
		note("r f %llu %llu\n", dsq, p->scx.dsq_vtime);
	else
		note("r f %llu\n", dsq);
	return p;
}

s32 recorded_select(struct task_struct *p, s32 prev, u64 wake_flags, bool *idle)
{
	s32 cpu = scx_bpf_select_cpu_dfl(p, prev, wake_flags, idle);

	note("r c near %d %d\n", prev, *idle ? cpu : -1);
	return cpu;
}

s32 recorded_select_and(struct task_struct *p, const struct cpumask *allowed, struct scx_bpf_select_cpu_and_args *args)
{
	s32 cpu = __scx_bpf_select_cpu_and(p, allowed, args);

	note("r c near %d %d\n", args->prev_cpu, cpu < 0 ? -1 : cpu);
	return cpu;
}

s32 recorded_pick(const struct cpumask *allowed, u64 flags)
{
	s32 cpu = scx_bpf_pick_idle_cpu(allowed, flags);

	note("r c %s -1 %d\n", flags & SCX_PICK_IDLE_CORE ? "core" : "any", cpu < 0 ? -1 : cpu);
	return cpu;
}

bool recorded_claim(s32 cpu)
{
	bool idle = scx_bpf_test_and_clear_cpu_idle(cpu);

	note("r c this %d %d\n", cpu, idle ? cpu : -1);
	return idle;
}

u32 recorded_random(void)
{
	u32 number = bpf_get_prandom_u32();

	note("r x %u\n", number);
	return number;
}
