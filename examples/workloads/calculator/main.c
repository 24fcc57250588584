#include "calculator.h"

int main(int argc, char **argv)
{
	int at = 1;
	struct tree *tree = parse(argv, &at);

	if (!tree || at < argc)
		return 1;
	report(tree, evaluate(tree));
	return 0;
}
