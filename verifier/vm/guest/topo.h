/* The machine as /sys tells it: dense indices of cores, last-level caches and nodes, by lowest CPU. */
#pragma once
#include <stdbool.h>

#define MAX_CPUS 1024
#define FAR 254                           /* the kernel's own largest distance between nodes */

struct topo {
	int nr_cpus, nr_cores, nr_llcs, nr_nodes;
	int core[MAX_CPUS], llc[MAX_CPUS], node[MAX_CPUS];
	int llc_node[MAX_CPUS], core_llc[MAX_CPUS];
	int node_id[MAX_CPUS];            /* the kernel's number of a dense node */
};

bool topo_read(struct topo *topo);
int topo_distance(const struct topo *topo, int node, int other);
