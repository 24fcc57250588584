/* SPDX-License-Identifier: GPL-2.0 */
/* What a run tells: lines of words, the trace as it goes and a summary at its end; and why it broke off. */
#include "load.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char buffer[1 << 16];
static u32 filled;

void flush_report(void)
{
	for (u32 done = 0; done < filled;) {
		long wrote = write(1, buffer + done, filled - done);

		if (wrote <= 0)
			_exit(4);
		done += wrote;
	}
	filled = 0;
}

void say(const char *format, ...)
{
	va_list arguments;

	if (filled > sizeof(buffer) - 1024)
		flush_report();
	va_start(arguments, format);
	filled += vsnprintf(buffer + filled, 1024, format, arguments);
	va_end(arguments);
}

void trace_line(const char *what, struct sim_task *p, u64 a, u64 b)
{
	if (sim.lines >= sim.max_lines)
		return;
	sim.lines++;
	say("t %llu %d %s %d %lld %lld %u\n", sim.now, sim.this_cpu, what, p ? p->t.pid : -1, (s64)a, (s64)b, sim_line);
}

void count_event(enum sim_counter counter)
{
	sim.events[counter]++;
}

/* ---- the end of the scheduler */

static void exit_with(enum scx_exit_kind kind, s64 code, const char *format, va_list arguments)
{
	if (sim.exit_kind != SCX_EXIT_NONE)
		return;
	sim.exit_kind = kind;
	sim.exit_code = code;
	vsnprintf(sim.exit_msg, sizeof(sim.exit_msg), format, arguments);
}

void sim_exit(enum scx_exit_kind kind, s64 code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	exit_with(kind, code, format, arguments);
	va_end(arguments);
}

void sim_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	exit_with(SCX_EXIT_ERROR, 0, format, arguments);
	va_end(arguments);
}

/* The run itself cannot go on: a bad scenario, or a limit. */
void refuse(const char *format, ...)
{
	va_list arguments;
	char text[256];

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	say("refused %s\n", text);
	flush_report();
	_exit(3);
}

/* ---- traps: what the compiler's checks, or the machine, found in a callback */

/* Clang's trap for what UBSan finds has the number of the check in it: ud1 number(%eax), %eax. */
static int check_of(const siginfo_t *info)
{
	static const u8 trap[] = { 0x67, 0x0f, 0xb9 }, plain = 0x00, with_number = 0x40;
	const u8 *at = info ? info->si_addr : NULL;

	if (!at || info->si_signo != SIGILL || memcmp(at, trap, sizeof(trap)))
		return -1;
	at += sizeof(trap);
	return *at == with_number ? at[1] : *at == plain ? 0 : -1;
}

static void trapped_by(int number, const siginfo_t *info)
{
	char line[160];
	s32 pid = sim.callback_task ? sim.callback_task->t.pid : 0;

	if (explore_trapped)
		explore_trapped();
	int length = snprintf(line, sizeof(line), "trap %d %s %d %llu %u %d\n", number,
			      sim.callback ? sim.callback : "-", pid, sim.now, sim_line, check_of(info));

	if (filled < sizeof(buffer))
		flush_report();
	if (write(1, line, length) < 0)
		_exit(4);
	_exit(5);
}

void trapped(int number)
{
	trapped_by(number, NULL);
}

static void caught(int number, siginfo_t *info, void *context)
{
	(void)context;
	trapped_by(number, info);
}

/* For AddressSanitizer, which asks for the first before main() and calls the second before it ends the process. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0:detect_stack_use_after_return=0:allow_user_segv_handler=1";
}

void __asan_on_error(void);
void __asan_on_error(void)
{
	trapped(SIGSEGV);
}

/* A run that takes longer than its processor time is a trap as well: an endless loop without calls. */
void catch_traps(u64 cpu_seconds)
{
	static const int numbers[] = { SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGXCPU };
	static char stack[1 << 16];
	struct rlimit limit = { cpu_seconds, cpu_seconds + 1 };
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND };

	sigaltstack(&alternate, NULL);
	for (u32 i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaction(numbers[i], &action, NULL);
	setrlimit(RLIMIT_CPU, &limit);
}

