/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations that have a value for all operands. Where the compiler has proven that the plain operation stays in
 * range it is used instead, so what is called here could not be proven.
 */
#ifndef SCHEDC_ARITHMETIC_H
#define SCHEDC_ARITHMETIC_H

#include "kernel.h"

#define U64_MAX (~0ULL)
#define S64_MAX ((s64)(U64_MAX >> 1))

static __always_inline u64 sat_add(u64 a, u64 b)
{
	u64 sum = a + b;

	return sum < a ? U64_MAX : sum;
}

static __always_inline u64 sat_sub(u64 a, u64 b)
{
	return a > b ? a - b : 0;
}

static __always_inline u64 sat_mul(u64 a, u64 b)
{
	u64 most = b ? U64_MAX / b : U64_MAX;

	unrelated(most); /* else clang makes a product of 128 bits of it, for which BPF has no code */
	return a > most ? U64_MAX : a * b;
}

/* a * b / c without losing the high part of the product; c is not 0, and b * c fits 64 bits. */
static __always_inline u64 mul_div(u64 a, u64 b, u64 c)
{
	return sat_add(sat_mul(a / c, b), a % c * b / c);
}

static __always_inline s64 to_signed(u64 a)
{
	return a > (u64)S64_MAX ? S64_MAX : (s64)a;
}

static __always_inline s64 sat_add_signed(s64 a, s64 b)
{
	s64 sum = (s64)((u64)a + (u64)b);

	if (a >= 0 && b >= 0 && sum < 0)
		return S64_MAX;
	if (a < 0 && b < 0 && (sum >= 0 || sum == -S64_MAX - 1))
		return -S64_MAX;
	return sum;
}

static __always_inline s64 sat_sub_signed(s64 a, s64 b)
{
	s64 difference = (s64)((u64)a - (u64)b);

	if (a >= 0 && b < 0 && difference < 0)
		return S64_MAX;
	if (a < 0 && b >= 0 && (difference >= 0 || difference == -S64_MAX - 1))
		return -S64_MAX;
	return difference;
}

static __always_inline u64 magnitude(s64 a)
{
	return a < 0 ? 0 - (u64)a : (u64)a;
}

static __always_inline s64 with_sign(u64 a, bool negative)
{
	return negative ? -to_signed(a) : to_signed(a);
}

/* BPF before version 4 of its instruction set has no signed division. */
static __always_inline s64 mul_signed(s64 a, u64 b)
{
	return with_sign(sat_mul(magnitude(a), b), a < 0);
}

static __always_inline s64 div_signed(s64 a, u64 b)
{
	return with_sign(magnitude(a) / b, a < 0);
}

/* b * c fits 64 bits. */
static __always_inline s64 mul_div_signed(s64 a, u64 b, u64 c)
{
	return with_sign(mul_div(magnitude(a), b, c), a < 0);
}

static __always_inline u64 min_u64(u64 a, u64 b)
{
	return a < b ? a : b;
}

static __always_inline u64 max_u64(u64 a, u64 b)
{
	return a > b ? a : b;
}

static __always_inline s64 min_s64(s64 a, s64 b)
{
	return a < b ? a : b;
}

static __always_inline s64 max_s64(s64 a, s64 b)
{
	return a > b ? a : b;
}

/* Virtual time is modular: `a` is before `b` if the way from a to b is the shorter one. */
static __always_inline bool vtime_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

static __always_inline u64 min_vtime(u64 a, u64 b)
{
	return vtime_before(a, b) ? a : b;
}

static __always_inline u64 max_vtime(u64 a, u64 b)
{
	return vtime_before(a, b) ? b : a;
}

/* The nearest point to `vtime` between `low` and `high` from the clock. */
static __always_inline u64 into_window(u64 vtime, u64 clock, s64 low, s64 high)
{
	s64 ahead = (s64)(vtime - clock);

	if (ahead < low)
		ahead = low;
	if (ahead > high)
		ahead = high;
	return clock + ahead;
}

