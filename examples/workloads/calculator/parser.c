#include "calculator.h"

static struct tree *node(char operator, long number, struct tree *left, struct tree *right)
{
	struct tree *tree = malloc(sizeof(*tree));

	if (tree)
		*tree = (struct tree){ operator, number, left, right };
	return tree;
}

static struct tree *operand(char **words, int *at)
{
	struct token token = next_token(words, at);

	if (token.kind == NUMBER)
		return node(0, token.number, NULL, NULL);
	return token.kind == NAME ? node(0, look_up(token.text), NULL, NULL) : NULL;
}

/* Operands with operators of one strength between them, from the left. */
static struct tree *row(char **words, int *at, const char *operators, struct tree *(*part)(char **, int *))
{
	struct tree *tree = part(words, at);

	while (tree && words[*at] && operator_of(words[*at]) && strchr(operators, operator_of(words[*at]))) {
		char operator = operator_of(words[(*at)++]);

		tree = node(operator, 0, tree, part(words, at));
	}
	return tree;
}

static struct tree *product(char **words, int *at)
{
	return row(words, at, "x", operand);
}

struct tree *parse(char **words, int *at)
{
	return row(words, at, "+-", product);
}