/* What is held after the policy's end. */
void report_left(void)
{
	say("left %lld %s\n", sim.masks_held, sim.masks_held && sim.mask_taken ? sim.mask_taken : "-");
}

/* ---- the summary */

static const char *place_of(struct sim_task *p)
{
	if (p->state == DEAD)
		return "dead";
	if (p->state == SLEEPING)
		return "asleep";
	if (p->state == NOT_STARTED)
		return "unborn";
	if (sim.cpus[p->t.thread_info.cpu].curr == p)
		return "running";
	if (p->deferred || (p->dsq && p->dsq->cpu >= 0))
		return "local";
	if (p->dsq)
		return p->dsq->id == SCX_DSQ_GLOBAL ? "global" : "queue";
	return p->held ? "held" : "nowhere";
}

static void say_task(struct sim_task *p)
{
	say("task %d %s %s %d %llu %llu %llu %llu %llu %llu %llu %llu %u\n", p->t.pid, p->t.comm, place_of(p),
	    p->t.thread_info.cpu, p->t.se.sum_exec_runtime, p->runs, p->waits, p->worst_wait, p->total_wait,
	    p->migrations, p->held_times, p->misplaced, p->t.scx.weight);
}

static void say_variable(const struct sim_variable *variable)
{
	u32 columns = variable->each / 8;

	if (!strcmp(variable->name, "counters")) {
		for (u32 column = 0; column < columns; column++) {
			u64 sum = 0;

			for (u32 row = 0; row < variable->size / variable->each; row++)
				sum += ((u64 *)variable->place)[row * columns + column];
			say("counter %u %llu\n", column, sum);
		}
	}
	if (variable->told || !strcmp(variable->name, "branches") || !strncmp(variable->name, "promise_", 8))
		for (u32 i = 0; i < variable->size / 8; i++)
			say("%s%s %u %llu\n", variable->told ? "reading " : "", variable->name, i,
			    ((u64 *)variable->place)[i]);
}

/* The most that this process had; rusage would count what it was forked from, too. */
static u64 most_kilobytes(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	u64 most = 0;
	char line[128];

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "VmHWM: %llu", &most) == 1)
			break;
	if (status)
		fclose(status);
	return most;
}

void report(void)
{
	static const char *const names[] = {
		"SELECT_CPU_FALLBACK", "DISPATCH_LOCAL_DSQ_OFFLINE", "DISPATCH_KEEP_LAST",
		"ENQ_SKIP_EXITING", "ENQ_SKIP_MIGRATION_DISABLED", "REFILL_SLICE_DFL",
		"BYPASS_ACTIVATE", "BYPASS_DISPATCH", "BYPASS_DURATION",
	};

	served_at_end();
	for (s32 i = 0; i < sim.nr_tasks; i++)
		say_task(sim.tasks[i]);
	for (s32 cpu = 0; cpu < sim.nr_cpus; cpu++)
		say("cpu %d %llu %d\n", cpu, sim.cpus[cpu].busy_ns, sim.cpus[cpu].online);
	for (u32 i = 0; i < NR_COUNTERS; i++)
		say("event %s %llu\n", names[i], sim.events[i]);
	for (struct sim_variable *variable = sim_variables; variable->name; variable++)
		say_variable(variable);
	load_report();
	say_costs();
	say("slices %llu %llu\n", sim.shortest_slice, sim.longest_slice);
	say("unserved %llu %d %d %llu\n", sim.worst_unserved, sim.unserved_cpu, sim.unserved_pid, sim.unserved_at);
	say("ran %llu %llu %d %llu\n", sim.now, sim.processed, sim.lines >= sim.max_lines, sim.refused_forks);
	report_stops();
	say("memory %llu\n", most_kilobytes());
	say("exit %d %lld %s\n", sim.exit_kind, sim.exit_code, sim.exit_msg);
	flush_report();
}
