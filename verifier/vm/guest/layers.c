#define _GNU_SOURCE
#include "layers.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* `*` stays within one segment of the path: "/user.slice/" and then any one name. */
static uint64_t bits_of(const char *path, const struct cgroup_rule *rules)
{
	uint64_t bits = 0;

	for (; rules; rules = rules->next)
		if (!fnmatch(rules->glob, path, FNM_PATHNAME))
			bits |= 1ull << rules->bit;
	return bits;
}

/* In cgroup2 a directory's inode number is the group's id, on 64-bit kernels. */
static int apply_one(int map, const char *path, const struct cgroup_rule *rules)
{
	const char *group = path + strlen(CGROUP_ROOT);
	uint64_t id, bits = bits_of(*group ? group : "/", rules);
	struct stat about;

	if (!bits || stat(path, &about))
		return 0;
	id = about.st_ino;
	return bpf_map_update_elem(map, &id, &bits, BPF_ANY) ? -errno : 1;
}

static int walk(int map, const char *path, const struct cgroup_rule *rules)
{
	int total = apply_one(map, path, rules);
	DIR *dir = total < 0 ? NULL : opendir(path);
	struct dirent *entry;

	while (dir && total >= 0 && (entry = readdir(dir))) {
		char below[4096];
		int done;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		if (snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) >= (int)sizeof(below))
			continue;
		done = walk(map, below, rules);
		total = done < 0 ? done : total + done;
	}
	if (dir)
		closedir(dir);
	return total;
}

int layers_apply(struct bpf_object *object, const struct cgroup_rule *rules)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, "layer_cgroups");

	if (!map || !rules)
		return 0;
	if (bpf_map__key_size(map) != 8 || bpf_map__value_size(map) != 8)
		return -EINVAL;
	return walk(bpf_map__fd(map), CGROUP_ROOT, rules);
}
