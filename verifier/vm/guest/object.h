/* One object: open, load, attach, run, detach, report. Runs in a process of its own. */
#pragma once
#include "job.h"
#include <bpf/btf.h>

void object_run(const struct object_job *job, const struct btf *kernel);
