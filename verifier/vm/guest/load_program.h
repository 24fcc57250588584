/* Groups whose tasks are programs of the distribution. */
#pragma once
#include "load.h"

bool programs_wanted(void);               /* whether the load has such groups */
bool programs_prepare(void);              /* folders of their own, with the files that the job brought */
void load_program(struct task *task);     /* the task starts the program and waits for its end */
void program_report(const struct group *group);        /* the first one that failed, and what it said last */
