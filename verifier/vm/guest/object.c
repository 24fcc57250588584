#include "object.h"
#include "out.h"
#include "scheduler.h"
#include "scx.h"
#include "trace.h"
#include "util.h"
#include "work.h"

#include <string.h>

static void run_attached(struct scheduler *scheduler, const struct object_job *job)
{
	for (const struct workload *work = job->workloads; work; work = work->next) {
		work_run(work);
		if (work == job->workloads && !scheduler_set(scheduler, job->changes))
			break;
	}
	out_begin("attached");
	out_bool("alive", scx_enabled());
	scx_report_state("state");
	scx_report_events();
	out_end();
}

static void detach(struct scheduler *scheduler)
{
	uint64_t start = now_ns();

	scheduler_detach(scheduler);
	work_reap();
	out_begin("detach");
	out_u64("detach_ns", now_ns() - start);
	scx_report_state("state");
	out_end();
}

static void attach_and_run(struct scheduler *scheduler, const struct object_job *job)
{
	trace_begin(job->timeline);
	if (scheduler_attach(scheduler, job)) {
		run_attached(scheduler, job);
		detach(scheduler);
	}
	scheduler_report_end(scheduler, job);
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
	struct scheduler scheduler = { 0 };

	klog_mark();
	if (!strcmp(job->path, NO_OBJECT))
		run_default(job);
	else if (scheduler_load(&scheduler, job, kernel) && job->attach)
		attach_and_run(&scheduler, job);
}
