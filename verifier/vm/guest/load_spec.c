/* "seed=1 ms=2000 | busy name=hogs count=3 nice=5 | requests name=web service=exponential:200000": from job.py */
#define _GNU_SOURCE
#include "load.h"
#include "util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "uniform:1000:5000"; the numbers are ns, and a per mille for bimodal */
static bool parse_draw(const char *options, const char *key, struct draw *draw)
{
	static const char *const names[] = { "", "constant", "uniform", "exponential", "bimodal" };
	unsigned long long number[3] = { 0, 0, 0 };
	char text[128], shape[32];

	draw->shape = NOTHING;
	if (!option_text(options, key, text, sizeof(text)))
		return true;
	if (sscanf(text, "%31[a-z]:%llu:%llu:%llu", shape, &number[0], &number[1], &number[2]) < 2)
		return false;
	for (int i = CONSTANT; i <= BIMODAL; i++)
		if (!strcmp(shape, names[i]))
			draw->shape = i;
	draw->a = number[0];
	draw->b = number[1];
	draw->per_mille = number[2];
	return draw->shape != NOTHING && (draw->shape != UNIFORM || draw->b >= draw->a);
}

static bool parse_group(struct group *group, char *text)
{
	char cpus[256], *options = text;

	snprintf(group->kind, sizeof(group->kind), "%s", strsep(&options, " "));
	options = options ? options : "";
	if (!option_text(options, "name", group->name, sizeof(group->name)))
		snprintf(group->name, sizeof(group->name), "%s", group->kind);
	group->body = load_body(group->kind);
	group->count = option_long(options, "count", 1);
	group->messengers = option_long(options, "messengers", 1);
	group->nice_value = option_long(options, "nice", 0);
	group->idle_policy = option_long(options, "idle", 0);
	group->period_ns = option_long(options, "period", 0);
	group->deadline_ns = option_long(options, "deadline", group->period_ns);
	option_text(options, "cgroup", group->cgroup, sizeof(group->cgroup));
	option_text(options, "path", group->path, sizeof(group->path));
	option_text(options, "arguments", group->arguments, sizeof(group->arguments));
	group->some_cpus = option_text(options, "cpus", cpus, sizeof(cpus));
	return group->body && group->count > 0 && group->messengers > 0 &&
	       (!group->some_cpus || parse_cpu_list(cpus, group->cpus, MAX_CPUS)) &&
	       parse_draw(options, "service", &group->service) && parse_draw(options, "think", &group->think) &&
	       parse_draw(options, "arrival", &group->arrival);
}

bool load_parse(const char *options, char *why, int room)
{
	char *text = strdup(options), *next = text, *part = strsep(&next, "|");
	bool good = true;

	memset(&load, 0, sizeof(load));
	load.seed = option_long(part, "seed", 0);
	load.ns = option_long(part, "ms", 1000) * 1000000ull;
	load.warm_ns = option_long(part, "warm", 0) * 1000000ull;
	load.per_ns = option_long(part, "per", 4);
	while (good && (part = strsep(&next, "|"))) {
		part += strspn(part, " ");
		if (load.nr_groups == MAX_GROUPS) {
			snprintf(why, room, "more than %d groups", MAX_GROUPS);
			good = false;
		} else if (!parse_group(&load.group[load.nr_groups], part)) {
			snprintf(why, room, "group %d is not understood", load.nr_groups);
			good = false;
		}
		load.group[load.nr_groups].index = load.nr_groups;
		load.nr_groups += good;
	}
	free(text);
	return good && load.per_ns > 0;
}
