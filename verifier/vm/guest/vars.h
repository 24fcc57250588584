/* The object's global variables, found by name through its BTF. */
#pragma once
#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdint.h>

struct var {
	char *data;
	unsigned int width, count;        /* bytes of an element; elements, 1 for a scalar */
	bool is_signed, read_only;
};

bool var_find(struct bpf_object *object, const char *name, struct var *var);

/* false when the value does not fit the element or the element is not there. */
bool var_set(const struct var *var, unsigned int index, int64_t value);
int64_t var_get(const struct var *var, unsigned int index);
