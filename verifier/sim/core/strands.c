/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Callbacks that stop in the middle, as the scenario says, while other CPUs go on.
 *
 * Each event is handled on a stack of its own. At an access to what CPUs share it may stop; the events of other CPUs
 * happen meanwhile. What a CPU does while it stops, and the runnable queues that it has locked, are out of reach for
 * others as they are in the kernel: whoever wants them lets it go on first. A CPU that waits for a queue has dropped its
 * own locks, as the kernel does when it takes a task from another CPU, and looks again when it has them back.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define STACK_BYTES (256 << 10)

struct stop {
	u64 access, ns;
};

/* What of the simulation belongs to whoever is at work. */
struct place_of_work {
	const char *callback;
	struct sim_task *callback_task;
	s32 this_cpu;
	u32 allowed, line;
	u64 steps;
	struct sim_task *direct;
};

enum strand_state { FREE, STOPPED, WAITS };

struct strand {
	enum strand_state state;
	struct event *event;
	s32 cpu;	/* that is at work */
	u64 locked;	/* CPUs whose queues of runnable tasks are its own */
	u64 wanted;	/* when it waits */
	u64 until;	/* when it goes on by itself */
	struct place_of_work place;
	ucontext_t context;
	char *stack;
};

static struct stop *stops;
static u32 nr_stops, next_stop;
static u64 accesses, stopped_ns;
static struct strand *strands, *current;
u32 nr_strands;
static ucontext_t *outside;
static void **freed_later;
static u32 nr_freed;

void stop_add(u64 access, u64 ns)
{
	if (!stops)
		stops = calloc(MAX_STOPS, sizeof(*stops));
	if (!stops || nr_stops == MAX_STOPS || (nr_stops && access <= stops[nr_stops - 1].access))
		refuse("more than %d stops, or one that is not behind the last", MAX_STOPS);
	stops[nr_stops++] = (struct stop){ access, ns };
}

bool stops_wanted(void)
{
	return nr_stops;
}

void report_stops(void)
{
	say("stopped %u %llu\n", next_stop, stopped_ns);
}

u32 strand_now(void)
{
	return current ? current - strands + 1 : 0;
}

/* ---- to a strand and back */

static void keep_place(struct strand *strand)
{
	strand->place = (struct place_of_work){
		sim.callback, sim.callback_task, sim.this_cpu, sim.allowed, sim_line, sim.callback_steps, sim.direct,
	};
}

static void take_place(const struct place_of_work *place)
{
	sim.callback = place->callback;
	sim.callback_task = place->callback_task;
	sim.this_cpu = place->this_cpu;
	sim.allowed = place->allowed;
	sim_line = place->line;
	sim.callback_steps = place->steps;
	sim.direct = place->direct;
}

static void step_into(struct strand *strand)
{
	static const struct place_of_work nowhere;

	take_place(&strand->place);
	current = strand;
	swapcontext(outside, &strand->context);
	current = NULL;
	take_place(&nowhere);
}

static void step_out(enum strand_state state)
{
	struct strand *strand = current;

	strand->state = state;
	keep_place(strand);
	swapcontext(&strand->context, outside);
}

static void be_a_strand(void)
{
	for (;;) {
		event_happens(current->event);
		step_out(FREE);
	}
}

static struct strand *free_strand(void)
{
	struct strand *strand = strands;

	while (strand->state != FREE)
		strand++;
	if (strand->stack)
		return strand;
	strand->stack = malloc(STACK_BYTES);
	if (!strand->stack || getcontext(&strand->context))
		refuse("no memory for a stack");
	strand->context.uc_stack.ss_sp = strand->stack;
	strand->context.uc_stack.ss_size = STACK_BYTES;
	makecontext(&strand->context, be_a_strand, 0);
	return strand;
}

/* ---- what others may not have */

static struct strand *holder_of(u64 queues)
{
	for (u32 at = 0; at < nr_strands; at++)
		if (strands[at].state == STOPPED && (strands[at].locked & queues))
			return &strands[at];
	return NULL;
}

bool strand_claim(u64 queues)
{
	bool waited = false;

	if (!current)
		return false;
	while (holder_of(queues)) {
		u64 mine = current->locked;

		current->wanted = queues |= mine;
		current->locked = 0;
		waited = true;
		step_out(WAITS);
	}
	current->locked |= queues;
	return waited;
}

u64 strands_at_work(void)
{
	u64 bits = 0;

	for (u32 at = 0; at < nr_strands; at++)
		if (strands[at].state != FREE && &strands[at] != current)
			bits |= bit(strands[at].cpu);
	return bits;
}

/* Others may still look at what a dead task had. */
void free_when_unseen(void *memory)
{
	void **more = NULL;

	if (!cpus_at_work()) {
		free(memory);
		return;
	}
	more = realloc(freed_later, (nr_freed + 1) * sizeof(*more));
	if (!more)
		refuse("no memory for what is freed later");
	freed_later = more;
	freed_later[nr_freed++] = memory;
}

static void free_unseen(void)
{
	while (nr_freed && !cpus_at_work())
		free(freed_later[--nr_freed]);
}

/* ---- stopping */

/* Its words are joined by dots; the numbers are the task of the callback, and how long. */
static void tell_stop(const char *what, const char *place, u64 ns)
{
	char words[128];

	if (!sim.trace)
		return;
	snprintf(words, sizeof(words), "%s.%s.%s", what, sim.callback, place);
	trace_line(words, NULL, sim.callback_task ? sim.callback_task->t.pid : 0, ns);
}

