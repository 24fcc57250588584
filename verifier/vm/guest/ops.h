/* The sched_ext_ops of an object, compared with the running kernel's. */
#pragma once
#include <bpf/btf.h>
#include <bpf/libbpf.h>

/* The one struct_ops map, or NULL; `count` says how many there are. */
struct bpf_map *ops_map(struct bpf_object *object, int *count);

/* Zeroes the fields that this kernel does not have and reports their names in a list `dropped`. */
void ops_drop_unknown(struct bpf_object *object, struct bpf_map *map, const struct btf *kernel);

/* The callback that a program is, as of the ops struct ("enqueue"); NULL when it is none. */
const char *ops_callback(const struct bpf_program *program);
