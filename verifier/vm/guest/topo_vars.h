/* Tells an object the machine's topology, through its topo_* variables. */
#pragma once
#include <bpf/libbpf.h>
#include <stdbool.h>

/* false when the machine does not fit; `why` says which variable is too small and for what. */
bool topo_apply(struct bpf_object *object, char *why, int room);
void topo_report(void);
