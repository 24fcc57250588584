/* SPDX-License-Identifier: GPL-2.0 */
/* Messengers and workers. Without an arrival rate a worker asks for its next request when it has thought (closed);
 * with one, requests come at their own times and wait for a worker (open), so that a slow scheduler is not spared. */
#include "load.h"

#include <stdlib.h>

#define WAITING 4096	/* requests that can wait for a worker; more are dropped */

struct request {
	u64 due, posted, service_ns;
};

/* A messenger and its workers. */
struct team {
	struct task *messenger;
	struct task **workers;
	u32 nr_workers, posted, taken;
	bool *asks;	/* closed: which worker wants a request */
	struct request ring[WAITING];
};

/* ---- closed: a worker has at most one request, which is in the worker itself */

/* To one worker that asks; true if there was one. */
static bool post_one(struct task *task, struct team *team)
{
	for (u32 i = 0; i < team->nr_workers; i++) {
		struct task *worker = team->workers[i];

		if (!team->asks[i])
			continue;
		team->asks[i] = false;
		worker->service_ns = draw_ns(&task->group->service, task);
		worker->due = sim.now;
		tally_begun(task->group, worker->due);
		worker->bytes = 1;
		load_wake(worker, 0);
		return true;
	}
	return false;
}

static struct phase closed_messenger(struct task *task)
{
	return post_one(task, task->team) ? (struct phase){ RUN, 0 } : load_wait(task);
}

enum { ASKS, TAKES, WORKS };

static struct phase closed_worker(struct task *task)
{
	struct load_group *group = task->group;
	struct team *team = task->team;

	switch (task->state) {
	case ASKS:
		team->asks[(task->number - group->messengers) / group->messengers] = true;
		load_wake(team->messenger, 0);
		task->state = TAKES;
		return (struct phase){ RUN, 0 };
	case TAKES:
		if (!task->bytes)
			return load_wait(task);
		task->bytes = 0;
		task->state = WORKS;
		tally_seen(group, WOKEN, task->due, sim.now);
		return load_run(task->service_ns);
	default:
		tally_done(group, task->due);
		task->state = ASKS;
		return load_sleep_until(sim.now + draw_ns(&group->think, task));
	}
}

/* ---- open: requests wait in a ring */

static void wake_a_worker(struct team *team)
{
	for (u32 i = 0; i < team->nr_workers; i++) {
		u32 turn = (team->posted + i) % team->nr_workers;

		if (!team->workers[turn]->waits)
			continue;
		load_wake(team->workers[turn], 0);
		return;
	}
}

static struct phase open_messenger(struct task *task)
{
	struct load_group *group = task->group;
	struct team *team = task->team;
	struct request *request = &team->ring[team->posted % WAITING];

	if (!task->state++)
		task->due = sim.now;
	else if (team->posted - team->taken == WAITING)
		group->tally.dropped += tally_counts(task->due);
	else {
		*request = (struct request){ task->due, sim.now, draw_ns(&group->service, task) };
		team->posted++;
		wake_a_worker(team);
	}
	task->due += draw_ns(&group->arrival, task);
	tally_begun(group, task->due);
	return load_sleep_until(task->due);
}

static struct phase open_worker(struct task *task)
{
	struct team *team = task->team;
	struct request *request = &team->ring[team->taken % WAITING];

	if (task->state) {
		tally_done(task->group, task->due);
		task->state = 0;
	}
	if (team->taken == team->posted) {
		task->slept = true;
		return load_wait(task);
	}
	team->taken++;
	if (task->slept)
		tally_seen(task->group, WOKEN, request->posted, sim.now);
	task->slept = false;
	task->due = request->due;
	task->state = 1;
	return load_run(request->service_ns);
}

/* ---- both */

static struct team *team_new(struct load_group *group, u32 messenger)
{
	u32 workers = (group->count - messenger + group->messengers - 1) / group->messengers;
	struct team *team = calloc(1, sizeof(*team));

	if (team)
		team->workers = calloc(workers, sizeof(*team->workers));
	if (team)
		team->asks = calloc(workers, sizeof(*team->asks));
	if (!team || !team->workers || !team->asks)
		refuse("no memory for %s", group->name);
	return team;
}

void requests_add(struct load_group *group)
{
	bool open = group->arrival.shape != NOTHING;

	for (s32 i = 0; i < group->messengers + group->count; i++) {
		struct task *task = load_add(group, i);
		bool messenger = i < group->messengers;

		if (messenger)
			group->teams[i] = team_new(group, i);
		task->team = group->teams[messenger ? i : (i - group->messengers) % group->messengers];
		task->next = messenger ? open ? open_messenger : closed_messenger : open ? open_worker : closed_worker;
		if (messenger)
			task->team->messenger = task;
		else
			task->team->workers[task->team->nr_workers++] = task;
	}
}
