/* SPDX-License-Identifier: GPL-2.0 */
/* A policy under a scenario, from its init() to its exit(). The argument is its limit of processor time, in s. */
#include "load.h"

#include <stdlib.h>
#include <sys/mman.h>

#define PAGE 4096ULL

struct sim sim;

/* Params are constants to the program, and set by whoever loads it. */
static void make_writable(void)
{
	for (struct sim_variable *variable = sim_variables; variable->name; variable++) {
		u64 first = (u64)variable->place & ~(PAGE - 1), last = (u64)variable->place + variable->size;

		if (mprotect((void *)first, last - first, PROT_READ | PROT_WRITE))
			refuse("%s cannot be set", variable->name);
	}
}

static void defaults(void)
{
	sim.ops = &policy_ops;
	sim.timeout = (policy_ops.timeout_ms ? policy_ops.timeout_ms : 30000) * 1000000ULL;
	sim.batch_size = policy_ops.dispatch_max_batch ? policy_ops.dispatch_max_batch : MAX_BATCH;
	if (sim.batch_size > MAX_BATCH)
		sim.batch_size = MAX_BATCH;
	sim.random = 1;
	sim.next_pid = 100;
	sim.max_lines = 1000000;
	sim.max_events = 20000000;
	sim.max_callback_steps = 1000000;
	sim.shortest_slice = NEVER;
	sim.unserved_cpu = sim.unserved_pid = -1;
}

static void attach(void)
{
	s32 error = 0;

	sim.random = sim.random * 0x9e3779b97f4a7c15ULL | 1;
	idle_begin();
	if (policy_ops.init)
		error = call_s32("init", policy_ops.init, KF_UNLOCKED, NULL, 0, 0, 0);
	if (error)
		sim_error("ops.init() failed (%d)", error);
	groups_attach();
	watchdog_begin();
}

static void unload(void)
{
	struct scx_exit_info info = { sim.exit_kind, sim.exit_msg };

	if (info.kind == SCX_EXIT_NONE)
		info.kind = SCX_EXIT_UNREG;
	call("exit", policy_ops.exit, KF_UNLOCKED, NULL, (u64)&info, 0, 0);
}

int main(int count, char **arguments)
{
	defaults();
	catch_traps(count > 1 ? strtoull(arguments[1], NULL, 10) : 60);
	make_writable();
	scenario_read();
	load_begin();
	attach();
	if (explore)
		explore();
	else if (nr_steps)
		steps_run();
	else if (stops_wanted())
		strands_run();
	else
		events_run();
	report();
	unload();
	report_left();
	flush_report();
	return 0;
}
