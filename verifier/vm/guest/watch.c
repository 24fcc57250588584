#include "watch.h"

#include <errno.h>
#include <string.h>

static bool is_watch(const struct bpf_program *program)
{
	return !strncmp(bpf_program__section_name(program), "tp_btf/", strlen("tp_btf/"));
}

void watch_select(struct bpf_object *object, bool wanted)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object) {
		if (is_watch(program))
			bpf_program__set_autoload(program, wanted);
	}
}

/* The links are left open: they end with the process that runs the object. */
int watch_attach(struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object) {
		if (is_watch(program) && bpf_program__autoload(program) && !bpf_program__attach(program))
			return -errno;
	}
	return 0;
}
