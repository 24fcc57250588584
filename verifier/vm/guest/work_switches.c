/* switches: two tasks on one CPU hand a byte to and fro, so often that the CPU changed hands that many times. */
#define _GNU_SOURCE
#include "out.h"
#include "scx.h"
#include "util.h"
#include "work.h"

#include <unistd.h>

static void pass(struct task *task)
{
	char byte = 0;

	if (task->number == 0 && write(task->fd[1], &byte, 1) != 1)
		return;
	while (read(task->fd[0], &byte, 1) == 1) {
		task->done++;
		if (write(task->fd[1], &byte, 1) != 1)
			return;
	}
}

static bool add_pair(int cpu)
{
	int there[2], back[2];

	if (pipe(there) || pipe(back))
		return false;
	for (int i = 0; i < 2; i++) {
		struct task *task = crew_add(0, pass);

		if (!task)
			return false;
		task->cpu = cpu;
		task->number = i;
		task->fd[0] = i ? there[0] : back[0];
		task->fd[1] = i ? back[1] : there[1];
	}
	return true;
}

static uint64_t handed_over(void)
{
	return crew_task(0)->done + crew_task(1)->done;
}

/* count=1000 cpu=0 seconds=20 (at most) */
void work_switches(const struct workload *work)
{
	uint64_t count = option_long(work->options, "count", 1000);
	uint64_t limit = option_long(work->options, "seconds", 20) * 1000000000ull;

	crew_begin(work);
	if (!add_pair(option_long(work->options, "cpu", 0)) || !crew_start())
		return;
	while (handed_over() < count && crew_elapsed() < limit && scx_enabled())
		sleep_ms(2);
	limit = crew_elapsed();
	crew_end();
	out_begin("workload");
	out_str("kind", "switches");
	out_u64("asked_ns", 0);
	out_u64("passed_ns", limit);
	out_u64("switches", handed_over());
	out_bool("alive", handed_over() >= count && scx_enabled());
	out_end();
}
