/* The job: what the host wants done, one instruction a line (see job.py, which writes it). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define NO_OBJECT "-"                     /* the path of one that is not there: the kernel's default runs */

struct reading { char *name; struct reading *next; };
struct setting { char *name; int64_t value; struct setting *next; };
struct cgroup_rule { unsigned int bit; char *glob; struct cgroup_rule *next; };
struct column { char *name; unsigned int index; struct column *next; };
struct workload { char *kind; char *options; struct workload *next; };

struct object_job {
	char *name, *path;
	bool attach, stats, brief, watch, timeline;
	unsigned int timeout_s;
	unsigned int counter_stride;
	struct setting *settings;
	struct setting *changes;          /* made while it runs, after the first workload */
	struct cgroup_rule *rules;
	struct column *columns;
	struct reading *readings;
	struct workload *workloads;
	struct object_job *next;
};

struct job {
	bool send_btf;
	char **cgroups;                   /* to be made before anything else: paths, some with a weight behind */
	int nr_cgroups;
	struct object_job *objects;
};

/* NULL after it has reported why. */
struct job *job_read(const char *path);

/* "seconds=4 cpu=1": the number or text behind a key. */
long option_long(const char *options, const char *key, long otherwise);
bool option_text(const char *options, const char *key, char *text, int room);
