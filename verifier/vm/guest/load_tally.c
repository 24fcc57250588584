/* What tasks saw, as counters and histograms with buckets of a constant relative width. */
#include "load.h"
#include "out.h"
#include "util.h"

static int bucket_of(uint64_t value)
{
	int shift;

	if (value < 1 << SUB_BITS)
		return value;
	shift = 63 - __builtin_clzll(value) - SUB_BITS;
	return (shift << SUB_BITS) + (value >> shift);
}

static void histogram_add(struct histogram *histogram, uint64_t value)
{
	uint64_t max = histogram->max;

	__atomic_fetch_add(&histogram->count, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&histogram->sum, value, __ATOMIC_RELAXED);
	__atomic_fetch_add(&histogram->bucket[bucket_of(value)], 1, __ATOMIC_RELAXED);
	while (value > max && !__atomic_compare_exchange_n(&histogram->max, &max, value, true, __ATOMIC_RELAXED,
							   __ATOMIC_RELAXED))
		;
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

void tally_done(struct tally *tally, uint64_t due)
{
	tally_seen(tally, REQUEST, due, now_ns());
	if (tally_counts(due))
		tally_add(&tally->done);
}

/* The buckets as pairs of an index and a count; those with nothing are left out. */
void histogram_report(const char *key, const struct histogram *histogram)
{
	if (!histogram->count)
		return;
	out_open_map(key);
	out_u64("count", histogram->count);
	out_u64("sum_ns", histogram->sum);
	out_u64("max_ns", histogram->max);
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
