#include "calculator.h"

static const struct { const char *name; long value; } names[] = {
	{ "dozen", 12 }, { "score", 20 }, { "gross", 144 },
};

long look_up(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i].name, name))
			return names[i].value;
	return 0;
}
