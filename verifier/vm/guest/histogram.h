/* Distributions in buckets of a constant relative width, as the runner and its BPF program count them. */
#pragma once

#define SUB_BITS 7                        /* a bucket is at most 1/128 of its values wide */
#define BUCKETS ((64 - SUB_BITS + 1) << SUB_BITS)

struct histogram { __UINT64_TYPE__ sum, max; __UINT32_TYPE__ bucket[BUCKETS]; };

static inline unsigned int bucket_of(__UINT64_TYPE__ value)
{
	unsigned int shift;

	if (value < 1 << SUB_BITS)
		return value;
	shift = 63 - __builtin_clzll(value) - SUB_BITS;
	return (shift << SUB_BITS) + (value >> shift);
}