bool may_stop(const char *place)
{
	u64 since = sim.now;

	if (!current || !sim.callback || next_stop == nr_stops || ++accesses < stops[next_stop].access)
		return false;
	current->until = sim.now + stops[next_stop].ns;
	tell_stop("stop", place, stops[next_stop++].ns);
	step_out(STOPPED);
	stopped_ns += sim.now - since;
	tell_stop("go_on", place, sim.now - since);
	return true;
}

/* What the program has, by name, where it tells. */
__attribute__((weak)) extern const struct sim_variable shared_variables[];

/* Params and the tables of the machine are as they were loaded; the line is the instrumentation's. */
static bool is_fixed(const char *place)
{
	if (place == (const char *)&sim_line)
		return true;
	for (struct sim_variable *at = sim_variables; at->name; at++)
		if (place >= (const char *)at->place && place < (const char *)at->place + at->size)
			return !at->told && strcmp(at->name, "counters") && strncmp(at->name, "promise_", 8);
	return false;
}

static const char *name_of(const char *place)
{
	for (const struct sim_variable *at = shared_variables; at && at->name; at++)
		if (place >= (const char *)at->place && place < (const char *)at->place + at->size)
			return at->name;
	return "memory";
}

static void touch(const void *place)
{
	const char *at = place;

	if (!current || next_stop == nr_stops || (at >= current->stack && at < current->stack + STACK_BYTES))
		return;
	if (!is_fixed(at))
		may_stop(name_of(at));
}

/* The compiler calls these before each load and store of a program that is compiled for it. */
#define HOOK(name)                     \
	void name(const void *place);  \
	void name(const void *place)   \
	{                              \
		touch(place);          \
	}
HOOK(__sanitizer_cov_load1)
HOOK(__sanitizer_cov_load2)
HOOK(__sanitizer_cov_load4)
HOOK(__sanitizer_cov_load8)
HOOK(__sanitizer_cov_load16)
HOOK(__sanitizer_cov_store1)
HOOK(__sanitizer_cov_store2)
HOOK(__sanitizer_cov_store4)
HOOK(__sanitizer_cov_store8)
HOOK(__sanitizer_cov_store16)

/* ---- all of it */

/* Whose handling is of one CPU; the others happen alone, in one piece. */
static bool is_of_a_cpu(const struct event *event)
{
	switch (event->kind) {
	case EV_WAKE:
	case EV_START:
	case EV_RESCHED:
	case EV_DONE:
	case EV_TICK:
	case EV_HIGHER_END:
	case EV_TIMER:
		return true;
	default:
		return false;
	}
}

static s32 cpu_of_event(const struct event *event)
{
	s32 cpu = event->kind == EV_WAKE ? (s32)((struct sim_task *)event->what)->t.thread_info.cpu : event->cpu;

	return cpu >= 0 && sim.cpus[cpu].online ? cpu : __builtin_ctzll(sim.online.bits[0]);
}

/* A task of the CPU, or the CPU itself, changes: its queue is locked from the beginning. */
static u64 locked_by(const struct event *event)
{
	bool of_queue = event->kind != EV_WAKE && event->kind != EV_START && event->kind != EV_TIMER;

	return of_queue ? bit(event->cpu) : 0;
}

static struct strand *in_the_way(const struct event *event)
{
	for (u32 at = 0; at < nr_strands; at++) {
		struct strand *strand = &strands[at];

		if (strand->state == STOPPED && (!is_of_a_cpu(event) || strand->cpu == cpu_of_event(event) ||
						 (strand->locked & locked_by(event))))
			return strand;
	}
	return NULL;
}

static struct strand *first_to_go_on(void)
{
	struct strand *first = NULL;

	for (u32 at = 0; at < nr_strands; at++)
		if (strands[at].state == STOPPED && (!first || strands[at].until < first->until))
			first = &strands[at];
	return first;
}

/* Who waits goes on when nobody has what it wants, and until then whoever has it. */
static bool waiting_go_on(void)
{
	for (u32 at = 0; at < nr_strands; at++) {
		struct strand *holder;

		if (strands[at].state != WAITS)
			continue;
		holder = holder_of(strands[at].wanted);
		step_into(holder ? holder : &strands[at]);
		return true;
	}
	return false;
}

static void begin(struct event *event)
{
	struct strand *strand;

	events_count();
	if (!is_of_a_cpu(event)) {
		event_happens(event);
		return;
	}
	strand = free_strand();
	strand->event = event;
	strand->cpu = cpu_of_event(event);
	strand->locked = locked_by(event);
	strand->place = (struct place_of_work){ .this_cpu = strand->cpu };
	step_into(strand);
}

static void next(struct event *event, struct strand *stopped)
{
	if (stopped && (!event || stopped->until <= event_time(event))) {
		time_goes_on(stopped->until < sim.end ? stopped->until : sim.end);
		step_into(stopped);
		return;
	}
	time_goes_on(event_time(event));
	stopped = in_the_way(event);
	if (stopped)
		step_into(stopped);
	else
		begin(event);
}

void strands_run(void)
{
	nr_strands = sim.nr_cpus;
	strands = calloc(nr_strands, sizeof(*strands));
	outside = calloc(1, sizeof(*outside));
	if (!strands || !outside)
		refuse("no memory for strands");
	for (;;) {
		struct event *event;
		struct strand *stopped;

		if (waiting_go_on())
			continue;
		event = events_first();
		stopped = first_to_go_on();
		if (!event && !stopped)
			break;
		next(event, stopped);
		free_unseen();
	}
	if (sim.exit_kind == SCX_EXIT_NONE && !sim.over)
		sim.now = sim.end;
}
