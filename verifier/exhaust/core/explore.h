/* SPDX-License-Identifier: GPL-2.0 */
/* All orders of events to a depth, in one process that is set back to where it was. */
#ifndef SCHEDC_EXPLORE_H
#define SCHEDC_EXPLORE_H

#include "sim.h"

/* ---- memory.c: all that a run changes, as it was before */

/* Memory of the exploration's own, which is never set back; NULL if there is none. */
void *grab(u64 bytes);
/* From now on changes are seen, page by page. Whoever writes elsewhere is no part of the run. */
void memory_begin(void (*trap)(int number));
void memory_keep(void);		/* what restore() brings back */
void memory_restore(void);
void memory_reset(void);	/* as it was in the beginning */
u64 block_size(const void *block);	/* of the allocator's */

struct hash {
	u64 a, b;
};

static inline void mix(struct hash *hash, u64 word)
{
	hash->a = (hash->a ^ word) * 0x9e3779b97f4a7c15ULL;
	hash->a ^= hash->a >> 29;
	hash->b = (hash->b + word) * 0xc2b2ae3d27d4eb4fULL;
	hash->b ^= hash->b >> 31;
}

/* What the policy keeps in memory of its own, as far as it differs from the beginning. */
void memory_hash(struct hash *hash);

/* ---- state.c */

/* Two states with the same hash go on in the same ways; `clocked`: if the policy looks at the time. */
struct hash state_hash(bool clocked);

/* ---- seen.c: the states that were met */

void seen_begin(u64 most);
/* True if it is the first time; `*index` is its number, from 0 on. */
bool seen_add(struct hash hash, u32 *index);
u64 seen_count(void);

#endif
