/* The kernel's BTF, read once for all objects.
 *
 * libbpf reads and indexes it anew for every object, which under emulation is most of the time of a load. Its calls
 * of these two functions go through the dynamic linker, so the runner's own are found first. PID 1 reads the BTF
 * before it starts the first child, and the children inherit it. */
#define _GNU_SOURCE
#include <bpf/btf.h>
#include <dlfcn.h>
#include <stddef.h>

static struct btf *shared;

struct btf *btf__load_vmlinux_btf(void)
{
	struct btf *(*original)(void) = (struct btf *(*)(void))dlsym(RTLD_NEXT, "btf__load_vmlinux_btf");

	if (!shared && original)
		shared = original();
	return shared;
}

void btf__free(struct btf *btf)
{
	void (*original)(struct btf *) = (void (*)(struct btf *))dlsym(RTLD_NEXT, "btf__free");

	if (btf != shared && original)
		original(btf);
}
