#ifndef WATCH_H
#define WATCH_H

#include <bpf/libbpf.h>
#include <stdbool.h>

/* Programs beside the scheduler that count broken promises: loaded and attached only when wanted. */
void watch_select(struct bpf_object *object, bool wanted);
int watch_attach(struct bpf_object *object);

#endif
