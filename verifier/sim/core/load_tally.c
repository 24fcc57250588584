/* SPDX-License-Identifier: GPL-2.0 */
/* What tasks saw, as counters and histograms with buckets of a constant relative width. */
#include "load.h"

static u32 bucket_of(u64 value)
{
	s32 shift;

	if (value < 1 << SUB_BITS)
		return value;
	shift = 63 - __builtin_clzll(value) - SUB_BITS;
	return ((u32)shift << SUB_BITS) + (value >> shift);
}

bool tally_counts(u64 begin)
{
	return begin >= load.from && begin < load.to;
}

void tally_seen(struct load_group *group, enum seen what, u64 from, u64 to)
{
	struct histogram *histogram = &group->tally.seen[what];
	u64 value = to > from ? to - from : 0;

	if (!tally_counts(from))
		return;
	histogram->sum += value;
	histogram->max = value > histogram->max ? value : histogram->max;
	histogram->bucket[bucket_of(value)]++;
}

void tally_begun(struct load_group *group, u64 due)
{
	group->tally.begun += tally_counts(due);
}

void tally_done(struct load_group *group, u64 due)
{
	tally_seen(group, REQUEST, due, sim.now);
	group->tally.done += tally_counts(due);
}

/* The buckets that have something, each in a line. */
static void report_seen(const struct load_group *group, const char *name, const struct histogram *histogram)
{
	if (!histogram->max && !histogram->bucket[0])
		return;
	say("seen %u %s %llu %llu\n", group->index, name, histogram->sum, histogram->max);
	for (u32 i = 0; i < BUCKETS; i++)
		if (histogram->bucket[i])
			say("bucket %u %s %u %u\n", group->index, name, i, histogram->bucket[i]);
}

void tally_report(const struct load_group *group)
{
	const struct tally *tally = &group->tally;

	say("group %u %llu %llu %llu %llu %llu %llu\n", group->index, tally->begun, tally->done, tally->missed,
	    tally->dropped, tally->finished ? tally->finished - load.started : 0, tally->child_cpu_ns);
	report_seen(group, "woken", &tally->seen[WOKEN]);
	report_seen(group, "request", &tally->seen[REQUEST]);
	report_seen(group, "gap", &tally->seen[GAP]);
}
