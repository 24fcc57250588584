/* What /sys/kernel/sched_ext and the kernel's log say. */
#pragma once
#include <stdbool.h>

bool scx_enabled(void);
void scx_report_state(const char *key);
void scx_report_events(void);

void klog_mark(void);                     /* later lines are this object's */
void klog_report(void);
