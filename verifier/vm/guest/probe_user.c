#define _GNU_SOURCE
#include "probe_user.h"
#include "out.h"
#include "probe.h"
#include "util.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OBJECT "/probe.o"
#define MAX_LINKS 8

_Static_assert(PROBE_GROUPS == MAX_GROUPS, "a group of the load is a group of the probe");

static struct bpf_object *object;
static struct bpf_link *links[MAX_LINKS];
static int nr_links;

static int map_of(const char *name)
{
	return bpf_map__fd(bpf_object__find_map_by_name(object, name));
}

static bool attach_all(void)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object) {
		if (nr_links == MAX_LINKS || !(links[nr_links] = bpf_program__attach(program)))
			return false;
		nr_links++;
	}
	return true;
}

bool probe_begin(void)
{
	nr_links = 0;
	object = bpf_object__open_file(OBJECT, NULL);
	if (!object || bpf_object__load(object) || !attach_all()) {
		out_error("workload", errno, "the kernel does not take the program that follows programs");
		return false;
	}
	return true;
}

void probe_follow(const struct group *group)
{
	struct probe_task task = { .group = group->index, .since_ns = now_ns() };
	int pid = getpid();

	bpf_map_update_elem(map_of("followed"), &pid, &task, BPF_ANY);
}

/* Who waits yet has waited that long at least; who runs yet has had the CPU to now. */
static void close_open(uint64_t now)
{
	int map = map_of("followed"), pid, *before = NULL;
	struct probe_task task;

	while (!bpf_map_get_next_key(map, before, &pid)) {
		before = &pid;
		if (bpf_map_lookup_elem(map, &pid, &task) || task.group >= MAX_GROUPS)
			continue;
		if (task.ready_ns && task.ready_ns < now)
			tally_open(&window->tally[task.group], task.woken ? WOKEN : GAP, task.ready_ns, now);
		if (task.since_ns && task.since_ns < now)
			window->tally[task.group].child_cpu_ns += now - task.since_ns;
	}
}

static void add_histogram(struct histogram *to, const struct histogram *from)
{
	to->sum += from->sum;
	to->max = from->max > to->max ? from->max : to->max;
	for (int i = 0; i < BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
}

static void add_seen(struct tally *tally, const struct probe_seen *seen)
{
	add_histogram(&tally->seen[WOKEN], &seen->woken);
	add_histogram(&tally->seen[GAP], &seen->gap);
	tally->child_cpu_ns += seen->cpu_ns;
	tally->voluntary += seen->voluntary;
	tally->forced += seen->forced;
	tally->migrations += seen->migrations;
	if (seen->lost)
		out_error("workload", ENOSPC, "%llu tasks too many to be followed", (unsigned long long)seen->lost);
}

void probe_end(uint64_t now)
{
	static struct probe_seen seen;
	int map = map_of("seen");

	for (int i = 0; i < nr_links; i++)
		bpf_link__destroy(links[i]);
	close_open(now);
	for (uint32_t group = 0; group < (uint32_t)load.nr_groups; group++)
		if (!bpf_map_lookup_elem(map, &group, &seen))
			add_seen(&window->tally[group], &seen);
	bpf_object__close(object);
}
