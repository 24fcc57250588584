#include "report.h"
#include "ops.h"
#include "out.h"
#include "vars.h"

#include <bpf/bpf.h>
#include <string.h>

static bool program_info(const struct bpf_program *program, struct bpf_prog_info *info)
{
	__u32 size = sizeof(*info);
	int fd = bpf_program__fd(program);

	memset(info, 0, sizeof(*info));
	return fd >= 0 && !bpf_prog_get_info_by_fd(fd, info, &size);
}

void report_programs(struct bpf_object *object, bool brief)
{
	struct bpf_program *program;
	struct bpf_prog_info info;
	uint64_t total = 0;

	out_open_list("programs");
	bpf_object__for_each_program(program, object) {
		const char *callback = ops_callback(program);

		if (!program_info(program, &info))
			continue;
		total += info.verified_insns;
		if (brief)
			continue;
		out_open_map(NULL);
		out_str("name", bpf_program__name(program));
		out_str("callback", callback ? callback : "");
		out_u64("source_insns", bpf_program__insn_cnt(program));
		out_u64("verified_insns", info.verified_insns);
		out_u64("xlated_insns", info.xlated_prog_len / 8);
		out_u64("jited_bytes", info.jited_prog_len);
		out_u64("load_start_ns", info.load_time);
		out_close_map();
	}
	out_close_list();
	out_u64("verified_insns", total);
}

void report_run_times(struct bpf_object *object)
{
	struct bpf_program *program;
	struct bpf_prog_info info;

	out_open_list("run_times");
	bpf_object__for_each_program(program, object) {
		const char *callback = ops_callback(program);

		if (!program_info(program, &info) || !info.run_cnt)
			continue;
		out_open_map(NULL);
		out_str("name", bpf_program__name(program));
		out_str("callback", callback ? callback : "");
		out_u64("count", info.run_cnt);
		out_u64("total_ns", info.run_time_ns);
		out_u64("recursion_misses", info.recursion_misses);
		out_close_map();
	}
	out_close_list();
}

static void exit_number(struct bpf_object *object, const char *name)
{
	struct var var;

	if (var_find(object, name, &var))
		out_s64(name, var_get(&var, 0));
}

static void exit_text(struct bpf_object *object, const char *name)
{
	struct var var;

	if (var_find(object, name, &var) && var.width == 1)
		out_strn(name, var.data, strnlen(var.data, var.count));
}

void report_exit(struct bpf_object *object)
{
	exit_number(object, "exit_kind");
	exit_number(object, "exit_code");
	exit_text(object, "exit_reason");
	exit_text(object, "exit_msg");
}

void report_counters(struct bpf_object *object, const struct object_job *job)
{
	struct var var;

	if (!job->counter_stride || !var_find(object, "counters", &var) || var.width != 8)
		return;
	out_open_map("counters");
	for (const struct column *column = job->columns; column; column = column->next) {
		out_open_list(column->name);
		for (unsigned int at = column->index; at < var.count; at += job->counter_stride)
			out_s64(NULL, var_get(&var, at));
		out_close_list();
	}
	out_close_map();
}

void report_readings(struct bpf_object *object, const struct reading *reading)
{
	struct var var;

	out_open_map("readings");
	for (; reading; reading = reading->next) {
		if (!var_find(object, reading->name, &var))
			continue;
		out_open_list(reading->name);
		for (unsigned int i = 0; i < var.count; i++)
			out_s64(NULL, var_get(&var, i));
		out_close_list();
	}
	out_close_map();
}
