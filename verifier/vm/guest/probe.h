/* What the tasks of real programs meet: counted in the kernel, since these do not say it themselves. */
#pragma once
#include "histogram.h"

#define PROBE_GROUPS 32
#define PROBE_TASKS 16384                 /* at a time */

/* A task that is followed. */
struct probe_task {
	__UINT32_TYPE__ group;
	__UINT32_TYPE__ woken;            /* what it waits for a CPU after: a wakeup, or a preemption */
	__UINT64_TYPE__ ready_ns;         /* since when it waits for a CPU; 0: it does not */
	__UINT64_TYPE__ since_ns;         /* since when it has one; 0: it has none */
};

/* What the tasks of a group saw. */
struct probe_seen {
	struct histogram woken, gap;
	__UINT64_TYPE__ cpu_ns, voluntary, forced, migrations;
	__UINT64_TYPE__ lost;             /* tasks that there was no room for */
};
