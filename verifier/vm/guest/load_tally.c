/* What tasks saw, as counters and histograms with buckets of a constant relative width. */
#include "load.h"
#include "out.h"
#include "util.h"

/* The bucket comes last: who is preempted in between when the window closes has not been counted. */
static void histogram_add(struct histogram *histogram, uint64_t value)
{
	uint64_t max = histogram->max;

	while (value > max && !__atomic_compare_exchange_n(&histogram->max, &max, value, true, __ATOMIC_RELAXED,
							   __ATOMIC_RELAXED))
		;
	__atomic_fetch_add(&histogram->sum, value, __ATOMIC_RELAXED);
	__atomic_fetch_add(&histogram->bucket[bucket_of(value)], 1, __ATOMIC_RELEASE);
}

bool tally_counts(uint64_t begin_ns)
{
	return begin_ns >= window->from_ns && begin_ns < window->to_ns;
}

void tally_add(uint64_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

void tally_seen(struct tally *tally, int what, uint64_t from_ns, uint64_t to_ns)
{
	if (tally_counts(from_ns))
		histogram_add(&tally->seen[what], to_ns > from_ns ? to_ns - from_ns : 0);
}

void tally_begun(struct tally *tally, uint64_t due)
{
	if (tally_counts(due))
		tally_add(&tally->begun);
}

void tally_open(struct tally *tally, int what, uint64_t from_ns, uint64_t now)
{
	if (from_ns >= now || !tally_counts(from_ns))
		return;
	tally_seen(tally, what, from_ns, now);
	tally_add(&tally->open[what]);
}

static uint64_t *since_of(const struct task *task, int what)
{
	return &window->since_ns[task - crew_task(0)][what];
}

void task_begins(const struct task *task, int what, uint64_t since_ns)
{
	__atomic_store_n(since_of(task, what), since_ns, __ATOMIC_SEQ_CST);
}

/* Whoever takes the begin away counts it: the task at its end, or the runner at that of the window. */
static uint64_t take(const struct task *task, int what)
{
	return __atomic_exchange_n(since_of(task, what), 0, __ATOMIC_SEQ_CST);
}

uint64_t task_ends(const struct task *task, int what)
{
	uint64_t since_ns = take(task, what);

	if (since_ns)
		tally_seen(load.group[task->group].tally, what, since_ns, now_ns());
	return since_ns;
}

void task_done(const struct task *task)
{
	uint64_t since_ns = task_ends(task, REQUEST);

	if (since_ns && tally_counts(since_ns))
		tally_add(&load.group[task->group].tally->done);
}

void tasks_close(uint64_t now)
{
	for (int i = 0; i < crew_size(); i++)
		for (int what = 0; what < SEEN; what++)
			tally_open(load.group[crew_task(i)->group].tally, what, take(crew_task(i), what), now);
}

/* The buckets as pairs of an index and how many values are in it; those with nothing are left out. */
void histogram_report(const char *key, const struct tally *tally, int what)
{
	const struct histogram *histogram = &tally->seen[what];

	if (!histogram->max && !histogram->bucket[0])
		return;
	out_open_map(key);
	out_u64("sum_ns", histogram->sum);
	out_u64("max_ns", histogram->max);
	out_u64("open", tally->open[what]);
	out_open_list("buckets");
	for (int i = 0; i < BUCKETS; i++) {
		if (!histogram->bucket[i])
			continue;
		out_u64(NULL, i);
		out_u64(NULL, histogram->bucket[i]);
	}
	out_close_list();
	out_close_map();
}
