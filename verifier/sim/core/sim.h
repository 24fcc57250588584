/* SPDX-License-Identifier: GPL-2.0 */
/* The simulated core: a machine, its tasks, sched_ext's queues and the time, in one thread. */
#ifndef SCHEDC_SIM_H
#define SCHEDC_SIM_H

#include "schedc/kernel.h"

/* What the core keeps is in sections of its own, so that a run can be set back: it is all that changes in one. */
#pragma clang section bss = "sim_bss" data = "sim_data"

#define MAX_SIM_CPUS 64
/* As many as there are process ids. */
#define MAX_SIM_TASKS 32768
#define MAX_PHASES 32
#define MAX_MAPS 8
#define MAX_BATCH 32
#define TICK_NS 4000000ULL
/* How long a request to another CPU takes; nothing else in the core takes time. */
#define IPI_NS 500ULL
/* What a task runs between its decision to end and its last switch, and after a yield. */
#define EXIT_NS 20000ULL
#define YIELD_NS 1000ULL
/* From the first step down of a CPU to the callback: the kernel waits for readers in between. */
#define DEACTIVATE_NS 1000000ULL
/* What it takes to put the tasks of a CPU into other queues when the policy is bypassed. */
#define CYCLE_NS 2000ULL
#define NEVER (~0ULL)
/* How long the machine was up when the run began: clocks do not begin at zero. */
#define UPTIME_NS 3600000000000ULL

struct sim_task;
struct sim_cpu;

/* ---- events.c: what happens when */

enum event_kind {
	EV_WAKE,	/* a task's sleep is over */
	EV_START,	/* a task is there from now on */
	EV_RESCHED,	/* a CPU was asked to choose again */
	EV_DONE,	/* a CPU's task ran what it wanted to */
	EV_TICK,
	EV_HIGHER_END,	/* a higher class leaves a CPU */
	EV_OFFLINE,	/* the second step of a CPU on its way down */
	EV_PUSH,	/* a CPU on its way down sends its task elsewhere */
	EV_TIMER,
	EV_WATCHDOG,
	EV_BYPASS,	/* the bypass reaches a CPU, or leaves it */
	EV_SCRIPT,	/* what the scenario wants */
	EV_LOAD,	/* the load generator's: its start, its window, its end */
};

/* It belongs to what it happens to, which has one of each kind: there are never more than the machine needs. */
struct event {
	enum event_kind kind;
	s32 cpu;
	s32 number;	/* among those of its kind, where it belongs to no CPU */
	void *what;
	u32 at;		/* its place in the heap, from 1 on; 0 when it is not due */
};

/* At another time, if it was due already. */
void event_set(struct event *event, u64 time);
void event_cancel(struct event *event);
u64 event_time(const struct event *event);	/* of one that is due */
void events_run(void);
bool events_next(void);		/* the next one; false where nothing is left to happen */
struct event *events_first(void);	/* which that is, or NULL */
void events_count(void);		/* one more; who has too many does not come back */
void time_goes_on(u64 until);
void event_happens(struct event *event);
struct event *event_due(u32 index);	/* of all that are due, in no order; NULL behind the last */
void watchdog_begin(void);

/* ---- steps.c: an order of events that is given, whatever their times are */

/* The event of that kind of a CPU, or the one of that number. */
struct step {
	enum event_kind kind;
	s32 number;
};

#define MAX_STEPS 256
/* What each task runs when all steps are taken: longer than a policy may let a CPU idle. */
#define CALM_RUN_NS 10000000ULL

extern u32 nr_steps;			/* in the scenario */
void read_step(void);
const char *step_name(enum event_kind kind);
void steps_begin(void);
u32 steps_possible(struct step *steps);	/* always in the same order */
bool step_take(struct step step);	/* false where it is not possible */
void steps_end(void);
void steps_run(void);

/* ---- strands.c: callbacks that stop while others go on */

#define MAX_STOPS 4096

