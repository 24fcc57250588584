/* story: tasks of SCHED_EXT that do what they are told, step by step, and end: "story | run:3000000 yield | sleep:1000"
 * Each begins with a sleep, the first until 50 ms after the first tick of the story and each other one 1 ms later: so a
 * story stands to the ticks, which end slices, as it does whenever it is told. */
#define _GNU_SOURCE
#include "load_work.h"
#include "out.h"
#include "quiet.h"
#include "scx.h"
#include "util.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCHED_EXT_POLICY 7
#define TICK_NS 4000000ull                /* from a multiple of it on, as the kernel aligns its ticks */
#define BEGIN_NS 50000000ull
#define STAGGER_NS 1000000ull
#define AFTER_MS 20
#define MAX_TOLD 8

static char *told[MAX_TOLD];
static int nr_told;

static void child(uint64_t ns)
{
	burn(ns);
	_exit(0);
}

static void step(const char *what, long long value)
{
	if (!strcmp(what, "run"))
		burn(value);
	else if (!strcmp(what, "sleep"))
		sleep_until(now_ns() + value);
	else if (!strcmp(what, "yield"))
		sched_yield();
	else if (!strcmp(what, "nice"))
		setpriority(PRIO_PROCESS, 0, value);
	else if (!strcmp(what, "fork") && !fork())
		child(value);
}

static uint64_t begin_of(const struct task *task)
{
	uint64_t tick = (crew_started() + TICK_NS - 1) / TICK_NS * TICK_NS;

	return tick + BEGIN_NS + task->number * STAGGER_NS;
}

static void live(struct task *task)
{
	struct sched_param none = { 0 };
	char *next = told[task->number], *word;
	char what[16];
	long long value;

	prctl(PR_SET_TIMERSLACK, 1);
	sched_setscheduler(0, SCHED_EXT_POLICY, &none);
	sleep_until(begin_of(task));
	while ((word = strsep(&next, " "))) {
		value = 0;
		if (sscanf(word, "%15[a-z]:%lld", what, &value) >= 1)
			step(what, value);
	}
}

/* Until all have ended, with their children, and until what a task's end leaves to be done is done, too. The runner does
 * not look in between: it could take the CPU from them. If a task is never served, the kernel ends the scheduler, and
 * the job has a limit. */
static void wait_for_all(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
	sleep_ms(AFTER_MS);
}

void work_story(const struct workload *work)
{
	char *text = strdup(work->options), *next = text;

	nr_told = 0;
	load.per_ns = option_long(work->options, "per", 4);
	strsep(&next, "|");
	quiet_cpu(option_long(work->options, "cpus", 0));
	crew_begin(work);
	while (nr_told < MAX_TOLD && (told[nr_told] = strsep(&next, "|"))) {
		struct task *task = crew_add(0, live);

		task->name = "story";
		task->number = nr_told++;
	}
	if (!crew_start())
		return;
	wait_for_all();
	out_begin("workload");
	out_str("kind", "story");
	out_u64("asked_ns", 0);
	out_u64("passed_ns", crew_elapsed());
	out_bool("alive", scx_enabled());
	out_end();
	free(text);
}
