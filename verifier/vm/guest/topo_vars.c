#include "topo_vars.h"
#include "out.h"
#include "topo.h"
#include "vars.h"

#include <stdio.h>

static struct topo topo;
static bool known;

/* An array to fill: `size` values, `name` for the message when it is too small. */
static bool fill(struct bpf_object *object, const char *name, const int *values, int size, char *why, int room)
{
	struct var var;

	if (!var_find(object, name, &var))
		return true;               /* the object does not ask */
	for (int i = 0; i < size; i++) {
		if (var_set(&var, i, values[i]))
			continue;
		snprintf(why, room, "%s has %u elements of %u bytes; this machine needs %d, the largest value %d",
			 name, var.count, var.width, size, values[i]);
		return false;
	}
	return true;
}

/* The members of each group, one group after the other, and where each begins. */
static bool fill_lists(struct bpf_object *object, const char *kind, const int *group, int groups, char *why, int room)
{
	static int start[MAX_CPUS + 1], member[MAX_CPUS];
	char name[64];
	int used = 0;

	for (int g = 0; g < groups; g++) {
		start[g] = used;
		for (int cpu = 0; cpu < topo.nr_cpus; cpu++)
			if (group[cpu] == g)
				member[used++] = cpu;
	}
	start[groups] = used;
	snprintf(name, sizeof(name), "topo_%s_start", kind);
	if (!fill(object, name, start, groups + 1, why, room))
		return false;
	snprintf(name, sizeof(name), "topo_%s_cpu", kind);
	return fill(object, name, member, used, why, room);
}

static int llc_distance(int llc, int other)
{
	int distance = topo_distance(&topo, topo.llc_node[llc], topo.llc_node[other]);

	return llc == other ? -1 : distance;
}

static int node_distance(int node, int other)
{
	return node == other ? -1 : topo_distance(&topo, node, other);
}

/* `count` indices, nearest to `from` first; equals keep their order. */
static void sort_near(int from, int count, int (*distance)(int, int), int *order)
{
	static int far[MAX_CPUS];

	for (int i = 0; i < count; i++) {
		int cost = distance(from, i), at = i;

		while (at > 0 && far[at - 1] > cost) {
			far[at] = far[at - 1];
			order[at] = order[at - 1];
			at--;
		}
		far[at] = cost;
		order[at] = i;
	}
}

/* A square matrix whose rows are as long as the object declared them. */
static bool fill_near(struct bpf_object *object, const char *name, int count, int (*distance)(int, int),
		      char *why, int room)
{
	static int order[MAX_CPUS];
	unsigned int stride = 0;
	struct var var;

	if (!var_find(object, name, &var))
		return true;
	while ((stride + 1) * (stride + 1) <= var.count)
		stride++;
	if (stride * stride != var.count || (int)stride < count) {
		snprintf(why, room, "%s has %u elements; this machine needs a square of at least %d by %d",
			 name, var.count, count, count);
		return false;
	}
	for (int row = 0; row < count; row++) {
		sort_near(row, count, distance, order);
		for (int i = 0; i < count; i++) {
			if (var_set(&var, row * stride + i, order[i]))
				continue;
			snprintf(why, room, "%s: %d does not fit %u bytes", name, order[i], var.width);
			return false;
		}
	}
	return true;
}

bool topo_apply(struct bpf_object *object, char *why, int room)
{
	if (!known && !(known = topo_read(&topo))) {
		snprintf(why, room, "/sys/devices/system/cpu does not tell the CPUs, or there are more than %d", MAX_CPUS);
		return false;
	}
	return fill(object, "topo_nr_cpus", &topo.nr_cpus, 1, why, room) &&
	       fill(object, "topo_nr_cores", &topo.nr_cores, 1, why, room) &&
	       fill(object, "topo_nr_llcs", &topo.nr_llcs, 1, why, room) &&
	       fill(object, "topo_nr_nodes", &topo.nr_nodes, 1, why, room) &&
	       fill(object, "topo_cpu_core", topo.core, topo.nr_cpus, why, room) &&
	       fill(object, "topo_cpu_llc", topo.llc, topo.nr_cpus, why, room) &&
	       fill(object, "topo_cpu_node", topo.node, topo.nr_cpus, why, room) &&
	       fill(object, "topo_llc_node", topo.llc_node, topo.nr_llcs, why, room) &&
	       fill(object, "topo_core_llc", topo.core_llc, topo.nr_cores, why, room) &&
	       fill_lists(object, "core", topo.core, topo.nr_cores, why, room) &&
	       fill_lists(object, "llc", topo.llc, topo.nr_llcs, why, room) &&
	       fill_lists(object, "node", topo.node, topo.nr_nodes, why, room) &&
	       fill_near(object, "topo_llc_near", topo.nr_llcs, llc_distance, why, room) &&
	       fill_near(object, "topo_node_near", topo.nr_nodes, node_distance, why, room);
}

static void out_row(const char *key, const int *values, int count)
{
	out_open_list(key);
	for (int i = 0; i < count; i++)
		out_s64(NULL, values[i]);
	out_close_list();
}

void topo_report(void)
{
	if (!known && !(known = topo_read(&topo)))
		return;
	out_u64("nr_cpus", topo.nr_cpus);
	out_row("cpu_core", topo.core, topo.nr_cpus);
	out_row("cpu_llc", topo.llc, topo.nr_cpus);
	out_row("cpu_node", topo.node, topo.nr_cpus);
}
