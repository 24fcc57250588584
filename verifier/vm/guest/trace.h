/* The kernel's own trace events: what it says of a scheduler that it ends, and who ran where. */
#pragma once
#include <stdbool.h>

void trace_prepare(void);                 /* once after boot: it takes a tenth of a second */
void trace_remove(void);                  /* leaves nothing of it behind */
void trace_begin(bool timeline);
void trace_report(void);                  /* the dump as lines, the timeline as text in the blob channel */
