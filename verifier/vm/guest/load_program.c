/* Programs of the distribution: started without a shell, each in an empty folder in memory, followed by the probe. */
#define _GNU_SOURCE
#include "load_program.h"
#include "load_work.h"
#include "out.h"
#include "probe_user.h"
#include "util.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOME "/run"
#define FILES "/files"
#define SAID ".said"
#define MAX_ARGUMENTS 64
#define NOT_STARTED 127

static char *const environment[] = { "PATH=/usr/bin", "HOME=.", "TMPDIR=.", "LC_ALL=C", NULL };

static bool is_program(const struct group *group)
{
	return !strcmp(group->kind, "program");
}

bool programs_wanted(void)
{
	for (int i = 0; i < load.nr_groups; i++)
		if (is_program(&load.group[i]))
			return true;
	return false;
}

static void place_of(const struct group *group, int number, const char *file, char *path, size_t room)
{
	snprintf(path, room, HOME "/%s-%d%s%s", group->name, number, file[0] ? "/" : "", file);
}

static bool copy(const char *from, const char *to)
{
	size_t size;
	void *data = read_whole(from, &size);
	int fd = data ? open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755) : -1;
	bool whole = fd >= 0 && write(fd, data, size) == (ssize_t)size;

	if (fd >= 0)
		close(fd);
	free(data);
	return whole;
}

/* In the order of their names: the kernel keeps no order in a folder. */
static bool copy_files(const struct group *group, int number)
{
	char folder[128], from[512], to[512];
	struct dirent **entries;
	bool good = true;
	int count;

	snprintf(folder, sizeof(folder), FILES "/%s", group->name);
	count = scandir(folder, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			snprintf(from, sizeof(from), "%s/%s", folder, entries[i]->d_name);
			place_of(group, number, entries[i]->d_name, to, sizeof(to));
			good = good && copy(from, to);
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return good;
}

static bool prepare(const struct group *group)
{
	char path[256];

	for (int i = 0; i < group->count; i++) {
		place_of(group, i, "", path, sizeof(path));
		if (mkdir(path, 0755) || !copy_files(group, i))
			return false;
	}
	return true;
}

/* A file system of its own for each run, so that none finds what another has left. */
bool programs_prepare(void)
{
	umount2(HOME, MNT_DETACH);
	mkdir(HOME, 0755);
	if (mount("tmpfs", HOME, "tmpfs", 0, NULL))
		return false;
	for (int i = 0; i < load.nr_groups; i++)
		if (is_program(&load.group[i]) && !prepare(&load.group[i]))
			return false;
	return true;
}

/* "-g;2;-l;100" */
static void split(char *text, char **arguments, int room)
{
	int count = 1;
	char *word;

	while (count < room - 1 && (word = strsep(&text, ";")))
		if (*word)
			arguments[count++] = word;
	arguments[count] = NULL;
}

/* Where a program and its libraries are does not change from run to run. */
static void become(struct task *task, struct group *group)
{
	char *arguments[MAX_ARGUMENTS] = { group->path };
	char path[256];
	int said, nothing = open("/dev/null", O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	personality(ADDR_NO_RANDOMIZE);
	place_of(group, task->number, "", path, sizeof(path));
	split(group->arguments, arguments, MAX_ARGUMENTS);
	if (chdir(path))
		_exit(NOT_STARTED);
	said = open(SAID, O_WRONLY | O_CREAT | O_APPEND, 0644);
	dup2(nothing, 0);
	dup2(said, 1);
	dup2(said, 2);
	probe_follow(group);
	execve(group->path, arguments, environment);
	_exit(NOT_STARTED);
}

void load_program(struct task *task)
{
	struct group *group = &load.group[task->group];
	pid_t child;
	int status = -1;

	task_begins(task, REQUEST, crew_started());
	tally_begun(group->tally, crew_started());
	child = fork();
	if (!child)
		become(task, group);
	if (child > 0)
		waitpid(child, &status, 0);
	if (!status)
		task_done(task);
	else if (!__atomic_fetch_add(&group->tally->failed, 1, __ATOMIC_SEQ_CST)) {
		group->tally->failed_number = task->number;
		group->tally->failed_status = status;
	}
	tally_last(group->tally, now_ns());
	job_ends();
}

/* The last lines that fit. */
static void last_words(const struct group *group, char *text, int room)
{
	char path[256], *data, *start, *line;
	size_t size;

	place_of(group, group->tally->failed_number, SAID, path, sizeof(path));
	data = read_whole(path, &size);
	text[0] = 0;
	if (!data)
		return;
	start = size < (size_t)room ? data : data + size - room + 1;
	line = start > data ? strchr(start, '\n') : NULL;
	snprintf(text, room, "%s", line ? line + 1 : start);
	free(data);
}

void program_report(const struct group *group)
{
	const struct tally *tally = group->tally;
	char text[400];

	if (!tally->failed)
		return;
	last_words(group, text, sizeof(text));
	out_u64("failed", tally->failed);
	out_u64("status", WIFEXITED(tally->failed_status) ? WEXITSTATUS(tally->failed_status) : 0);
	out_u64("signal", WIFSIGNALED(tally->failed_status) ? WTERMSIG(tally->failed_status) : 0);
	out_str("said", text);
}
