#define _GNU_SOURCE
#include "job.h"
#include "out.h"
#include "util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct object_job *last_object;

static void *fresh(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		_Exit(70);
	return memory;
}

static bool add_object(struct job *job, char *args)
{
	struct object_job *object = fresh(sizeof(*object));

	object->path = strsep(&args, " ");
	object->name = args ? args : object->path;
	object->timeout_s = 120;
	if (last_object)
		last_object->next = object;
	else
		job->objects = object;
	last_object = object;
	return true;
}

static bool add_cgroup_dir(struct job *job, char *args)
{
	job->cgroups = realloc(job->cgroups, (job->nr_cgroups + 1) * sizeof(char *));
	if (!job->cgroups)
		return false;
	job->cgroups[job->nr_cgroups++] = args;
	return true;
}

static bool add_setting(struct setting **list, char *args)
{
	struct setting *setting = fresh(sizeof(*setting));

	setting->name = strsep(&args, " ");
	if (!args)
		return false;
	/* Above INT64_MAX only an unsigned reading keeps all bits. */
	setting->value = args[0] == '-' ? strtoll(args, NULL, 0) : (int64_t)strtoull(args, NULL, 0);
	setting->next = *list;
	*list = setting;
	return true;
}

static bool add_rule(char *args)
{
	struct cgroup_rule *rule = fresh(sizeof(*rule));

	rule->bit = strtoul(args, &args, 10);
	if (*args != ' ' || rule->bit > 63)
		return false;
	rule->glob = args + 1;
	rule->next = last_object->rules;
	last_object->rules = rule;
	return true;
}

static bool add_column(char *args)
{
	struct column *column = fresh(sizeof(*column));

	column->index = strtoul(args, &args, 10);
	if (*args != ' ')
		return false;
	column->name = args + 1;
	column->next = last_object->columns;
	last_object->columns = column;
	return true;
}

static bool add_reading(char *args)
{
	struct reading *reading = fresh(sizeof(*reading));

	reading->name = args;
	reading->next = last_object->readings;
	last_object->readings = reading;
	return true;
}

static bool add_workload(char *args)
{
	struct workload *workload = fresh(sizeof(*workload)), **end = &last_object->workloads;

	workload->kind = strsep(&args, " ");
	workload->options = args ? args : "";
	while (*end)
		end = &(*end)->next;
	*end = workload;
	return true;
}

/* What stands below an `object` line. */
static bool object_line(const char *word, char *args)
{
	if (!last_object)
		return false;
	if (!strcmp(word, "attach"))
		return last_object->attach = true;
	if (!strcmp(word, "stats"))
		return last_object->stats = true;
	if (!strcmp(word, "brief"))
		return last_object->brief = true;
	if (!strcmp(word, "watch"))
		return last_object->watch = true;
	if (!strcmp(word, "timeline"))
		return last_object->timeline = true;
	if (!args)
		return false;
	if (!strcmp(word, "set"))
		return add_setting(&last_object->settings, args);
	if (!strcmp(word, "change"))
		return add_setting(&last_object->changes, args);
	if (!strcmp(word, "cgroup"))
		return add_rule(args);
	if (!strcmp(word, "workload"))
		return add_workload(args);
	if (!strcmp(word, "counter"))
		return add_column(args);
	if (!strcmp(word, "read"))
		return add_reading(args);
	if (!strcmp(word, "stride"))
		return (last_object->counter_stride = strtoul(args, NULL, 10)) > 0;
	if (!strcmp(word, "timeout"))
		return (last_object->timeout_s = strtoul(args, NULL, 10)) > 0;
	return false;
}

static bool job_line(struct job *job, char *line)
{
	char *word = strsep(&line, " ");

	if (!strcmp(word, "btf"))
		return job->send_btf = true;
	if (!strcmp(word, "mkcgroup") && line)
		return add_cgroup_dir(job, line);
	if (!strcmp(word, "object") && line)
		return add_object(job, line);
	return object_line(word, line);
}

struct job *job_read(const char *path)
{
	struct job *job = fresh(sizeof(*job));
	size_t size;
	char *text = read_whole(path, &size), *line;

	if (!text) {
		out_error("job", 2, "there is no %s in the initramfs", path);
		return NULL;
	}
	while ((line = strsep(&text, "\n"))) {
		char *copy = strdup(line);

		if (*line && !job_line(job, line)) {
			out_error("job", 22, "not understood: %s", copy);
			return NULL;
		}
		free(copy);
	}
	return job;
}

static const char *find_option(const char *options, const char *key)
{
	size_t size = strlen(key);

	while (options && *options) {
		if (!strncmp(options, key, size) && options[size] == '=')
			return options + size + 1;
		options = strchr(options, ' ');
		options += options ? 1 : 0;
	}
	return NULL;
}

long option_long(const char *options, const char *key, long otherwise)
{
	const char *value = find_option(options, key);

	return value ? strtol(value, NULL, 10) : otherwise;
}

bool option_text(const char *options, const char *key, char *text, int room)
{
	const char *value = find_option(options, key);

	if (!value)
		return false;
	snprintf(text, room, "%.*s", (int)strcspn(value, " "), value);
	return true;
}
