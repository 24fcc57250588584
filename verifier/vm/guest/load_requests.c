/* Messengers and workers. Without an arrival rate a worker asks for its next request when it has thought (closed);
 * with one, requests come at their own times and wait for a worker (open), so that a slow scheduler is not spared. */
#define _GNU_SOURCE
#include "load_work.h"
#include "util.h"

#include <sys/mman.h>

#define WAITING 4096                      /* requests that can wait for a worker; more are dropped */

struct slot { volatile uint32_t posted; volatile bool asks; uint64_t service_ns; struct task *worker; };
struct request { uint64_t due_ns, posted_ns, service_ns; };

/* A messenger and its workers. */
struct team {
	volatile uint32_t bell;           /* closed: rung by a worker that asks */
	volatile uint32_t posted;         /* open: how many requests there were, */
	volatile uint32_t taken;          /* and how many of them a worker has taken */
	uint32_t asleep;                  /* workers that wait for one */
	struct request ring[WAITING];
	struct slot slot[];
};

static struct team *teams[MAX_GROUPS];
static size_t team_size[MAX_GROUPS];

static struct team *team_at(int group, int team)
{
	return (struct team *)((char *)teams[group] + team * team_size[group]);
}

static struct team *team_of(const struct task *task)
{
	int messengers = load.group[task->group].messengers, number = task->number;

	return team_at(task->group, number < messengers ? number : (number - messengers) % messengers);
}

static int workers_of(const struct group *group, int messenger)
{
	return (group->count - messenger + group->messengers - 1) / group->messengers;
}

static void closed_messenger(struct task *task, struct group *group, struct team *team)
{
	int workers = workers_of(group, task->number);

	for (;;) {
		uint32_t heard = team->bell;

		for (int i = 0; i < workers; i++) {
			struct slot *slot = &team->slot[i];
			uint64_t due;

			if (!slot->asks)
				continue;
			slot->asks = false;
			slot->service_ns = draw_ns(&group->service, task);
			due = now_ns();
			tally_begun(group->tally, due);
			task_begins(slot->worker, WOKEN, due);
			task_begins(slot->worker, REQUEST, due);
			__atomic_fetch_add(&slot->posted, 1, __ATOMIC_SEQ_CST);
			futex_wake(&slot->posted);
		}
		futex_wait(&team->bell, heard, 0);
	}
}

static void closed_worker(struct task *task, struct group *group, struct team *team)
{
	struct slot *slot = &team->slot[(task->number - group->messengers) / group->messengers];

	slot->worker = task;
	for (;;) {
		uint32_t before = slot->posted;

		slot->asks = true;
		__atomic_fetch_add(&team->bell, 1, __ATOMIC_SEQ_CST);
		futex_wake(&team->bell);
		while (slot->posted == before)
			futex_wait(&slot->posted, before, 0);
		task_ends(task, WOKEN);
		burn(slot->service_ns);
		task_done(task);
		if (group->think.shape != NOTHING)
			sleep_until(now_ns() + draw_ns(&group->think, task));
	}
}

static void open_messenger(struct task *task, struct group *group, struct team *team)
{
	uint64_t due = now_ns();

	for (;;) {
		struct request *request = &team->ring[team->posted % WAITING];

		due += draw_ns(&group->arrival, task);
		sleep_until(due);
		tally_begun(group->tally, due);
		if (team->posted - team->taken == WAITING) {
			if (tally_counts(due))
				tally_add(&group->tally->dropped);
			continue;
		}
		request->due_ns = due;
		request->service_ns = draw_ns(&group->service, task);
		request->posted_ns = now_ns();
		__atomic_fetch_add(&team->posted, 1, __ATOMIC_SEQ_CST);
		futex_wake(&team->posted);
	}
}

static void open_worker(struct task *task, struct group *group, struct team *team)
{
	bool slept = false;

	for (;;) {
		uint32_t next = team->taken, posted = team->posted;
		struct request request;

		if (next == posted) {
			__atomic_fetch_add(&team->asleep, !slept, __ATOMIC_SEQ_CST);
			slept = true;
			futex_wait(&team->posted, posted, 0);
			continue;
		}
		request = team->ring[next % WAITING];
		if (!__atomic_compare_exchange_n(&team->taken, &next, next + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			continue;
		task_begins(task, REQUEST, request.due_ns);
		if (slept)
			tally_seen(group->tally, WOKEN, request.posted_ns, now_ns());
		__atomic_fetch_sub(&team->asleep, slept, __ATOMIC_SEQ_CST);
		slept = false;
		burn(request.service_ns);
		task_done(task);
	}
}

/* Each of the first ones has woken a worker, where there was one asleep. */
static void close_team(struct group *group, struct team *team, uint64_t now)
{
	uint32_t waiting = team->posted - team->taken;

	for (uint32_t i = 0; i < waiting; i++) {
		const struct request *request = &team->ring[(team->taken + i) % WAITING];

		tally_open(group->tally, REQUEST, request->due_ns, now);
		if (i < team->asleep)
			tally_open(group->tally, WOKEN, request->posted_ns, now);
	}
}

void requests_close(struct group *group, uint64_t now)
{
	for (int i = 0; i < group->messengers; i++)
		close_team(group, team_at(group->index, i), now);
}

void load_requests(struct task *task)
{
	struct group *group = &load.group[task->group];
	struct team *team = team_of(task);
	bool messenger = task->number < group->messengers, open = group->arrival.shape != NOTHING;

	if (messenger && open)
		open_messenger(task, group, team);
	else if (messenger)
		closed_messenger(task, group, team);
	else if (open)
		open_worker(task, group, team);
	else
		closed_worker(task, group, team);
}

bool load_begin_requests(struct group *group, struct task *(*add)(struct group *group, int number))
{
	size_t size = sizeof(struct team) + workers_of(group, 0) * sizeof(struct slot);
	void *memory;

	size = (size + 63) / 64 * 64;
	memory = mmap(NULL, size * group->messengers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	teams[group->index] = memory;
	team_size[group->index] = size;
	for (int i = 0; i < group->messengers + group->count; i++)
		if (!add(group, i))
			return false;
	return true;
}
