/* SPDX-License-Identifier: GPL-2.0 */
/* The lines that the core reads, as words, each refused where it is not what is wanted. */
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 12

u32 words_line;
static char *words[MAX_WORDS];
static u32 nr_words;

bool words_next(void)
{
	static char line[256];

	nr_words = 0;
	if (!fgets(line, sizeof(line), stdin))
		return false;
	words_line++;
	if (!strchr(line, '\n'))
		refuse("line %u is too long", words_line);
	for (char *at = strtok(line, " \n"); at && nr_words < MAX_WORDS; at = strtok(NULL, " \n"))
		words[nr_words++] = at;
	return true;
}

bool words_begin(const char *name)
{
	return nr_words && !strcmp(words[0], name);
}

const char *word(u32 index)
{
	if (index >= nr_words)
		refuse("line %u: %s needs a word more", words_line, nr_words ? words[0] : "it");
	return words[index];
}

static u64 in_base(u32 index, int base, u64 most)
{
	const char *text = word(index);
	char *end;
	s64 value = *text == '-' ? strtoll(text, &end, base) : (s64)strtoull(text, &end, base);

	if (*end || end == text || (u64)value > most)
		refuse("line %u: %s is no number that fits here", words_line, text);
	return value;
}

u64 number(u32 index, u64 most)
{
	return in_base(index, 10, most);
}

/* Sets of CPUs are in hexadecimal. */
u64 set(u32 index)
{
	return in_base(index, 16, NEVER);
}

s32 nice(u32 index)
{
	s64 value = (s64)number(index, NEVER);

	if (value < -20 || value > 19)
		refuse("line %u: %lld is no nice level", words_line, value);
	return value;
}

u32 one_of(u32 index, const char *const *names, u32 count)
{
	for (u32 i = 0; i < count; i++)
		if (!strcmp(word(index), names[i]))
			return i;
	refuse("line %u: there is no %s", words_line, word(index));
}
