/* Random durations. The same seed draws the same ones: no libm, whose results differ between versions. */
#include "load.h"

uint64_t mix_bits(uint64_t value)
{
	value += 0x9e3779b97f4a7c15ull;
	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ value >> 27) * 0x94d049bb133111ebull;
	return value ^ value >> 31;
}

/* The natural logarithm of a number in (0, 1]: halvings, and a series that ends below a double's precision. */
static double log_of(double x)
{
	double sum = 0, z, square, term;
	int halvings = 0;

	for (; x < 0.5; x *= 2)
		halvings++;
	z = (x - 1) / (x + 1);
	square = z * z;
	term = z;
	for (int k = 1; k < 40; k += 2) {
		sum += term / k;
		term *= square;
	}
	return 2 * sum - halvings * 0.6931471805599453;
}

static uint64_t exponential(uint64_t mean, struct task *task)
{
	double chance = (crew_random(task, 1ull << 53) + 1) / 9007199254740992.0;

	return (uint64_t)(mean * -log_of(chance));
}

uint64_t draw_ns(const struct draw *draw, struct task *task)
{
	switch (draw->shape) {
	case CONSTANT:
		return draw->a;
	case UNIFORM:
		return draw->a + crew_random(task, draw->b - draw->a + 1);
	case EXPONENTIAL:
		return exponential(draw->a, task);
	case BIMODAL:
		return crew_random(task, 1000) < draw->per_mille ? draw->b : draw->a;
	default:
		return 0;
	}
}
