/* SPDX-License-Identifier: GPL-2.0 */
/* The states that were met, by hashes of 128 bits: of a million of them two are taken for one with a chance of 10^-27. */
#include "explore.h"

struct entry {
	struct hash hash;
	u32 index;
	bool used;
};

static struct seen {
	u64 slots, count, most;
	struct entry table[];
} *seen;

void seen_begin(u64 most)
{
	u64 slots = 1024;

	while (slots < 2 * most)
		slots *= 2;
	if (!seen || seen->slots < slots)
		seen = grab(sizeof(*seen) + slots * sizeof(struct entry));
	if (!seen)
		refuse("no memory for %llu states", most);
	for (u64 i = 0; seen->count && i < slots; i++)
		seen->table[i].used = false;
	seen->slots = slots;
	seen->most = most;
	seen->count = 0;
}

u64 seen_count(void)
{
	return seen->count;
}

bool seen_add(struct hash hash, u32 *index)
{
	u64 at = hash.a & (seen->slots - 1);

	for (; seen->table[at].used; at = (at + 1) & (seen->slots - 1))
		if (seen->table[at].hash.a == hash.a && seen->table[at].hash.b == hash.b) {
			*index = seen->table[at].index;
			return false;
		}
	*index = seen->count++;
	seen->table[at] = (struct entry){ hash, *index, true };
	return true;
}
