/* The load generator: groups of tasks that ask for the CPU as a workload file says, and what they saw. */
#pragma once
#include "histogram.h"
#include "work.h"

#define MAX_GROUPS 32

enum shape { NOTHING, CONSTANT, UNIFORM, EXPONENTIAL, BIMODAL };

/* A distribution of durations, in ns: see draw_ns(). */
struct draw { enum shape shape; uint64_t a, b, per_mille; };

/* woken: from the wakeup to the first instruction.  request: from its begin to its end.  gap: without the CPU. */
enum { WOKEN, REQUEST, GAP, SEEN };

/* What the tasks of a group add to; shared by all. */
struct tally {
	uint64_t begun, done, missed, dropped;
	uint64_t finished_ns;             /* when the last job was done */
	uint64_t child_cpu_ns;
	uint64_t voluntary, forced, migrations;   /* of programs */
	uint64_t failed;                  /* programs, and of the first of them: */
	int failed_number, failed_status;
	struct histogram seen[SEEN];
	uint64_t open[SEEN];              /* how many of them had no end yet: they are in `seen` as far as they went */
};

struct group {
	char name[64], kind[16], cgroup[256];
	char path[64], arguments[2048];   /* of a program; the arguments with ';' between them */
	int index, count, messengers, nice_value;
	bool idle_policy, some_cpus;
	bool cpus[MAX_CPUS];
	struct draw service, think, arrival;
	uint64_t period_ns, deadline_ns;
	task_body body;
	struct tally *tally;
};

struct load {
	uint64_t seed, ns, warm_ns, per_ns;       /* per_ns: what one round of burn() takes */
	int nr_groups;
	struct group group[MAX_GROUPS];
};

/* One for the process that runs the object; set up before the tasks are forked, so that they see it, too. */
extern struct load load;

/* Only what begins in this window counts. */
struct window {
	volatile uint64_t from_ns, to_ns;
	volatile uint32_t jobs_left;              /* a futex: the runner sleeps on it */
	volatile uint64_t last_look_ns[MAX_TASKS];
	uint64_t since_ns[MAX_TASKS][SEEN];       /* since when a task waits for this; 0: it does not */
	struct tally tally[MAX_GROUPS];
};
extern struct window *window;

bool load_parse(const char *options, char *why, int room);

uint64_t mix_bits(uint64_t value);
uint64_t draw_ns(const struct draw *draw, struct task *task);

void tally_seen(struct tally *tally, int what, uint64_t from_ns, uint64_t to_ns);
bool tally_counts(uint64_t begin_ns);     /* whether what began then is in the window */
void tally_add(uint64_t *counter);
void tally_begun(struct tally *tally, uint64_t due);
void tally_open(struct tally *tally, int what, uint64_t from_ns, uint64_t now);        /* what has no end yet */

/* What has begun is known to the runner, too, so that at the end of the window it does not vanish. */
void task_begins(const struct task *task, int what, uint64_t since_ns);
uint64_t task_ends(const struct task *task, int what); /* now; when it had begun */
void task_done(const struct task *task);  /* a request, which also counts as done */
void tasks_close(uint64_t now);           /* at the end of the window */
void histogram_report(const char *key, const struct tally *tally, int what);

task_body load_body(const char *kind);    /* NULL: there is no such kind */
bool load_begin_group(struct group *group);           /* adds its tasks to the crew */

/* What the kernel has counted of a task. */
struct counts { uint64_t cpu_ns, voluntary, forced, migrations; };
struct counts stats_of_task(pid_t pid);
uint64_t stats_switches(void);            /* of the whole system */