/* The nearest point of time to `at` between `low` and `high` from the clock; however late, it is not before it. */
static __always_inline u64 into_span(u64 at, u64 clock, s64 low, s64 high)
{
	u64 first = low < 0 ? sat_sub(clock, magnitude(low)) : sat_add(clock, magnitude(low));
	u64 last = high < 0 ? sat_sub(clock, magnitude(high)) : sat_add(clock, magnitude(high));

	return min_u64(max_u64(at, first), last);
}

/* Counts the bits below the highest one, without a branch: six of them were 64 ways for the kernel's verifier to go. */
static __always_inline u64 log2_u64(u64 a)
{
	a |= 1;
	a |= a >> 1;
	a |= a >> 2;
	a |= a >> 4;
	a |= a >> 8;
	a |= a >> 16;
	a |= a >> 32;
	a >>= 1;
	a -= a >> 1 & 0x5555555555555555ULL;
	a = (a & 0x3333333333333333ULL) + (a >> 2 & 0x3333333333333333ULL);
	a = (a + (a >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return a * 0x0101010101010101ULL >> 56;
}

static __always_inline u64 random_below(u64 bound)
{
	return bound ? bpf_get_prandom_u32() % bound : 0;
}

/* The next 32 bits of a quotient: `rest` and `next` over a divisor of two halves, the upper one with its first bit set. */
static __always_inline u64 quotient_digit(u64 rest, u64 next, u64 upper, u64 lower)
{
	u64 digit = rest / upper, left = rest % upper;

	if (digit >> 32 || digit * lower > (left << 32 | next)) {
		digit--;
		left += upper;
		if (!(left >> 32) && (digit >> 32 || digit * lower > (left << 32 | next)))
			digit--;
	}
	return digit;
}

/* The same for all operands but c = 0: a product of 128 bits, divided by hand. */
static __noinline u64 mul_div_wide(u64 a, u64 b, u64 c)
{
	u64 crossed = (a >> 32) * (u32)b, other = (u64)(u32)a * (b >> 32), least = (u64)(u32)a * (u32)b;
	u64 middle = (least >> 32) + (u32)crossed + (u32)other;
	u64 high = (a >> 32) * (b >> 32) + (crossed >> 32) + (other >> 32) + (middle >> 32);
	u64 low = middle << 32 | (u32)least, shift = 63 - log2_u64(c), digit;

	if (high >= c)
		return U64_MAX;
	c <<= shift;
	if (shift)
		high = high << shift | low >> (64 - shift);
	low <<= shift;
	digit = quotient_digit(high, low >> 32, c >> 32, (u32)c);
	high = (high << 32 | low >> 32) - digit * c;
	return digit << 32 | quotient_digit(high, (u32)low, c >> 32, (u32)c);
}

static __always_inline s64 mul_div_wide_signed(s64 a, u64 b, u64 c)
{
	return with_sign(mul_div_wide(magnitude(a), b, c), a < 0);
}

/* A step of 1/n from the old average to the new sample. */
static __always_inline u64 toward(u64 average, u64 sample, u64 n)
{
	return sample >= average ? average + (sample - average) / n : average - (average - sample) / n;
}

/* The same for an average over time: the older the last sample, the larger the step. */
static __always_inline u64 toward_over(u64 average, u64 sample, u64 elapsed, u64 over)
{
	u64 part = elapsed < over ? elapsed : over;
	u64 way = sample >= average ? sample - average : average - sample;

	/* `over` is a constant. */
	way = over >> 32 ? mul_div_wide(way, part, over) : mul_div(way, part, over);
	return sample >= average ? average + way : average - way;
}

/* A shared word that atomic subtractions may have brought below zero. */
static __always_inline u64 settled(u64 word)
{
	return (s64)word < 0 ? 0 : word;
}

#define or_else(first, second)                  \
	({                                      \
		s32 found__ = (first);          \
		found__ >= 0 ? found__ : (second); \
	})

#endif