void stop_add(u64 access, u64 ns);	/* at the access of that number, for at most that long */
bool stops_wanted(void);
void strands_run(void);			/* all events, with these stops */
bool may_stop(const char *place);	/* at an access to what CPUs share, by its name */
void report_stops(void);
extern u32 nr_strands;			/* at most; 0 where nothing stops */
bool strand_claim(u64 queues);
u64 strands_at_work(void);
u32 strand_now(void);			/* the one at work, from 1 on; 0 for none */
/*
 * Locks the queues of runnable tasks of these CPUs, as long as the event is handled. True if that took waiting, without
 * any lock: what was known of queues is not so any more.
 */
static inline bool rq_claim(u64 queues)
{
	return nr_strands && strand_claim(queues);
}

/* Of others, which stopped or wait. */
static inline u64 cpus_at_work(void)
{
	return nr_strands ? strands_at_work() : 0;
}

void free_when_unseen(void *memory);

/* ---- queues.c */

struct dsq {
	u64 id, seq;
	s32 cpu;	/* the CPU whose local queue it is, or -1 */
	u32 nr, nr_priq;
	struct sim_task *first, *last;
	struct sim_task *root;	/* those in order of virtual time, as a tree */
	struct dsq *next;
};

struct dsq *dsq_find(u64 id);
s32 dsq_create(u64 id);
struct dsq *dsq_for_dispatch(u64 id, struct sim_cpu *rq, s32 task_cpu);
struct dsq *dsq_global(s32 cpu);
u64 dsq_cpu(u64 id);	/* the bit of the CPU whose local queue it is, or 0 */
void dsq_link(struct dsq *dsq, struct sim_task *p, u64 enq_flags);
void dsq_unlink(struct sim_task *p);
void dsq_forget_iterators(void);

/* ---- order.c */

/* Puts the task among those in order of virtual time; after which one, or NULL where it is the first. */
struct sim_task *order_add(struct dsq *dsq, struct sim_task *p);
void order_remove(struct dsq *dsq, struct sim_task *p);

/* ---- tasks */

enum task_state { NOT_STARTED, SLEEPING, ON_RQ, DEAD };

enum phase_kind { RUN, SLEEP, YIELD, FORK, EXEC, EXIT, PIN, UNPIN, WAIT /* until another one wakes it */ };

struct phase {
	enum phase_kind kind;
	u64 value;
};

struct behaviour {
	struct phase phases[MAX_PHASES];
	u32 nr;
	u64 repeat;	/* how often all phases are gone through; then the task ends */
};

struct sim_task {
	struct task_struct t;
	enum task_state state;
	struct cpumask mask, pinned_mask;
	struct cred cred;
	struct css_set css;

	/* sched_ext's */
	struct dsq *dsq;
	struct sim_task *dsq_prev, *dsq_next;
	struct sim_task *tree_up, *tree_left, *tree_right;
	u64 tree_rank, dsq_seq, ddsp_dsq, ddsp_flags, qseq, runnable_at;
	bool calm;	/* it ran for the last time */
	bool on_priq, deferred, held, custody, enabled, in_local, idle_policy;
	s32 sticky_cpu, selected_cpu;
	struct sim_task *runnable_prev, *runnable_next;
	bool runnable;

	/* what it does */
	struct event wake;	/* or its start */
	struct behaviour behaviour;
	struct task *load;	/* of the load generator, which then says what it does, or NULL */
	u32 at;
	u64 rounds, left;
	s32 bound_cpu;	/* whose kernel thread it is while that CPU is off, or -1 */

	/* what is told of it */
	u64 waiting_since, mask_since, waits, worst_wait, total_wait, runs, migrations, held_times, misplaced;
	u64 voluntary, forced;	/* switches away from it */
	s32 ran_on;
	struct sim_cpu *told;	/* the idle CPU that was claimed for it last, until that takes a task */
	bool overtaken;		/* that one took another task first */
	u64 went_idle;		/* the CPUs that did while the policy was asked where to queue it */
	u64 passed_by;		/* these and those that were looking for a task when it was queued, until they look again */
	void *storage[MAX_MAPS];
};

/* ---- CPUs */

enum cpu_class { CLASS_IDLE, CLASS_EXT, CLASS_HIGHER };

