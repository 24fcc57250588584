/* What tasks of each kind do, from the start until they are killed. */
#define _GNU_SOURCE
#include "load.h"
#include "load_program.h"
#include "load_work.h"
#include "util.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In rounds of burn(): how often a busy task looks at the clock, and what an interrupt does not take. What is longer
 * is time without the CPU. */
#define LOOK_ROUNDS 25000
#define GAP_ROUNDS 12500

static struct group *group_of(const struct task *task)
{
	return &load.group[task->group];
}

static void look(const struct task *task, uint64_t now)
{
	window->last_look_ns[task - crew_task(0)] = now;
}

static void busy(struct task *task)
{
	uint64_t look_ns = LOOK_ROUNDS * load.per_ns, gap_ns = GAP_ROUNDS * load.per_ns;
	struct tally *tally = group_of(task)->tally;
	uint64_t before = now_ns(), now;

	for (;; before = now) {
		look(task, before);
		burn(look_ns);
		now = now_ns();
		if (tally_counts(before))
			tally_add(&tally->done);
		if (now - before > look_ns + gap_ns)
			tally_seen(tally, GAP, before, now - look_ns);
	}
}

/* One piece of work will be due then. */
static void due_at(struct task *task, uint64_t due)
{
	tally_begun(group_of(task)->tally, due);
	task_begins(task, WOKEN, due);
	task_begins(task, REQUEST, due);
}

/* One piece of work that was due at `due`, and what it met. */
static void serve(struct task *task, uint64_t due, uint64_t deadline_ns)
{
	struct group *group = group_of(task);

	task_ends(task, WOKEN);
	burn(draw_ns(&group->service, task));
	task_done(task);
	if (deadline_ns && now_ns() - due > deadline_ns && tally_counts(due))
		tally_add(&group->tally->missed);
}

/* Sleeps, works, sleeps. */
static void sleeper(struct task *task)
{
	struct group *group = group_of(task);

	for (;;) {
		uint64_t due = now_ns() + draw_ns(&group->think, task);

		due_at(task, due);
		sleep_until(due);
		serve(task, due, 0);
	}
}

/* Due at fixed times; a job that is late does not move the next one. */
static void periodic(struct task *task)
{
	struct group *group = group_of(task);
	uint64_t due = now_ns() + crew_random(task, group->period_ns);

	for (;; due += group->period_ns) {
		due_at(task, due);
		sleep_until(due);
		serve(task, due, group->deadline_ns);
	}
}

/* One piece of work, then gone. */
static void job(struct task *task)
{
	struct group *group = group_of(task);
	uint64_t due = crew_started() + draw_ns(&group->arrival, task);

	due_at(task, due);
	if (group->arrival.shape != NOTHING)
		sleep_until(due);
	serve(task, due, 0);
	tally_last(group->tally, now_ns());
	job_ends();
}

static void forked(const struct task *task, uint64_t asked, uint64_t service_ns)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	task_ends(task, WOKEN);
	burn(service_ns);
	__atomic_fetch_add(&group_of(task)->tally->child_cpu_ns, tally_counts(asked) ? cpu_ns() : 0, __ATOMIC_RELAXED);
	_exit(0);
}

/* A request is a child, from before its fork until it is reaped. */
static void forks(struct task *task)
{
	struct group *group = group_of(task);

	for (;;) {
		uint64_t service_ns = draw_ns(&group->service, task), asked = now_ns();
		pid_t child;

		due_at(task, asked);
		child = fork();
		if (!child)
			forked(task, asked, service_ns);
		if (child > 0)
			waitpid(child, NULL, 0);
		task_done(task);
		sleep_until(now_ns() + draw_ns(&group->think, task));
	}
}

/* A byte goes there and back; each side works before it answers. A request is a round trip. */
static void pairs(struct task *task)
{
	struct group *group = group_of(task);
	char byte = 0;

	for (;;) {
		if (task->number % 2 == 0) {
			uint64_t asked = now_ns();

			tally_begun(group->tally, asked);
			sleep_until(asked + draw_ns(&group->think, task));
			task_begins(task, REQUEST, now_ns());
			if (write(task->fd[1], &byte, 1) != 1)
				return;
		}
		if (read(task->fd[0], &byte, 1) != 1)
			return;
		burn(draw_ns(&group->service, task));
		if (task->number % 2) {
			if (write(task->fd[1], &byte, 1) != 1)
				return;
			continue;
		}
		task_done(task);
	}
}

static const struct { const char *name; task_body body; } kinds[] = {
	{ "busy", busy }, { "sleepers", sleeper }, { "periodic", periodic }, { "jobs", job },
	{ "forks", forks }, { "pairs", pairs }, { "requests", load_requests }, { "program", load_program },
};

task_body load_body(const char *kind)
{
	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kind, kinds[i].name))
			return kinds[i].body;
	return NULL;
}

/* By default the kernel lets timers of normal tasks be 50 us late, which would be in every wakeup. */
static void start(struct task *task)
{
	prctl(PR_SET_TIMERSLACK, 1);
	group_of(task)->body(task);
}

static struct task *add(struct group *group, int number)
{
	struct task *task = crew_add(group->index, start);

	if (!task)
		return NULL;
	task->name = group->name;
	task->number = number;
	task->nice_value = group->nice_value;
	task->idle_policy = group->idle_policy;
	task->cpus = group->some_cpus ? group->cpus : NULL;
	task->cgroup = group->cgroup[0] ? group->cgroup : NULL;
	task->random = mix_bits(load.seed << 20 ^ (uint64_t)crew_size()) | 1;
	return task;
}

static bool add_pair(struct group *group, int number)
{
	int there[2], back[2];
	struct task *one = add(group, 2 * number), *other = add(group, 2 * number + 1);

	if (!one || !other || pipe(there) || pipe(back))
		return false;
	one->fd[0] = back[0];
	one->fd[1] = there[1];
	other->fd[0] = there[0];
	other->fd[1] = back[1];
	return true;
}

bool load_begin_group(struct group *group)
{
	bool good = true;

	if (group->body == load_requests)
		return load_begin_requests(group, add);
	for (int i = 0; good && i < group->count; i++)
		good = group->body == pairs ? add_pair(group, i) : add(group, i) != NULL;
	return good;
}
