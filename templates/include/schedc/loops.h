/* SPDX-License-Identifier: GPL-2.0 */
/* Loops with a bound, on the kernel's iterators: verified in one pass, whatever the bound. */
#ifndef SCHEDC_LOOPS_H
#define SCHEDC_LOOPS_H

#include "kernel.h"

static __always_inline bool next_number(struct bpf_iter_num *it, s32 *number)
{
	s32 *next = bpf_iter_num_next(it);

	if (!next) {
		asm volatile(""); /* the end is a jump, never a value to be computed with */
		return false;
	}
	*number = *next;
	return true;
}

/* One way round for every `continue`: clang makes a loop of its own of each other way, which nothing ends. */
#define __next_round() ({ asm volatile(""); })

/* Never written; the verifier does not know that. */
u64 nothing;
/* The same number, of which the verifier knows nothing: each round of a loop that adds up is then like the last. */
#define anew(number) ((number) + (typeof(number))READ_ONCE(nothing))

#define __closed_by(destroy) __attribute__((cleanup(destroy)))

/* for number from `start` up to, and without, `end` */
#define each_number(number, start, end)                                                                  \
	for (struct bpf_iter_num it__ __closed_by(bpf_iter_num_destroy),                                 \
	     *once__ __attribute__((unused)) = (bpf_iter_num_new(&it__, (start), (end)), (void *)0);     \
	     next_number(&it__, &(number)); __next_round())

/* for each task that waits in a queue, first to last */
#define each_waiting(p, dsq)                                                                             \
	for (struct bpf_iter_scx_dsq it__ __closed_by(bpf_iter_scx_dsq_destroy),                         \
	     *once__ __attribute__((unused)) = (bpf_iter_scx_dsq_new(&it__, (dsq), 0), (void *)0);       \
	     ((p) = bpf_iter_scx_dsq_next(&it__)); __next_round())

#endif
