#include "calculator.h"

static void show(const struct tree *tree)
{
	if (!tree->operator) {
		printf("%ld", tree->number);
		return;
	}
	printf("(");
	show(tree->left);
	printf(" %c ", tree->operator);
	show(tree->right);
	printf(")");
}

void report(const struct tree *tree, long value)
{
	show(tree);
	printf(" = %ld\n", value);
}
