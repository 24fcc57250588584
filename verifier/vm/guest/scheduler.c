#define _GNU_SOURCE
#include "scheduler.h"
#include "layers.h"
#include "ops.h"
#include "out.h"
#include "report.h"
#include "scx.h"
#include "topo_vars.h"
#include "util.h"
#include "vars.h"
#include "watch.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libbpf's warnings, the verifier's whole log among them. */
static char *said;
static size_t said_size;

static int keep_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text;
	int size;

	if (level != LIBBPF_WARN || (size = vasprintf(&text, format, args)) < 0)
		return 0;
	said = realloc(said, said_size + size + 1);
	if (said) {
		memcpy(said + said_size, text, size + 1);
		said_size += size;
	}
	free(text);
	return size;
}

void scheduler_fail(const char *stage, int err, const char *why)
{
	out_begin("fail");
	out_str("stage", stage);
	out_s64("errno", err < 0 ? -err : err);
	out_str("why", why);
	out_strn("log", said ? said : "", said_size);
	out_end();
}

bool scheduler_set(struct scheduler *scheduler, const struct setting *setting)
{
	for (; setting; setting = setting->next) {
		char why[256];
		struct var var;

		if (!var_find(scheduler->object, setting->name, &var)) {
			snprintf(why, sizeof(why), "the object has no variable %s", setting->name);
			scheduler_fail("settings", ENOENT, why);
			return false;
		}
		if (!var_set(&var, 0, setting->value)) {
			snprintf(why, sizeof(why), "%lld does not fit %s, which has %u bytes",
				 (long long)setting->value, setting->name, var.width);
			scheduler_fail("settings", ERANGE, why);
			return false;
		}
	}
	return true;
}

static bool prepare(struct scheduler *scheduler, const struct object_job *job, const struct btf *kernel)
{
	char why[512];
	int count;

	scheduler->map = ops_map(scheduler->object, &count);
	if (count != 1) {
		snprintf(why, sizeof(why), "the object has %d struct_ops maps; one is needed", count);
		scheduler_fail("open", EINVAL, why);
		return false;
	}
	out_begin("opened");
	ops_drop_unknown(scheduler->object, scheduler->map, kernel);
	out_end();
	watch_select(scheduler->object, job->watch);
	if (!topo_apply(scheduler->object, why, sizeof(why))) {
		scheduler_fail("topology", ERANGE, why);
		return false;
	}
	return scheduler_set(scheduler, job->settings);
}

static bool load(struct bpf_object *object, const struct object_job *job)
{
	uint64_t start = now_ns();
	int err = bpf_object__load(object);
	uint64_t took = now_ns() - start;

	if (err) {
		scheduler_fail("load", err, "the kernel did not take the object");
		return false;
	}
	out_begin("load");
	out_u64("load_ns", took);
	report_programs(object, job->brief);
	out_end();
	return true;
}

bool scheduler_load(struct scheduler *scheduler, const struct object_job *job, const struct btf *kernel)
{
	libbpf_set_print(keep_warning);
	scheduler->object = bpf_object__open_file(job->path, NULL);
	if (!scheduler->object) {
		scheduler_fail("open", errno, "libbpf does not read the object");
		return false;
	}
	return prepare(scheduler, job, kernel) && load(scheduler->object, job);
}

static struct bpf_link *attach(struct bpf_map *map)
{
	uint64_t start = now_ns();
	struct bpf_link *link = bpf_map__attach_struct_ops(map);
	int err = link ? 0 : errno;

	out_begin("attach");
	out_bool("ok", link);
	out_s64("errno", err);
	out_u64("attach_ns", now_ns() - start);
	out_end();
	return link;
}

bool scheduler_attach(struct scheduler *scheduler, const struct object_job *job)
{
	int groups = layers_apply(scheduler->object, job->rules);

	if (groups < 0) {
		scheduler_fail("layers", groups, "layer_cgroups needs 8-byte keys and values, and room for every matching group");
		return false;
	}
	out_begin("layers");
	out_u64("groups", groups);
	out_end();
	scheduler->link = attach(scheduler->map);
	if (scheduler->link && watch_attach(scheduler->object))
		scheduler_fail("watch", errno, "the programs that watch promises do not attach");
	return scheduler->link;
}

void scheduler_detach(struct scheduler *scheduler)
{
	/* Forked tasks hold the link, too: closing it here would end the scheduler only when the last of them is gone. */
	bpf_link__detach(scheduler->link);
	bpf_link__destroy(scheduler->link);
	scheduler->link = NULL;
}

void scheduler_report_end(struct scheduler *scheduler, const struct object_job *job)
{
	out_begin("end");
	report_exit(scheduler->object);
	report_counters(scheduler->object, job);
	report_readings(scheduler->object, job->readings);
	report_run_times(scheduler->object);
	klog_report();
	out_end();
}
