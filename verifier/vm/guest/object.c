#define _GNU_SOURCE
#include "object.h"
#include "layers.h"
#include "ops.h"
#include "out.h"
#include "report.h"
#include "scx.h"
#include "topo_vars.h"
#include "trace.h"
#include "util.h"
#include "vars.h"
#include "watch.h"
#include "work.h"

#include <bpf/libbpf.h>
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

static void fail(const char *stage, int err, const char *why)
{
	out_begin("fail");
	out_str("stage", stage);
	out_s64("errno", err < 0 ? -err : err);
	out_str("why", why);
	out_strn("log", said ? said : "", said_size);
	out_end();
}

static bool apply_settings(struct bpf_object *object, const struct setting *setting)
{
	for (; setting; setting = setting->next) {
		char why[256];
		struct var var;

		if (!var_find(object, setting->name, &var)) {
			snprintf(why, sizeof(why), "the object has no variable %s", setting->name);
			fail("settings", ENOENT, why);
			return false;
		}
		if (!var_set(&var, 0, setting->value)) {
			snprintf(why, sizeof(why), "%lld does not fit %s, which has %u bytes",
				 (long long)setting->value, setting->name, var.width);
			fail("settings", ERANGE, why);
			return false;
		}
	}
	return true;
}

static struct bpf_map *prepare(struct bpf_object *object, const struct object_job *job, const struct btf *kernel)
{
	char why[512];
	int count;
	struct bpf_map *map = ops_map(object, &count);

	if (count != 1) {
		snprintf(why, sizeof(why), "the object has %d struct_ops maps; one is needed", count);
		fail("open", EINVAL, why);
		return NULL;
	}
	out_begin("opened");
	ops_drop_unknown(object, map, kernel);
	out_end();
	watch_select(object, job->watch);
	if (!topo_apply(object, why, sizeof(why))) {
		fail("topology", ERANGE, why);
		return NULL;
	}
	return apply_settings(object, job->settings) ? map : NULL;
}

static bool load(struct bpf_object *object, const struct object_job *job)
{
	uint64_t start = now_ns();
	int err = bpf_object__load(object);
	uint64_t took = now_ns() - start;

	if (err) {
		fail("load", err, "the kernel did not take the object");
		return false;
	}
	out_begin("load");
	out_u64("load_ns", took);
	report_programs(object, job->brief);
	out_end();
	return true;
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

static void run_attached(struct bpf_object *object, const struct object_job *job)
{
	for (const struct workload *work = job->workloads; work; work = work->next) {
		work_run(work);
		if (work == job->workloads && !apply_settings(object, job->changes))
			break;
	}
	out_begin("attached");
	out_bool("alive", scx_enabled());
	scx_report_state("state");
	scx_report_events();
	out_end();
}

static void detach(struct bpf_link *link)
{
	uint64_t start = now_ns();

	/* Forked tasks hold the link, too: closing it here would end the scheduler only when the last of them is gone. */
	bpf_link__detach(link);
	bpf_link__destroy(link);
	work_reap();
	out_begin("detach");
	out_u64("detach_ns", now_ns() - start);
	scx_report_state("state");
	out_end();
}

static void report_end(struct bpf_object *object, const struct object_job *job)
{
	out_begin("end");
	report_exit(object);
	report_counters(object, job);
	report_readings(object, job->readings);
	report_run_times(object);
	klog_report();
	out_end();
}

static void attach_and_run(struct bpf_object *object, struct bpf_map *map, const struct object_job *job)
{
	struct bpf_link *link;
	int groups = layers_apply(object, job->rules);

	if (groups < 0) {
		fail("layers", groups, "layer_cgroups needs 8-byte keys and values, and room for every matching group");
		return;
	}
	out_begin("layers");
	out_u64("groups", groups);
	out_end();
	trace_begin(job->timeline);
	link = attach(map);
	if (link && watch_attach(object))
		fail("watch", errno, "the programs that watch promises do not attach");
	if (link) {
		run_attached(object, job);
		detach(link);
	}
	report_end(object, job);
	trace_report();
}

/* The workloads under the kernel's own scheduler. */
static void run_default(const struct object_job *job)
{
	work_expect_scheduler(false);
	for (const struct workload *work = job->workloads; work; work = work->next)
		work_run(work);
	work_reap();
	out_begin("default");
	klog_report();
	out_end();
}

void object_run(const struct object_job *job, const struct btf *kernel)
{
	struct bpf_object *object;
	struct bpf_map *map;

	klog_mark();
	if (!strcmp(job->path, NO_OBJECT)) {
		run_default(job);
		return;
	}
	libbpf_set_print(keep_warning);
	object = bpf_object__open_file(job->path, NULL);
	if (!object) {
		fail("open", errno, "libbpf does not read the object");
		return;
	}
	map = prepare(object, job, kernel);
	if (map && load(object, job) && job->attach)
		attach_and_run(object, map, job);
}
