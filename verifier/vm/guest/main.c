/* PID 1 of the guest: mounts what is needed, runs every object of the job in a process of its own, powers off.
 * It trusts nothing that it runs: a child that crashes or hangs is reported and the next object is run. */
#define _GNU_SOURCE
#include "job.h"
#include "object.h"
#include "out.h"
#include "ports.h"
#include "scx.h"
#include "topo_vars.h"
#include "trace.h"
#include "util.h"
#include "warm.h"
#include "work.h"

#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void mount_at(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) && errno != EBUSY)
		fprintf(stderr, "schedc: mount %s: %s\n", where, strerror(errno));
}

static void mount_all(void)
{
	mount_at("proc", "/proc");
	mount_at("sysfs", "/sys");
	mount_at("devtmpfs", "/dev");
	mount_at("cgroup2", "/sys/fs/cgroup");
	mount_at("tracefs", "/sys/kernel/tracing");
	mount_at("bpf", "/sys/fs/bpf");
	mount_at("tmpfs", "/tmp");
}

static void make_cgroups(const struct job *job)
{
	char path[4096];

	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+cpu");
	for (int i = 0; i < job->nr_cgroups; i++) {
		char *weight = job->cgroups[i], *group = strsep(&weight, " ");

		snprintf(path, sizeof(path), "/sys/fs/cgroup%s", group);
		if (mkdir(path, 0755) && errno != EEXIST)
			out_error("mkcgroup", errno, "%s", group);
		snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cgroup.subtree_control", group);
		write_file(path, "+cpu");
		snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cpu.weight", group);
		if (weight && write_file(path, weight))
			out_error("cpu.weight", errno, "%s", group);
	}
}

static void send_btf(void)
{
	size_t size;
	void *data = read_whole("/sys/kernel/btf/vmlinux", &size);

	out_blob(data, data ? size : 0);
	free(data);
}

static void report_boot(void)
{
	struct utsname about;

	uname(&about);
	out_begin("boot");
	out_str("release", about.release);
	out_str("version", about.version);
	out_bool("sched_ext", !access("/sys/kernel/sched_ext/state", F_OK));
	out_u64("boot_ns", now_ns());
	topo_report();
	out_end();
}

/* Blocked, it waits to be fetched. */
static void block_child_signal(int how)
{
	sigset_t ended;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(how, &ended, NULL);
}

/* Sleeps until a child ends, or to the limit: looking again and again costs time of the CPU that is watched. */
static void sleep_for_child(uint64_t limit)
{
	uint64_t now = now_ns(), left = limit > now ? limit - now : 0;
	struct timespec time = { left / 1000000000ull, left % 1000000000ull };
	sigset_t ended;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigtimedwait(&ended, NULL, &time);
}

/* Waits for the child, not longer than the job allows; false when it had to be killed and is still there. */
static bool wait_for(pid_t child, unsigned int seconds)
{
	uint64_t limit = now_ns() + seconds * 1000000000ull;
	bool late = false;
	int status;

	while (waitpid(child, &status, WNOHANG) != child) {
		sleep_for_child(limit);
		if (now_ns() < limit)
			continue;
		if (late)
			return false;
		late = true;
		out_error("timeout", ETIMEDOUT, "no end after %u s of guest time", seconds);
		kill(child, SIGKILL);      /* its link goes with it, so the kernel's default comes back */
		limit = now_ns() + 20 * 1000000000ull;
	}
	if (!late && WIFSIGNALED(status))
		out_error("crash", EFAULT, "the loader died of signal %d", WTERMSIG(status));
	return true;
}

static void kill_leftovers(void)
{
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static bool run_one(const struct object_job *object, const struct btf *kernel)
{
	pid_t child;
	bool ended;

	write_file("/proc/sys/kernel/bpf_stats_enabled", object->stats ? "1" : "0");
	out_begin("object");
	out_str("name", object->name);
	out_end();
	block_child_signal(SIG_BLOCK);
	child = fork();
	if (!child) {
		block_child_signal(SIG_UNBLOCK);
		object_run(object, kernel);
		_exit(0);
	}
	ended = child > 0 && wait_for(child, object->timeout_s);
	kill_leftovers();
	out_begin("done");
	out_str("name", object->name);
	out_bool("ended", ended);
	out_end();
	return ended;
}

static void run_all(void)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	struct job *job;

	/* As late as can be: what comes before it is in the snapshot. */
	if (warm_wanted() && !warm_wait())
		return;
	report_boot();
	job = job_read("/job/job.txt");
	if (!job)
		return;
	if (!kernel) {
		out_error("btf", ENOENT, "the kernel has no BTF, so no object can be loaded");
		return;
	}
	if (job->send_btf)
		send_btf();
	make_cgroups(job);
	for (const struct object_job *object = job->objects; object; object = object->next)
		if (!run_one(object, kernel))
			return;            /* the kernel is not fit for another one */
	out_begin("bye");
	out_end();
}

int main(int argc, char **argv)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	if (argc > 1 && !strcmp(argv[1], WORK_NOTHING))
		return 0;
	if (getpid() != 1)
		return 64;
	mount_all();
	trace_prepare();
	setrlimit(RLIMIT_MEMLOCK, &all);
	become_realtime(50);         /* above everything that a workload is */
	if (ports_open())
		fprintf(stderr, "schedc: no result port\n");
	else
		run_all();
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