struct sim_cpu {
	s32 id, core, llc, node;
	bool online, active, rq_online, going_down;
	enum cpu_class class;
	struct sim_task *curr;
	struct sim_task *told_for;	/* for whom it was claimed while it was idle */
	struct dsq local;
	u64 core_bits, llc_bits, node_bits;	/* the CPUs that share each with it */
	struct event resched, done, tick, higher_end, offline, push, bypass;
	struct dsq bypassed;	/* its tasks, while it is `bypassing`: the policy is asked for nothing */
	bool bypassing;
	s64 skew;	/* how far its clock is ahead */
	bool keep_prev, need_resched, released;
	u64 overhead;	/* what the kernel did there and whoever runs next has to wait for */
	u64 exec_start, gen, push_gen, qseq, higher_until, idle_since, busy_ns, higher_ns;
	struct sim_task *runnable_first, *runnable_last, *deferred_first, *deferred_last;
	u32 nr_running;
	u32 distribute;
	u64 kick, kick_idle, kick_preempt;	/* CPUs that it was asked to kick */
	/* what dispatch() inserted and is not in a queue yet */
	struct {
		struct sim_task *p;
		u64 dsq, qseq, flags;
	} batch[MAX_BATCH];
	u32 batched, dispatched;
};

/* ---- the whole */

enum sim_counter {
	SELECT_CPU_FALLBACK,
	DISPATCH_LOCAL_DSQ_OFFLINE,
	DISPATCH_KEEP_LAST,
	ENQ_SKIP_EXITING,
	ENQ_SKIP_MIGRATION_DISABLED,
	REFILL_SLICE_DFL,
	BYPASS_ACTIVATE,
	BYPASS_DISPATCH,
	BYPASS_DURATION,
	NR_COUNTERS,
};

/* What work of the kernel takes, in ns; nothing where it is not said. */
enum cost {
	COST_CALLBACK,	/* a call of the policy's program */
	COST_FUNCTION,	/* a kernel function that it calls */
	COST_MOVE,	/* one that moves a task to a CPU, beside that */
	COST_SWITCH,
	COST_WAKEUP,
	COST_TICK,
	COST_KICK,	/* the interrupt that carries out kicks */
	COST_SYSCALL,	/* of a task of the load generator */
	COST_FORK,	/* of the parent, and of the child at its begin and at its end */
	NR_COSTS,
};

struct sim {
	u64 cost[NR_COSTS];
	u64 switches, resting /* CPUs that run nothing */, unused_ns /* of CPUs, while tasks waited */;
	s32 nr_waiting;
	bool over;
	bool calming;		/* nothing comes from outside any more */
	bool clock_read;	/* by the policy itself */
	u32 bypass_depth;	/* how often bypass was begun and not ended */
	bool over_cost;		/* a callback called more kernel functions than it may */
	u64 depth, states, grace, slice_limit;	/* of an exploration: verifier/exhaust */
	u64 now, end, timeout, callback_steps, max_callback_steps, max_lines, lines;
	u64 events[NR_COUNTERS], random, worst_unserved, refused_forks, processed, max_events;
	s32 nr_cpus, nr_tasks, next_pid, this_cpu, unserved_cpu, unserved_pid;
	u64 unserved_at;
	u64 looking, passing;	/* CPUs that ask the policy for a task; those in some task's `passed_by` */
	struct cpumask online, active, idle, idle_smt;
	u64 irqs;		/* CPUs with kicks or deferred tasks to see to */
	bool smt, nodes_are_llcs;
	struct sim_cpu cpus[MAX_SIM_CPUS];
	struct sim_task **tasks;
	struct sim_task *direct;	/* the task of enqueue() or select_cpu(), or SPOILT */
	struct sched_ext_ops *ops;
	const char *callback;		/* that is running */
	struct sim_task *callback_task;	/* that it is about, or NULL */
	u32 allowed;			/* KF_* of that callback */
	u32 batch_size;
	bool trace;
	enum scx_exit_kind exit_kind;
	s64 exit_code;
	char exit_msg[256];
	struct cpuhp_cpu_state hotplug[MAX_SIM_CPUS];
	u64 longest_slice, shortest_slice;	/* that the policy gave */
	s64 masks_held;				/* CPU masks that it took and did not give back */
	const char *mask_taken;			/* by which callback, the first of them */
};

