#include "calculator.h"

bool is_number(const char *text)
{
	for (const char *digit = text; *digit; digit++)
		if (!isdigit((unsigned char)*digit))
			return false;
	return *text;
}

long number_of(const char *text)
{
	return strtol(text, NULL, 10);
}
