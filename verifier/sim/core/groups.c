/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups: which there are, in what, and the table that says which patterns each matches. */
#include "sim.h"

#define MAX_GROUPS 256
#define DEFAULT_WEIGHT 100

static struct group {
	struct kernfs_node kn;
	struct cgroup cgroup;
	u64 patterns, weight;
	bool there;
} groups[MAX_GROUPS];
static u32 nr_groups;

static struct group *group(u64 id)
{
	struct group *own = groups;

	while (own < groups + nr_groups && own->kn.id != id)
		own++;
	if (own == groups + MAX_GROUPS)
		refuse("more than %d control groups", MAX_GROUPS);
	if (own == groups + nr_groups) {
		nr_groups++;
		own->kn.id = id;
		own->cgroup.kn = &own->kn;
		own->cgroup.self.cgroup = &own->cgroup;
		own->weight = DEFAULT_WEIGHT;
		own->there = true;
	}
	return own;
}

struct cgroup *group_of(u64 id)
{
	return &group(id)->cgroup;
}

void group_match(u64 id, u64 patterns)
{
	group(id)->patterns = patterns;
}

void *group_lookup(const u64 *id)
{
	struct group *own = group(*id);

	return own->patterns ? &own->patterns : NULL;
}

/* The root is in none, which has no id. */
void group_declare(u64 id, u64 parent, u64 weight)
{
	group(id)->cgroup.self.parent = parent ? &group(parent)->cgroup.self : NULL;
	group(id)->weight = weight;
}

/* ---- the policy is told */

static void begin(struct group *own)
{
	struct scx_cgroup_init_args args = { .weight = own->weight };
	s32 error = 0;

	if (sim.ops->cgroup_init)
		error = call_s32("cgroup_init", sim.ops->cgroup_init, KF_UNLOCKED, NULL, (u64)&own->cgroup, (u64)&args, 0);
	if (error)
		sim_error("ops.cgroup_init() failed (%d)", error);
}

void groups_attach(void)
{
	for (struct group *own = groups; own < groups + nr_groups; own++)
		if (own->there)
			begin(own);
}

static bool has_children(struct group *own)
{
	for (struct group *other = groups; other < groups + nr_groups; other++)
		if (other->there && other->cgroup.self.parent == &own->cgroup.self)
			return true;
	return false;
}

static bool has_tasks(struct group *own)
{
	for (s32 i = 0; i < sim.nr_tasks; i++)
		if (sim.tasks[i]->state != DEAD && sim.tasks[i]->css.dfl_cgrp == &own->cgroup)
			return true;
	return false;
}

/* Nothing that is in use goes, and not the root. */
void group_remove(u64 id)
{
	struct group *own = group(id);

	if (!own->there || !own->cgroup.self.parent || has_children(own) || has_tasks(own))
		return;
	own->there = false;
	call("cgroup_exit", sim.ops->cgroup_exit, KF_UNLOCKED, NULL, (u64)&own->cgroup, 0, 0);
}

/* One that was removed comes back, in its old place. */
void group_make(u64 id)
{
	struct group *own = group(id);

	if (own->there || !group(own->cgroup.self.parent->cgroup->kn->id)->there)
		return;
	own->there = true;
	own->weight = DEFAULT_WEIGHT;
	begin(own);
}

void group_weigh(u64 id, u64 weight)
{
	struct group *own = group(id);

	if (!own->there || !own->cgroup.self.parent)
		return;
	own->weight = weight;
	call("cgroup_set_weight", sim.ops->cgroup_set_weight, KF_REST, NULL, (u64)&own->cgroup, weight, 0);
}

bool group_is_there(const struct cgroup *cgroup)
{
	return group(cgroup->kn->id)->there;
}
