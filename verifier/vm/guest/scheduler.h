/* A scheduler from its object, step by step; each step reports what came of it. The guest and the loader of a host do
 * the same, by this. */
#pragma once
#include "job.h"
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdbool.h>

struct scheduler {
	struct bpf_object *object;
	struct bpf_map *map;              /* its sched_ext_ops */
	struct bpf_link *link;            /* while it is attached */
};

/* A line that says what failed, with all that libbpf and the verifier have said. */
void scheduler_fail(const char *stage, int err, const char *why);

/* Opened, fitted to this machine and kernel, loaded; false after it has reported why not. */
bool scheduler_load(struct scheduler *scheduler, const struct object_job *job, const struct btf *kernel);

/* Params by the names of their variables; false after it has reported why not. */
bool scheduler_set(struct scheduler *scheduler, const struct setting *setting);

/* Layers, the scheduler, and what watches its promises. */
bool scheduler_attach(struct scheduler *scheduler, const struct object_job *job);

/* The kernel's default is back when it returns. */
void scheduler_detach(struct scheduler *scheduler);

/* The exit record, counters and readings, what programs cost, and the kernel's log. */
void scheduler_report_end(struct scheduler *scheduler, const struct object_job *job);
