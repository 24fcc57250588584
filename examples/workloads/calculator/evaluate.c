#include "calculator.h"

long evaluate(const struct tree *tree)
{
	if (!tree)
		return 0;
	switch (tree->operator) {
	case '+':
		return evaluate(tree->left) + evaluate(tree->right);
	case '-':
		return evaluate(tree->left) - evaluate(tree->right);
	case 'x':
		return evaluate(tree->left) * evaluate(tree->right);
	default:
		return tree->number;
	}
}
