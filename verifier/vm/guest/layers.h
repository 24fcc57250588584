/* Cgroup patterns become cgroup ids in the object's `layer_cgroups` map. */
#pragma once
#include "job.h"
#include <bpf/libbpf.h>

#define CGROUP_ROOT "/sys/fs/cgroup"

/* Number of groups written, or -errno; does nothing for an object without the map. */
int layers_apply(struct bpf_object *object, const struct cgroup_rule *rules);
