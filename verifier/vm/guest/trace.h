/* The kernel's own trace events: what it says of a scheduler that it ends. */
#pragma once
void trace_prepare(void);                 /* once after boot: it takes a tenth of a second */
void trace_report(void);                  /* the dump, as lines */
