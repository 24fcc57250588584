/* The BPF program that follows the tasks of real programs. */
#pragma once
#include "load.h"

bool probe_begin(void);                   /* false after it has reported why */
void probe_follow(const struct group *group);          /* the calling process and all that it forks, from now on */
void probe_end(uint64_t now);             /* what they saw goes to the groups' tallies, what waits yet included */
