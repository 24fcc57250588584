/* What the bodies of tasks are made of. */
#pragma once
#include "load.h"

void burn(uint64_t ns);                   /* as many instructions as take that long in counted time */
void sleep_until(uint64_t ns);
void futex_wait(volatile uint32_t *word, uint32_t value, uint64_t ns);     /* 0 ns: without a limit */
void futex_wake(volatile uint32_t *word);              /* one that waits */
uint64_t cpu_ns(void);                    /* of the calling process */
void tally_last(struct tally *tally, uint64_t now);    /* keeps the latest end */
void job_ends(void);                      /* the runner waits for the last one */

/* Messengers that wake workers. */
void load_requests(struct task *task);
bool load_begin_requests(struct group *group, struct task *(*add)(struct group *group, int number));
void requests_close(struct group *group, uint64_t now);        /* those that no worker has taken yet */
