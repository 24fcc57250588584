#include "vars.h"

#include <bpf/btf.h>
#include <string.h>

/* Arrays of arrays are one long row of the innermost element. */
static bool describe(const struct btf *btf, __u32 id, struct var *var)
{
	const struct btf_type *type;
	int resolved = btf__resolve_type(btf, id);

	type = resolved < 0 ? NULL : btf__type_by_id(btf, resolved);
	var->count = 1;
	while (type && btf_is_array(type)) {
		var->count *= btf_array(type)->nelems;
		resolved = btf__resolve_type(btf, btf_array(type)->type);
		type = resolved < 0 ? NULL : btf__type_by_id(btf, resolved);
	}
	if (!type || !(btf_is_int(type) || btf_is_any_enum(type)))
		return false;
	var->width = type->size;
	var->is_signed = btf_is_int(type) ? btf_int_encoding(type) & BTF_INT_SIGNED : btf_kflag(type);
	return var->width == 1 || var->width == 2 || var->width == 4 || var->width == 8;
}

static bool find_in(const struct btf *btf, const struct bpf_map *map, const char *name, struct var *var)
{
	const struct btf_type *section = btf__type_by_id(btf, bpf_map__btf_value_type_id(map));
	const struct btf_var_secinfo *entry;
	size_t room;
	char *base = bpf_map__initial_value(map, &room);

	if (!section || !btf_is_datasec(section) || !base)
		return false;
	entry = btf_var_secinfos(section);
	for (int i = 0; i < btf_vlen(section); i++, entry++) {
		const struct btf_type *declared = btf__type_by_id(btf, entry->type);

		if (strcmp(btf__name_by_offset(btf, declared->name_off), name))
			continue;
		if (!describe(btf, declared->type, var) || (size_t)entry->offset + entry->size > room)
			return false;
		var->data = base + entry->offset;
		var->read_only = strstr(bpf_map__name(map), ".rodata");
		return true;
	}
	return false;
}

bool var_find(struct bpf_object *object, const char *name, struct var *var)
{
	const struct btf *btf = bpf_object__btf(object);
	struct bpf_map *map;

	if (!btf)
		return false;
	bpf_object__for_each_map(map, object)
		if (bpf_map__type(map) == BPF_MAP_TYPE_ARRAY && find_in(btf, map, name, var))
			return true;
	return false;
}

/* A value fits when reading it back, signed or not, gives the same bits. */
static bool fits(const struct var *var, int64_t value)
{
	unsigned int bits = var->width * 8;

	if (bits == 64)
		return true;
	if (var->is_signed)
		return value >= -(1ll << (bits - 1)) && value < 1ll << (bits - 1);
	return value >= 0 && value < 1ll << bits;
}

bool var_set(const struct var *var, unsigned int index, int64_t value)
{
	if (index >= var->count || !fits(var, value))
		return false;
	memcpy(var->data + (size_t)index * var->width, &value, var->width);       /* little endian */
	return true;
}

int64_t var_get(const struct var *var, unsigned int index)
{
	uint64_t raw = 0;
	unsigned int spare = 64 - var->width * 8;

	memcpy(&raw, var->data + (size_t)index * var->width, var->width);
	return var->is_signed ? (int64_t)(raw << spare) >> spare : (int64_t)raw;
}
