#include "topo.h"
#include "util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPU_DIR "/sys/devices/system/cpu/cpu%d/"

static bool cpu_mask(int cpu, const char *file, bool *mask)
{
	char path[160], text[4096];

	memset(mask, 0, MAX_CPUS);
	snprintf(path, sizeof(path), CPU_DIR "%s", cpu, file);
	return read_file(path, text, sizeof(text)) > 0 && parse_cpu_list(text, mask, MAX_CPUS) && mask[cpu];
}

/* The CPUs that share this one's highest-level cache; its package where caches are not told. */
static bool llc_mask(int cpu, bool *mask)
{
	long best = 0;
	char best_file[64] = "topology/package_cpus_list";

	for (int index = 0; index < 16; index++) {
		char path[160];
		long level;

		snprintf(path, sizeof(path), CPU_DIR "cache/index%d/level", cpu, index);
		level = read_long(path, 0);
		if (level <= best)
			continue;
		best = level;
		snprintf(best_file, sizeof(best_file), "cache/index%d/shared_cpu_list", index);
	}
	if (best < 3)                      /* a private L1 or L2 is not what CPUs share */
		snprintf(best_file, sizeof(best_file), "topology/package_cpus_list");
	return cpu_mask(cpu, best_file, mask);
}

static bool core_mask(int cpu, bool *mask)
{
	return cpu_mask(cpu, "topology/core_cpus_list", mask);
}

static bool node_mask(int cpu, bool *mask)
{
	for (int node = 0; node < MAX_CPUS; node++) {
		char path[160], text[4096];

		snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/cpulist", node);
		if (read_file(path, text, sizeof(text)) < 0)
			continue;
		memset(mask, 0, MAX_CPUS);
		if (parse_cpu_list(text, mask, MAX_CPUS) && mask[cpu])
			return true;
	}
	return false;
}

/* Numbers groups of CPUs in the order of their lowest CPU. Returns how many, or -1.
 * An offline CPU tells nothing: it gets a group of its own if `alone`, else the first group. */
static int number_groups(int nr_cpus, int *index, bool (*mask_of)(int, bool *), bool alone)
{
	static bool mask[MAX_CPUS];
	int groups = 0;

	for (int cpu = 0; cpu < nr_cpus; cpu++)
		index[cpu] = -1;
	for (int cpu = 0; cpu < nr_cpus; cpu++) {
		if (index[cpu] >= 0)
			continue;
		if (!mask_of(cpu, mask)) {
			index[cpu] = alone || !groups ? groups++ : 0;
			continue;
		}
		for (int other = cpu; other < nr_cpus; other++)
			if (mask[other])
				index[other] = groups;
		groups++;
	}
	return groups;
}

static void read_node_ids(struct topo *topo)
{
	for (int id = MAX_CPUS - 1; id >= 0; id--) {
		static bool mask[MAX_CPUS];
		char path[160], text[4096];

		snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/cpulist", id);
		memset(mask, 0, sizeof(mask));
		if (read_file(path, text, sizeof(text)) <= 0 || !parse_cpu_list(text, mask, MAX_CPUS))
			continue;
		for (int cpu = 0; cpu < topo->nr_cpus; cpu++)
			if (mask[cpu])
				topo->node_id[topo->node[cpu]] = id;
	}
}

bool topo_read(struct topo *topo)
{
	static bool possible[MAX_CPUS];
	char text[4096];

	memset(topo, 0, sizeof(*topo));
	memset(possible, 0, sizeof(possible));
	if (read_file("/sys/devices/system/cpu/possible", text, sizeof(text)) <= 0 ||
	    !parse_cpu_list(text, possible, MAX_CPUS))
		return false;
	for (int cpu = 0; cpu < MAX_CPUS; cpu++)
		if (possible[cpu])
			topo->nr_cpus = cpu + 1;
	topo->nr_cores = number_groups(topo->nr_cpus, topo->core, core_mask, true);
	topo->nr_llcs = number_groups(topo->nr_cpus, topo->llc, llc_mask, false);
	topo->nr_nodes = number_groups(topo->nr_cpus, topo->node, node_mask, false);
	for (int cpu = topo->nr_cpus - 1; cpu >= 0; cpu--) {
		topo->llc_node[topo->llc[cpu]] = topo->node[cpu];
		topo->core_llc[topo->core[cpu]] = topo->llc[cpu];
	}
	read_node_ids(topo);
	return true;
}

int topo_distance(const struct topo *topo, int node, int other)
{
	char path[160], text[4096], *next = text;

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/distance", topo->node_id[node]);
	if (node == other || read_file(path, text, sizeof(text)) <= 0)
		return node == other ? 0 : FAR;
	/* One number for each online node, in the order of the kernel's numbers. */
	for (int id = 0; id <= topo->node_id[other]; id++) {
		snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/distance", id);
		char probe[8];
		long distance;

		if (read_file(path, probe, sizeof(probe)) < 0)
			continue;
		distance = strtol(next, &next, 10);
		if (id == topo->node_id[other])
			return distance;
	}
	return FAR;
}
