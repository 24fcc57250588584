/* A guest that is kept: it waits, just before its first job, for QEMU to be given one. */
#pragma once
#include <stdbool.h>

bool warm_wanted(void);                   /* "schedc.warm" stands on the kernel's command line */

/* Says that a snapshot can be taken, and returns in each guest that was made from it: with that guest's job
 * unpacked below /. False after it has reported why not. */
bool warm_wait(void);
