/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCHEDC_SIM_WORDS_H
#define SCHEDC_SIM_WORDS_H

#include "sim.h"

extern u32 words_line;	/* its number, for messages */

bool words_next(void);	/* the next line; false at the end */
bool words_begin(const char *name);
/* The line's words from 0 on; who wants one that is not there or not of this kind does not come back. */
const char *word(u32 index);
u64 number(u32 index, u64 most);
u64 set(u32 index);	/* of CPUs, in hexadecimal */
s32 nice(u32 index);
u32 one_of(u32 index, const char *const *names, u32 count);

#endif
