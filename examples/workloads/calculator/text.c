#include "calculator.h"

char operator_of(const char *text)
{
	return strlen(text) == 1 && strchr("+-x", text[0]) ? text[0] : 0;
}
