#include "calculator.h"

struct token next_token(char **words, int *at)
{
	struct token token = { END, 0, "" };

	if (!words[*at])
		return token;
	snprintf(token.text, sizeof(token.text), "%s", words[(*at)++]);
	token.kind = is_number(token.text) ? NUMBER : operator_of(token.text) ? OPERATOR : NAME;
	if (token.kind == NUMBER)
		token.number = number_of(token.text);
	return token;
}
