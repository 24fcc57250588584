#define _GNU_SOURCE
#include "quiet.h"
#include "util.h"

#include <dirent.h>
#include <sched.h>
#include <stdlib.h>

#define NEVER_S "1000000"

/* Who is bound to its CPU refuses, and stays. */
static void move_to_first(pid_t pid)
{
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(pid, sizeof(first), &first);
}

void quiet_cpu(int cpu)
{
	DIR *all = cpu ? opendir("/proc") : NULL;
	struct dirent *entry;

	if (!all)
		return;
	while ((entry = readdir(all))) {
		pid_t pid = atoi(entry->d_name);

		if (pid > 0)
			move_to_first(pid);
	}
	closedir(all);
	write_file("/sys/devices/virtual/workqueue/cpumask", "1");   /* workers that are bound to no CPU */
	write_file("/proc/sys/vm/stat_interval", NEVER_S);           /* each CPU's own worker counts its pages so often */
	write_file("/proc/sys/kernel/soft_watchdog", "0");           /* its timer wakes each CPU's stopper */
}