extern struct sim sim;
#define SPOILT ((struct sim_task *)1)

/* The line of the policy that is being carried out, where the program says it; 0: what schedc made. */
extern u32 sim_line;

/* The callback of a policy's program on the switch of tasks. */
extern const char watching[];

static inline struct sim_task *sim_task(const struct task_struct *p)
{
	return (struct sim_task *)p;
}

static inline struct sim_cpu *cpu_of_task(struct sim_task *p)
{
	return &sim.cpus[p->t.thread_info.cpu];
}

static inline bool mask_has(const struct cpumask *mask, s32 cpu)
{
	return cpu >= 0 && cpu < sim.nr_cpus && (mask->bits[0] >> cpu & 1);
}

static inline u64 bit(s32 cpu)
{
	return 1ULL << cpu;
}

/* The time as that CPU has it. */
static inline u64 clock_on(const struct sim_cpu *rq)
{
	return sim.now + UPTIME_NS + rq->skew;
}

/* To a watcher, which decides nothing, it does not matter what time it is. */
static inline u64 clock_of_policy(void)
{
	sim.clock_read |= sim.callback != watching;
	return clock_on(&sim.cpus[sim.this_cpu]);
}

static inline void charge(s32 cpu, enum cost cost)
{
	sim.cpus[cpu].overhead += sim.cost[cost];
}

static inline bool before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

/* ---- idle.c */

void idle_begin(void);
void idle_set(s32 cpu, bool idle);
bool idle_claim(s32 cpu);
s32 idle_pick(u64 allowed, bool whole_core);
s32 idle_select(struct sim_task *p, s32 prev, u64 wake_flags, const struct cpumask *allowed);
s32 distribute(u64 bits);

/* ---- enqueue.c, dispatch.c, schedule.c: one CPU's queue of runnable tasks */

void update_curr(struct sim_cpu *rq);
void refill_slice(struct sim_task *p);
void enqueue_task(struct sim_cpu *rq, struct sim_task *p, u64 flags, bool restore);
void dequeue_task(struct sim_cpu *rq, struct sim_task *p, u64 flags, bool migrating);
void do_enqueue(struct sim_cpu *rq, struct sim_task *p, u64 flags, s32 sticky_cpu);
void dispatch_enqueue(struct dsq *dsq, struct sim_task *p, u64 flags);
void dispatch_dequeue(struct sim_task *p);
void set_runnable(struct sim_cpu *rq, struct sim_task *p);
void clear_runnable(struct sim_task *p, bool ran);
void run_deferred(struct sim_cpu *rq);
bool may_move_to(struct sim_task *p, struct sim_cpu *rq, bool enforce);
void move_between(struct sim_task *p, u64 flags, struct dsq *to);
bool consume(struct sim_cpu *rq, struct dsq *dsq);
void flush_batch(struct sim_cpu *rq);
bool balance(struct sim_cpu *rq, struct sim_task *prev);
void resched(s32 cpu);
void schedule(s32 cpu);
/* What was chosen for the CPU is over: nothing that was due for it happens. */
void choice_ends(struct sim_cpu *rq);
void put_prev(struct sim_cpu *rq, struct sim_task *p, enum cpu_class next);
void set_next(struct sim_cpu *rq, struct sim_task *p);
void irq_work(void);

/* ---- tasks.c, changes.c, hotplug.c */

