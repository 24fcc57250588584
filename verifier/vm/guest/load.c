/* load: tasks as a workload file says, in a window of time after they have warmed up. */
#define _GNU_SOURCE
#include "load.h"
#include "load_program.h"
#include "load_work.h"
#include "out.h"
#include "probe_user.h"
#include "util.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define OFFSET_NS 20000000ull             /* the start moves by up to that, against the kernel's ticks */
#define STEP_NS 1000000000ull

struct load load;
struct window *window;
static struct counts before[MAX_TASKS], after[MAX_TASKS];

static uint32_t count_jobs(void)
{
	uint32_t jobs = 0;

	for (int i = 0; i < load.nr_groups; i++)
		if (!strcmp(load.group[i].kind, "jobs") || !strcmp(load.group[i].kind, "program"))
			jobs += load.group[i].count;
	return jobs;
}

static bool make_window(void)
{
	if (!window)
		window = mmap(NULL, sizeof(*window), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (window == MAP_FAILED)
		return false;
	memset(window, 0, sizeof(*window));
	window->from_ns = load.warm_ns ? UINT64_MAX : 0;
	window->to_ns = UINT64_MAX;
	window->jobs_left = count_jobs();
	for (int i = 0; i < load.nr_groups; i++)
		load.group[i].tally = &window->tally[i];
	return true;
}

static bool add_groups(void)
{
	for (int i = 0; i < load.nr_groups; i++)
		if (!load_begin_group(&load.group[i]))
			return false;
	return true;
}

static void look_at_all(struct counts *counts)
{
	for (int i = 0; i < crew_size(); i++)
		counts[i] = stats_of_task(crew_task(i)->pid);
}

/* Until the time is over, the last job is done, or the scheduler is gone; what passed. The runner sleeps in long
 * parts: each time it wakes it takes the CPU from a task. */
static uint64_t wait_for_end(uint64_t ns)
{
	uint64_t start = now_ns(), passed = 0;
	bool jobs = count_jobs() > 0;
	uint32_t left;

	while (passed < ns && crew_served()) {
		left = window->jobs_left;
		if (jobs && !left)
			break;
		futex_wait(&window->jobs_left, left, ns - passed < STEP_NS ? ns - passed : STEP_NS);
		passed = now_ns() - start;
	}
	return passed;
}

/* A busy task that has not looked at the clock for long is without the CPU to this moment. */
static void close_gaps(uint64_t now)
{
	for (int i = 0; i < crew_size(); i++) {
		struct group *group = &load.group[crew_task(i)->group];
		uint64_t last = window->last_look_ns[i];

		if (strcmp(group->kind, "busy"))
			continue;
		last = last < window->from_ns ? window->from_ns : last;
		if (now > last + 1000000)
			tally_open(group->tally, GAP, last, now);
	}
}

/* What has begun and has no end counts as far as it went. */
static void close_all(uint64_t now)
{
	if (programs_wanted())
		probe_end(now);
	close_gaps(now);
	tasks_close(now);
	for (int i = 0; i < load.nr_groups; i++)
		if (!strcmp(load.group[i].kind, "requests"))
			requests_close(&load.group[i], now);
}

static void report_tasks(const struct group *group)
{
	const struct tally *tally = group->tally;
	struct counts sum = { 0, tally->voluntary, tally->forced, tally->migrations };

	out_open_list("cpu_ns");
	for (int i = 0; i < crew_size(); i++) {
		if (crew_task(i)->group != group->index)
			continue;
		out_u64(NULL, after[i].cpu_ns - before[i].cpu_ns);
		sum.voluntary += after[i].voluntary - before[i].voluntary;
		sum.forced += after[i].forced - before[i].forced;
		sum.migrations += after[i].migrations - before[i].migrations;
	}
	out_close_list();
	out_u64("voluntary", sum.voluntary);
	out_u64("forced", sum.forced);
	out_u64("migrations", sum.migrations);
}

static void report_group(const struct group *group)
{
	const struct tally *tally = group->tally;

	out_open_map(NULL);
	out_str("name", group->name);
	out_u64("begun", tally->begun);
	out_u64("done", tally->done);
	out_u64("missed", tally->missed);
	out_u64("dropped", tally->dropped);
	out_u64("child_cpu_ns", tally->child_cpu_ns);
	out_u64("finished_ns", tally->finished_ns ? tally->finished_ns - crew_started() : 0);
	report_tasks(group);
	histogram_report("woken", tally, WOKEN);
	histogram_report("request", tally, REQUEST);
	histogram_report("gap", tally, GAP);
	program_report(group);
	out_close_map();
}

static void report(uint64_t passed, uint64_t switches)
{
	out_begin("workload");
	out_str("kind", "load");
	out_u64("asked_ns", load.ns);
	out_u64("passed_ns", passed);
	out_bool("alive", passed >= load.ns || (count_jobs() && !window->jobs_left));
	out_u64("window_ns", window->to_ns - window->from_ns);
	out_u64("switches", switches);
	out_open_list("groups");
	for (int i = 0; i < load.nr_groups; i++)
		report_group(&load.group[i]);
	out_close_list();
	out_end();
}

/* The window opens after the tasks have warmed up, or with their start. To look at all of them takes time, which is
 * in no figure. */
static void begin(void)
{
	if (!load.warm_ns) {
		look_at_all(before);
		crew_go();
		window->from_ns = crew_started();
		return;
	}
	crew_go();
	crew_wait(load.warm_ns);
	look_at_all(before);
	window->from_ns = now_ns();
}

static void run(void)
{
	uint64_t passed, switches;

	sleep_until(now_ns() + mix_bits(load.seed) % OFFSET_NS);
	if ((programs_wanted() && !probe_begin()) || !crew_prepare())
		return;
	begin();
	switches = stats_switches();
	passed = wait_for_end(load.ns);
	window->to_ns = now_ns();
	switches = stats_switches() - switches;
	close_all(window->to_ns);
	look_at_all(after);
	crew_end();
	report(passed, switches);
}

void work_load(const struct workload *work)
{
	char why[128] = "a number is not understood";

	if (!load_parse(work->options, why, sizeof(why))) {
		out_error("workload", EINVAL, "load: %s", why);
		return;
	}
	memset(before, 0, sizeof(before));
	crew_begin(work);
	if (!make_window() || !add_groups()) {
		out_error("workload", ENOMEM, "load: more tasks than fit; there is room for %d", MAX_TASKS);
		return;
	}
	if (programs_wanted() && !programs_prepare()) {
		out_error("workload", errno, "load: the programs' folders cannot be made");
		return;
	}
	run();
}
