/* Workloads: tasks under the attached scheduler, started together, measured, ended. */
#pragma once
#include "job.h"
#include <stdint.h>
#include <sys/types.h>

#define WORK_NOTHING "nothing"            /* argv[1] of a process that only shows that exec works */
#define MAX_TASKS 2048
#define MAX_CPUS 1024

/* What one task is and what it did. Shared between the runner and the task. */
struct task {
	pid_t pid;
	const char *name;                 /* of its kind; the kernel's messages and traces say it and the number */
	int group;                        /* index of the kind, for the sums */
	int number;                       /* among those of its kind */
	int nice_value;
	bool idle_policy;
	int realtime;                     /* a SCHED_FIFO priority below the runner's; 0: a normal task */
	int cpu;                          /* -1: every CPU that the workload may use */
	int other_cpu;                    /* a second one, for a task that has a cpu; -1: none */
	const bool *cpus;                 /* where it may run, instead of that; NULL: not said */
	const char *cgroup;               /* its own, instead of the workload's; NULL: not said */
	int fd[2];                        /* of a ping-pong pair */
	uint64_t random;
	volatile uint64_t done;           /* rounds */
	volatile uint64_t worst_ns;       /* the longest that it waited for a CPU */
	uint64_t cpu_ns;
};

typedef void (*task_body)(struct task *task);

void work_run(const struct workload *work);
void work_expect_scheduler(bool expected);             /* false: the kernel's default runs, and none is missed */
void work_reap(void);                     /* waits until nothing of a workload is left */

/* For the files of the single workloads. */
void crew_begin(const struct workload *work);
struct task *crew_add(int group, task_body body);      /* fill in the task, then crew_start() runs them all */
bool crew_prepare(void);                  /* the first half of crew_start(): they are there, and wait */
void crew_go(void);                       /* the second: they begin */
bool crew_start(void);
bool crew_served(void);                   /* by the scheduler that the tasks are to run under */
uint64_t crew_wait(uint64_t ns);          /* ends early when the scheduler is gone; returns what passed */
void crew_end(void);                      /* reads CPU times, kills */
int crew_size(void);
struct task *crew_task(int index);
uint64_t crew_random(struct task *task, uint64_t below);
void spin_ns(struct task *task, uint64_t ns);          /* busy; counts gaps as waits */
int crew_cpus(void);
uint64_t crew_elapsed(void);
uint64_t crew_started(void);              /* when the tasks were let go, for the tasks, too */

void work_mix(const struct workload *work);
void work_shares(const struct workload *work);
void work_starve(const struct workload *work);
void work_switches(const struct workload *work);
void work_load(const struct workload *work);
void work_story(const struct workload *work);
