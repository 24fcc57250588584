#include "ops.h"
#include "out.h"

#include <stdbool.h>
#include <string.h>

#define MAX_MEMBERS 128

/* Which program stood at which member when the object was opened. */
static struct { const struct bpf_program *program; const char *name; } bound[MAX_MEMBERS];
static int nr_bound;

struct bpf_map *ops_map(struct bpf_object *object, int *count)
{
	struct bpf_map *map, *found = NULL;

	*count = 0;
	bpf_object__for_each_map(map, object) {
		if (bpf_map__type(map) != BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		found = found ? found : map;
		++*count;
	}
	return found;
}

static const struct btf_type *ops_type(const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "sched_ext_ops", BTF_KIND_STRUCT);

	return id < 0 ? NULL : btf__type_by_id(btf, id);
}

static bool has_member(const struct btf *btf, const struct btf_type *type, const char *name)
{
	const struct btf_member *member = btf_members(type);

	for (int i = 0; i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, member[i].name_off), name))
			return true;
	return false;
}

static void bind(struct bpf_object *object, const void *field, const char *name)
{
	const struct bpf_program *wanted, *program = NULL;
	struct bpf_program *each;

	memcpy(&wanted, field, sizeof(wanted));
	bpf_object__for_each_program(each, object)
		if (each == wanted)
			program = each;
	if (!program || nr_bound == MAX_MEMBERS)
		return;
	bound[nr_bound].program = program;
	bound[nr_bound++].name = name;
}

void ops_drop_unknown(struct bpf_object *object, struct bpf_map *map, const struct btf *kernel)
{
	const struct btf *btf = bpf_object__btf(object);
	const struct btf_type *type = ops_type(btf), *theirs = ops_type(kernel);
	size_t room = 0;
	char *data = bpf_map__initial_value(map, &room);
	const struct btf_member *member;

	out_open_list("dropped");
	nr_bound = 0;
	for (int i = 0; data && type && theirs && i < btf_vlen(type); i++) {
		const char *name;
		size_t offset, size;

		member = btf_members(type) + i;
		name = btf__name_by_offset(btf, member->name_off);
		offset = btf_member_bit_offset(type, i) / 8;
		size = btf__resolve_size(btf, member->type);
		if (offset + size > room)
			continue;
		if (size == sizeof(void *))
			bind(object, data + offset, name);
		if (has_member(kernel, theirs, name))
			continue;
		for (size_t at = 0; at < size; at++)
			if (data[offset + at]) {
				out_str(NULL, name);
				break;
			}
		memset(data + offset, 0, size);
	}
	out_close_list();
}

const char *ops_callback(const struct bpf_program *program)
{
	for (int i = 0; i < nr_bound; i++)
		if (bound[i].program == program)
			return bound[i].name;
	return NULL;
}
