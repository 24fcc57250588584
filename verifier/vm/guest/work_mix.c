/* mix: some hundred tasks that do what tasks do, while real-time tasks take CPUs and some CPUs go and come back. */
#define _GNU_SOURCE
#include "out.h"
#include "util.h"
#include "work.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000ull
#define RT_PRIORITY 10                    /* below the runner's, which has to see the workload's end */

/* Sleeps and notes how late it got the CPU back. */
static void nap(struct task *task, uint64_t ns)
{
	struct timespec time = { ns / 1000000000ull, ns % 1000000000ull };
	uint64_t start = now_ns(), late;

	nanosleep(&time, NULL);
	late = now_ns() - start;
	late = late > ns ? late - ns : 0;
	if (late > task->worst_ns)
		task->worst_ns = late;
}

static void busy(struct task *task)
{
	for (;;)
		spin_ns(task, 1000 * MS);
}

static void sleeper(struct task *task)
{
	for (;;) {
		nap(task, (20 + crew_random(task, 360)) * MS);
		for (volatile int i = 0; i < 5000; i++)
			;
		task->done++;
	}
}

/* Two tasks throw one byte to each other; number 0 rests now and then so that it is a wakeup load, not a busy one. */
static void pair(struct task *task)
{
	char byte = 0;

	if (task->number % 2 == 0 && write(task->fd[1], &byte, 1) != 1)
		return;
	while (read(task->fd[0], &byte, 1) == 1) {
		if (++task->done % 16 == 0 && task->number % 2 == 0)
			nap(task, 5 * MS);
		if (write(task->fd[1], &byte, 1) != 1)
			return;
	}
}

static void churn(struct task *task)
{
	for (;;) {
		pid_t child = fork();

		if (!child) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (task->done % 8 == 7)
				execl("/proc/self/exe", "init", WORK_NOTHING, (char *)NULL);
			_exit(0);
		}
		if (child > 0)
			waitpid(child, NULL, 0);
		task->done++;
		nap(task, 30 * MS);
	}
}

/* A new affinity each round; one that names only the absent CPU is refused by the kernel, and that is fine. */
static void flip(struct task *task)
{
	for (;;) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(crew_random(task, crew_cpus()), &set);
		if (crew_random(task, 2))
			CPU_SET(crew_random(task, crew_cpus()), &set);
		sched_setaffinity(0, sizeof(set), &set);
		for (volatile int i = 0; i < 20000; i++)
			;
		task->done++;
		nap(task, 10 * MS);
	}
}

static void nicer(struct task *task)
{
	for (;;) {
		setpriority(PRIO_PROCESS, 0, (int)crew_random(task, 40) - 20);
		for (volatile int i = 0; i < 20000; i++)
			;
		task->done++;
		nap(task, 20 * MS);
	}
}

/* Takes a CPU from the scheduler for some milliseconds, a tenth of the time in all. */
static void burst(struct task *task)
{
	for (;;) {
		spin_ns(task, (1 + crew_random(task, 14)) * MS);
		nap(task, (20 + crew_random(task, 120)) * MS);
	}
}

enum { BUSY, SLEEPER, PAIR, CHURN, FLIP, NICER, PINNED, TWIN, IDLE, REALTIME, KINDS };

static const struct { const char *name; task_body body; int percent; } kinds[KINDS] = {
	[BUSY] = { "busy", busy, 3 },
	[SLEEPER] = { "sleeper", sleeper, 57 },
	[PAIR] = { "pair", pair, 10 },
	[CHURN] = { "churn", churn, 3 },
	[FLIP] = { "flip", flip, 8 },
	[NICER] = { "nicer", nicer, 8 },
	[PINNED] = { "pinned", sleeper, 10 },
	[TWIN] = { "twin", sleeper, 3 },
	[IDLE] = { "idle", busy, 1 },
	[REALTIME] = { "realtime", burst, 0 },  /* by the CPUs, not by the tasks */
};

/* The last CPU and the one before it, or what there is: with both gone, a twin has no CPU until the kernel gives it
 * others. Every second real-time task stays where it is, so that not all of them find an idle CPU. */
static void place(struct task *task, int kind)
{
	int last = crew_cpus() - 1;

	if (kind == PINNED || (kind == REALTIME && task->number % 2))
		task->cpu = task->number % crew_cpus();
	if (kind == TWIN) {
		task->cpu = last;
		task->other_cpu = last > 0 ? last - 1 : -1;
	}
	if (kind == REALTIME)
		task->realtime = RT_PRIORITY;
}

