#define _GNU_SOURCE
#include "load_work.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Two instructions a round, whatever the compiler thinks: with counted instructions that is an exact time. */
void burn(uint64_t ns)
{
	uint64_t rounds = ns / load.per_ns + 1;

	asm volatile("1: dec %0\n\tjnz 1b" : "+r"(rounds) : : "cc");
}

void sleep_until(uint64_t ns)
{
	struct timespec time = { ns / 1000000000ull, ns % 1000000000ull };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL))
		;
}

void futex_wait(volatile uint32_t *word, uint32_t value, uint64_t ns)
{
	struct timespec limit = { ns / 1000000000ull, ns % 1000000000ull };

	syscall(SYS_futex, word, FUTEX_WAIT, value, ns ? &limit : NULL, NULL, 0);
}

void futex_wake(volatile uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

uint64_t cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return used.tv_sec * 1000000000ull + used.tv_nsec;
}

void job_ends(void)
{
	if (__atomic_sub_fetch(&window->jobs_left, 1, __ATOMIC_SEQ_CST) == 0)
		futex_wake(&window->jobs_left);
}

void tally_last(struct tally *tally, uint64_t now)
{
	uint64_t last = tally->finished_ns;

	while (now > last && !__atomic_compare_exchange_n(&tally->finished_ns, &last, now, true, __ATOMIC_RELAXED,
							  __ATOMIC_RELAXED))
		;
}