struct sim_task *task_new(void);
void task_start_at(struct sim_task *p, u64 time);
void task_start(struct sim_task *p);
void task_wake(struct sim_task *p);
void task_wake_by(struct sim_task *p, u64 wake_flags);
struct sim_task *task_again(struct sim_task *p);	/* a dead one becomes another */
void task_dies(struct sim_task *p);
void task_advance(struct sim_task *p);
void task_arm(struct sim_task *p);
s32 fallback_cpu(struct sim_task *p, s32 cpu);
bool cpu_allowed(struct sim_task *p, s32 cpu);
void move_queued(struct sim_task *p, s32 cpu);
void push_away(struct sim_task *p, s32 cpu);
void push_from(s32 cpu);
void task_fork(struct sim_task *parent, u64 template);
void task_exec(struct sim_task *p, u64 program);
void set_affinity(struct sim_task *p, u64 bits);
void set_nice(struct sim_task *p, s32 nice);
void task_init(struct sim_task *p);
void weigh(struct sim_task *p);
void set_group(struct sim_task *p, struct cgroup *group);
void migrate_enable(struct sim_task *p);
void leave_autogroup(struct sim_task *p);
void requeue(struct sim_task *p);
void cpu_down(s32 cpu);
void cpu_down_2(s32 cpu);
void cpu_up(s32 cpu);
void cpu_settle(struct sim_cpu *rq);

/* ---- bypass.c: the kernel schedules without the policy */

bool bypass_begin(void);	/* false while CPUs are still on their way into the last one, or out of it */
bool bypass_end(void);
void bypass_reaches(struct sim_cpu *rq);

/* ---- groups.c: control groups, by their ids */

struct cgroup *group_of(u64 id);
void group_declare(u64 id, u64 parent, u64 weight);
void group_match(u64 id, u64 patterns);
void *group_lookup(const u64 *id);	/* the patterns that it matches, NULL for none */
void groups_attach(void);
void group_remove(u64 id);
void group_make(u64 id);
void group_weigh(u64 id, u64 weight);
bool group_is_there(const struct cgroup *cgroup);

/* ---- calls.c: callbacks; KF_* says which kernel functions may be called in one */

enum { KF_SELECT = 1, KF_ENQUEUE = 2, KF_DISPATCH = 4, KF_UNLOCKED = 8, KF_REST = 16 };

void call(const char *name, void *op, u32 allowed, struct sim_task *p, u64 a, u64 b, u64 c);
s32 call_s32(const char *name, void *op, u32 allowed, struct sim_task *p, u64 a, u64 b, u64 c);
/* What it does is of the machine, not of one CPU alone. */
#define step() ((void)(nr_strands && may_stop(__func__)), step_alone())
void step_alone(void);
bool kf_allowed(u32 needed);
void say_costs(void);
void limit_cost(const char *callback, u64 most);

/* ---- helpers.c */

void timer_fire(struct bpf_timer *timer);

/* ---- report.c */

void sim_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sim_exit(enum scx_exit_kind kind, s64 code, const char *format, ...) __attribute__((format(printf, 3, 4)));
void count_event(enum sim_counter counter);
void trace_line(const char *what, struct sim_task *p, u64 a, u64 b);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));	/* a line of at most 1000 characters */
void refuse(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);
void flush_report(void);
void report(void);
void report_left(void);
/* Ends the run: a signal of the machine's, or ENDLESS for a callback that calls the kernel without end. */
void trapped(int number);
__attribute__((weak)) void explore_trapped(void);
__attribute__((weak)) void explore(void);
#define ENDLESS 0
void catch_traps(u64 cpu_seconds);

/* ---- watch.c: what properties are made of */

void wait_begins(struct sim_task *p);
void leaves_local(struct sim_task *p);
void told_of(struct sim_cpu *rq, struct sim_task *p);
void queued_beside(struct sim_task *p);
void looks_again(struct sim_cpu *rq);
void wait_ends(struct sim_task *p);
void idle_ends(struct sim_cpu *rq);
void served_until_now(void);	/* by idle CPUs */
void served_at_end(void);

static inline void trace(const char *what, struct sim_task *p, u64 a, u64 b)
{
	if (sim.trace)
		trace_line(what, p, a, b);
}

/* ---- scenario.c, script.c; glue of the policy's program, generated beside it */

void scenario_read(void);
void read_script(void);
void set_variable(const char *name, u64 index, u64 value);
void script_run(void *what);
bool script_is_next(const void *what);	/* of all that is to happen to the same task or CPU */

struct sim_variable {
	const char *name;
	void *place;
	u32 size, each;
	bool told;	/* at the end */
};

extern struct sim_variable sim_variables[];
extern struct sched_ext_ops policy_ops;

#endif