static void add_kind(int kind, int count)
{
	int there[2] = { -1, -1 }, back[2] = { -1, -1 };

	for (int i = 0; i < count; i++) {
		struct task *task = crew_add(kind, kinds[kind].body);

		if (!task)
			return;
		task->number = i;
		task->name = kinds[kind].name;
		task->idle_policy = kind == IDLE;
		task->nice_value = kind == SLEEPER || kind == BUSY ? i % 8 - 3 : 0;
		place(task, kind);
		if (kind != PAIR)
			continue;
		if (i % 2 == 0 && (pipe(there) || pipe(back)))
			return;
		task->fd[0] = i % 2 ? there[0] : back[0];
		task->fd[1] = i % 2 ? back[1] : there[1];
	}
}

/* One turn of a CPU, and how long the kernel took for it: a scheduler that keeps a task which only that CPU may
 * run in a shared queue holds it up until the watchdog ends the scheduler. */
struct turn { int err; uint64_t ns; };

static int set_online(int cpu, bool online)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
	return -write_file(path, online ? "1" : "0");
}

/* CPUs that go: the last of them, and how many, the others before it. CPU 0 stays. */
struct away { int last, count; };

/* All of them, one right after the other; the first error is kept. */
static struct turn turn_all(struct away away, bool online)
{
	uint64_t start = now_ns();
	struct turn turn = { 0, 0 };

	for (int cpu = away.last; cpu > 0 && cpu > away.last - away.count; cpu--) {
		int err = set_online(cpu, online);

		turn.err = turn.err ? turn.err : err;
	}
	turn.ns = now_ns() - start;
	return turn;
}

static void report_kinds(void)
{
	out_open_list("kinds");
	for (int kind = 0; kind < KINDS; kind++) {
		uint64_t tasks = 0, done = 0, worst = 0, cpu = 0, stuck = 0;

		for (int i = 0; i < crew_size(); i++) {
			struct task *task = crew_task(i);

			if (task->group != kind)
				continue;
			tasks++;
			done += task->done;
			cpu += task->cpu_ns;
			stuck += !task->done;
			worst = task->worst_ns > worst ? task->worst_ns : worst;
		}
		out_open_map(NULL);
		out_str("kind", kinds[kind].name);
		out_u64("tasks", tasks);
		out_u64("rounds", done);
		out_u64("without_progress", stuck);
		out_u64("worst_ns", worst);
		out_u64("cpu_ns", cpu);
		out_close_map();
	}
	out_close_list();
}

static void report(uint64_t asked, uint64_t passed, struct away away, struct turn off, struct turn on)
{
	out_begin("workload");
	out_str("kind", "mix");
	out_u64("asked_ns", asked);
	out_u64("passed_ns", passed);
	out_bool("alive", passed >= asked);
	out_s64("offline_cpu", away.last);
	out_s64("offline_cpus", away.last > 0 ? away.count : 0);
	out_s64("offline_errno", off.err);
	out_s64("online_errno", on.err);
	out_u64("offline_ns", off.ns);
	out_u64("online_ns", on.ns);
	report_kinds();
	out_end();
}

static void add_all(int tasks, int realtime, long seed)
{
	for (int kind = 0; kind < KINDS; kind++) {
		int count = kind == REALTIME ? realtime : tasks * kinds[kind].percent / 100 + 1;

		add_kind(kind, kind == PAIR ? count / 2 * 2 : count);
	}
	for (int i = 0; i < crew_size(); i++)
		crew_task(i)->random += seed * 0x100000001b3ull;
}

static struct away chosen_away(const struct workload *work)
{
	struct away away = { option_long(work->options, "offline", crew_cpus() - 1),
			     option_long(work->options, "away", 1) };

	if (away.count > away.last)
		away.count = away.last;
	return away;
}

/* tasks=300 seconds=6 offline=3 away=2 realtime=2 seed=0: offline=-1 leaves the CPUs alone */
void work_mix(const struct workload *work)
{
	uint64_t third = option_long(work->options, "seconds", 6) * 1000000000ull / 3, passed;
	struct turn off, on;
	struct away away;

	crew_begin(work);
	add_all(option_long(work->options, "tasks", 300), option_long(work->options, "realtime", (crew_cpus() + 1) / 2),
		option_long(work->options, "seed", 0));
	away = chosen_away(work);
	if (!crew_start())
		return;
	passed = crew_wait(third);
	off = turn_all(away, false);
	passed += crew_wait(third);
	on = turn_all(away, true);
	passed += crew_wait(third);
	crew_end();
	report(third * 3, passed, away, off, on);
}
