#define _GNU_SOURCE
#include "work.h"
#include "out.h"
#include "scx.h"
#include "util.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SETUP_MS 10000                    /* real-time tasks are set up long before */

struct crew {
	volatile int go;
	volatile int ready;               /* how many have set themselves up */
	int size;
	uint64_t started;
	struct task task[MAX_TASKS];
	task_body body[MAX_TASKS];
};

static struct crew *crew;
static bool allowed[MAX_CPUS];
static int nr_allowed;
static char cgroup[512];
static bool scheduler_expected = true;

void crew_begin(const struct workload *work)
{
	char cpus[256];

	work_reap();                       /* an earlier crew may not write into this one's places */
	if (!crew)
		crew = mmap(NULL, sizeof(*crew), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (crew == MAP_FAILED)
		_exit(71);
	memset(crew, 0, sizeof(*crew));
	memset(allowed, 0, sizeof(allowed));
	if (!option_text(work->options, "cpus", cpus, sizeof(cpus)))
		read_file("/sys/devices/system/cpu/present", cpus, sizeof(cpus));
	parse_cpu_list(cpus, allowed, MAX_CPUS);
	nr_allowed = 0;
	for (int cpu = 0; cpu < MAX_CPUS; cpu++)
		nr_allowed += allowed[cpu];
	cgroup[0] = 0;
	option_text(work->options, "cgroup", cgroup, sizeof(cgroup));
}

struct task *crew_add(int group, task_body body)
{
	struct task *task;

	if (crew->size == MAX_TASKS)
		return NULL;
	task = &crew->task[crew->size];
	task->group = group;
	task->name = "task";
	task->cpu = task->other_cpu = -1;
	task->fd[0] = task->fd[1] = -1;
	task->random = 0x9e3779b97f4a7c15ull * (crew->size + 1);
	crew->body[crew->size++] = body;
	return task;
}

static void join_cgroup(const char *group)
{
	char path[640];

	if (!group[0])
		return;
	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cgroup.procs", group);
	write_file(path, "0");
}

static void set_name(const struct task *task)
{
	char name[16];

	snprintf(name, sizeof(name), "%s-%d", task->name, task->number);
	prctl(PR_SET_NAME, name);
}

static void choose_cpus(const struct task *task)
{
	static bool some[MAX_CPUS];

	if (task->cpu < 0) {
		pin_to(task->cpus ? task->cpus : allowed, MAX_CPUS);
		return;
	}
	some[task->cpu] = true;
	if (task->other_cpu >= 0)
		some[task->other_cpu] = true;
	pin_to(some, MAX_CPUS);
}

/* A child sets itself up while it still has the runner's real-time priority, so that a bad scheduler cannot hold
 * up the start; it becomes a normal task last, and then waits for all the others. */
static void task_main(int index)
{
	struct task *task = &crew->task[index];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_name(task);
	join_cgroup(task->cgroup ? task->cgroup : cgroup);
	choose_cpus(task);
	__atomic_fetch_add(&crew->ready, 1, __ATOMIC_RELAXED);
	if (task->realtime)
		become_realtime(task->realtime);
	else if (task->idle_policy)
		become_idle();
	else
		become_normal(task->nice_value);
	while (!crew->go)
		syscall(SYS_futex, &crew->go, FUTEX_WAIT, 0, NULL, NULL, 0);
	crew->body[index](task);
	_exit(0);
}

bool crew_prepare(void)
{
	for (int i = 0; i < crew->size; i++) {
		pid_t pid = fork();

		if (pid < 0) {
			out_error("workload", errno, "task %d of %d could not be started", i, crew->size);
			crew_end();
			return false;
		}
		if (!pid)
			task_main(i);
		crew->task[i].pid = pid;
	}
	for (int i = 0; i < crew->size; i++) {       /* the parent's ends of the pipes are of no use to it */
		if (crew->task[i].fd[0] >= 0)
			close(crew->task[i].fd[0]);
		if (crew->task[i].fd[1] >= 0)
			close(crew->task[i].fd[1]);
	}
	for (int ms = 0; crew->ready < crew->size && ms < SETUP_MS; ms++)
		sleep_ms(1);
	return true;
}

void crew_go(void)
{
	crew->started = now_ns();
	crew->go = 1;
	syscall(SYS_futex, &crew->go, FUTEX_WAKE, MAX_TASKS, NULL, NULL, 0);
}

bool crew_start(void)
{
	if (!crew_prepare())
		return false;
	crew_go();
	return true;
}

void work_expect_scheduler(bool expected)
{
	scheduler_expected = expected;
}

bool crew_served(void)
{
	return scx_enabled() || !scheduler_expected;
}

uint64_t crew_wait(uint64_t ns)
{
	uint64_t start = now_ns(), passed = 0;

	while (passed < ns && crew_served()) {
		uint64_t left_ms = (ns - passed) / 1000000 + 1;

		sleep_ms(left_ms < 50 ? left_ms : 50);
		passed = now_ns() - start;
	}
	return passed;
}

uint64_t crew_elapsed(void)
{
	return now_ns() - crew->started;
}

uint64_t crew_started(void)
{
	return crew->started;
}

void crew_end(void)
{
	for (int i = 0; i < crew->size; i++) {
		struct timespec used;
		clockid_t clock;

		if (crew->task[i].pid && !clock_getcpuclockid(crew->task[i].pid, &clock) && !clock_gettime(clock, &used))
			crew->task[i].cpu_ns = used.tv_sec * 1000000000ull + used.tv_nsec;
	}
	for (int i = 0; i < crew->size; i++)
		if (crew->task[i].pid)
			kill(crew->task[i].pid, SIGKILL);
}

/* A killed task has to run once more to end, which a bad scheduler may deny: hence the limit. */
void work_reap(void)
{
	uint64_t limit = now_ns() + 10000000000ull;
	pid_t done;

	while ((done = waitpid(-1, NULL, WNOHANG)) >= 0 && now_ns() < limit)
		if (!done)
			sleep_ms(2);
}

int crew_size(void) { return crew->size; }
struct task *crew_task(int index) { return &crew->task[index]; }
int crew_cpus(void) { return nr_allowed; }

uint64_t crew_random(struct task *task, uint64_t below)
{
	task->random ^= task->random << 13;
	task->random ^= task->random >> 7;
	task->random ^= task->random << 17;
	return task->random % below;
}

/* A gap between two looks at the clock is time without the CPU. */
void spin_ns(struct task *task, uint64_t ns)
{
	uint64_t start = now_ns(), last = start, now = start;

	while (now - start < ns) {
		for (volatile int i = 0; i < 200; i++)
			;
		now = now_ns();
		if (now - last > task->worst_ns)
			task->worst_ns = now - last;
		last = now;
		task->done++;
	}
}

void work_run(const struct workload *work)
{
	if (!strcmp(work->kind, "mix"))
		work_mix(work);
	else if (!strcmp(work->kind, "shares"))
		work_shares(work);
	else if (!strcmp(work->kind, "starve"))
		work_starve(work);
	else if (!strcmp(work->kind, "switches"))
		work_switches(work);
	else if (!strcmp(work->kind, "story"))
		work_story(work);
	else if (!strcmp(work->kind, "load"))
		work_load(work);
	else
		out_error("workload", EINVAL, "there is no workload %s", work->kind);
}
