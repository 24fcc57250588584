/* The kernel's BTF, read once for all objects, with an index of its names.
 *
 * libbpf reads it anew for every object, and looks for every kernel function through all of its hundred thousand
 * types, which under emulation is most of the time of a load. Its calls of these three functions go through the
 * dynamic linker, so the runner's own are found first. PID 1 reads the BTF before it starts the first child, and
 * the children inherit it. */
#define _GNU_SOURCE
#include <bpf/btf.h>
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static struct btf *shared;
/* Open addressing: a place holds the number of a type, 0 nothing. */
static __u32 *index_;
static __u32 index_mask;

static __u32 hash(const char *name, __u32 kind)
{
	__u32 value = 2166136261u ^ kind;

	while (*name)
		value = (value ^ (unsigned char)*name++) * 16777619u;
	return value;
}

/* The place of that name and kind, or the free one where it would be. */
static __u32 *place(const char *name, __u32 kind)
{
	__u32 at = hash(name, kind) & index_mask;

	for (; index_[at]; at = (at + 1) & index_mask) {
		const struct btf_type *type = btf__type_by_id(shared, index_[at]);

		if (btf_kind(type) == kind && !strcmp(btf__name_by_offset(shared, type->name_off), name))
			break;
	}
	return &index_[at];
}

/* Of several types of one name the first counts, as for libbpf. */
static void build_index(void)
{
	__u32 types = btf__type_cnt(shared), room = 1;

	while (room < types * 2)
		room *= 2;
	index_ = calloc(room, sizeof(*index_));
	if (!index_)
		return;
	index_mask = room - 1;
	for (__u32 id = 1; id < types; id++) {
		const struct btf_type *type = btf__type_by_id(shared, id);
		const char *name = btf__name_by_offset(shared, type->name_off);
		__u32 *found;

		if (!name || !*name)
			continue;
		found = place(name, btf_kind(type));
		if (!*found)
			*found = id;
	}
}

struct btf *btf__load_vmlinux_btf(void)
{
	struct btf *(*original)(void) = (struct btf *(*)(void))dlsym(RTLD_NEXT, "btf__load_vmlinux_btf");

	if (!shared && original && (shared = original()))
		build_index();
	return shared;
}

__s32 btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind)
{
	__s32 (*original)(const struct btf *, const char *, __u32) =
		(__s32 (*)(const struct btf *, const char *, __u32))dlsym(RTLD_NEXT, "btf__find_by_name_kind");
	__u32 found;

	if (btf != shared || !index_)
		return original ? original(btf, name, kind) : -ENOENT;
	if (kind == BTF_KIND_UNKN || !strcmp(name, "void"))
		return 0;
	found = *place(name, kind);
	return found ? (__s32)found : -ENOENT;
}

void btf__free(struct btf *btf)
{
	void (*original)(struct btf *) = (void (*)(struct btf *))dlsym(RTLD_NEXT, "btf__free");

	if (btf != shared && original)
		original(btf);
}
