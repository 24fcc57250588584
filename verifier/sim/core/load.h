/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lab's load generator as tasks of the simulator: groups that ask for the CPU as a workload file says, and what
 * they saw. What the tasks of each kind do is that of verifier/vm/guest/load_kinds.c and load_requests.c, step by step
 * instead of by blocking; the durations are drawn by the lab's own load_draw.c, so that a seed means the same in both.
 */
#ifndef SCHEDC_SIM_LOAD_H
#define SCHEDC_SIM_LOAD_H

#include "sim.h"

#include <stdint.h>

#define MAX_LOAD_GROUPS 32
#define MAX_MESSENGERS 64
#define SUB_BITS 7	/* a bucket is at most 1/128 of its values wide */
#define BUCKETS ((64 - SUB_BITS + 1) << SUB_BITS)

enum shape { NOTHING, CONSTANT, UNIFORM, EXPONENTIAL, BIMODAL };

struct draw {
	enum shape shape;
	uint64_t a, b, per_mille;
};

struct histogram {
	u64 sum, max;
	u32 bucket[BUCKETS];
};

/* From the wakeup to the first instruction; from when work was due to its end; without the CPU. */
enum seen { WOKEN, REQUEST, GAP, SEEN };

struct tally {
	u64 begun, done, missed, dropped, finished, child_cpu_ns;
	struct histogram seen[SEEN];
};

struct team;

struct load_group {
	char name[64];
	u32 kind, index;
	s32 count, messengers, nice;
	bool idle_policy;
	u64 cpus, cgroup, period_ns, deadline_ns;
	struct draw service, think, arrival;
	struct tally tally;
	struct team *teams[MAX_MESSENGERS];
};

/* One task. `next` is what it does when it has done what it did; `state` where it is in that. */
struct task {
	uint64_t random;
	struct sim_task *p;
	struct load_group *group;
	u32 number, state, bytes;
	struct phase (*next)(struct task *task);
	bool waits, slept;
	u64 due, service_ns, last_look;
	struct task *other;	/* of a pair; of a child its parent, and of that the child that it waits for */
	struct team *team;
	u64 cpu_before, voluntary_before, forced_before, migrations_before;
};

struct load {
	bool wanted;
	u64 seed, ns, warm_ns, per_ns;
	u64 started, from, to;	/* only what begins in the window counts */
	u32 nr_groups, nr_tasks, jobs, jobs_left;
	struct load_group group[MAX_LOAD_GROUPS];
	struct task **tasks;
};

extern struct load load;

/* ---- load_read.c */

void read_load(void);
void read_group(void);
void read_draw(void);
void read_cost(void);

/* ---- load.c: the start, the window, the report */

void load_begin(void);
void load_report(void);
struct phase load_next(struct task *task);
void load_job_done(void);

/* ---- load_kinds.c, load_requests.c, load_forks.c */

extern const char *const load_kinds[];
u32 load_nr_kinds(void);
void load_add_group(struct load_group *group);
struct task *load_add(struct load_group *group, u32 number);
void load_dress(struct task *task);	/* as its group says */
void requests_add(struct load_group *group);
struct phase forks_next(struct task *task);
void load_exits(struct task *task);	/* it is about to be gone; */
void load_gone(struct task *task);	/* it is */

/* What a step can come to. */
struct phase load_run(u64 ns);			/* as long as the lab's busy loop takes for it */
struct phase load_sleep_until(u64 time);
struct phase load_wait(struct task *task);	/* until load_wake() */
void load_wake(struct task *task, u64 wake_flags);

/* ---- load_tally.c */

bool tally_counts(u64 begin);
void tally_seen(struct load_group *group, enum seen what, u64 from, u64 to);
void tally_begun(struct load_group *group, u64 due);
void tally_done(struct load_group *group, u64 due);
void tally_report(const struct load_group *group);

/* ---- load_draw.c, of the lab */

uint64_t mix_bits(uint64_t value);
uint64_t draw_ns(const struct draw *draw, struct task *task);
uint64_t crew_random(struct task *task, uint64_t below);

#endif
