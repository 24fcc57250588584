/* What the kernel and the object's own variables tell afterwards; each adds keys to the open line. */
#pragma once
#include "job.h"
#include <bpf/libbpf.h>

void report_programs(struct bpf_object *object, bool brief);
void report_run_times(struct bpf_object *object);
void report_exit(struct bpf_object *object);
void report_counters(struct bpf_object *object, const struct object_job *job);
void report_readings(struct bpf_object *object, const struct reading *reading);
