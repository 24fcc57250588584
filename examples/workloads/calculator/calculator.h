/* Sums and products of whole numbers and names. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { NUMBER, NAME, OPERATOR, END };
struct token { enum kind kind; long number; char text[16]; };
struct tree { char operator; long number; struct tree *left, *right; };

struct token next_token(char **words, int *at);
struct tree *parse(char **words, int *at);
long evaluate(const struct tree *tree);
long look_up(const char *name);
bool is_number(const char *text);
long number_of(const char *text);
char operator_of(const char *text);
void report(const struct tree *tree, long value);
