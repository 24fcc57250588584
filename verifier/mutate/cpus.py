"""Mutations of which CPU: who is chosen, who is woken, who is asked whether a task may run there."""

from __future__ import annotations

from schedc.verifier.mutate.losing import ALL
from schedc.verifier.mutate.mutation import mutation

KICKS = "fair desk priority"
_SELECTED = r"return usable_cpu\(p, ([^;]*)\);"
_KICK = r"\tkick\((?:claim_idle|or_else)[^;]*;\n"

MUTATIONS = (
    mutation(
        "no-affinity-guard",
        "select_cpu returns a CPU without looking whether the task may run there",
        ALL,
        (_SELECTED, r"return \1;"),
    ),
    mutation(
        "no-idle-cpu-chosen",
        "select_cpu returns the previous CPU, idle or not",
        "fifo",
        (_SELECTED, "return usable_cpu(p, v_prev);"),
    ),
    mutation("always-the-first", "select_cpu returns CPU 0", ALL, (_SELECTED, "return 0;")),
    mutation("none-chosen", "select_cpu returns none", ALL, (_SELECTED, "return -1;")),
    mutation(
        "absent-cpu-chosen", "select_cpu returns a CPU that is not there", ALL, (_SELECTED, "return topo_nr_cpus;")
    ),
    mutation(
        "local-without-a-claim",
        "select_cpu fills the local queue of a CPU that may be busy",
        ALL,
        (_SELECTED, r"insert(p, DSQ_LOCAL, SLICE_DEFAULT, 0);\n\t\g<0>"),
    ),
    mutation(
        "no-tries",
        "a CPU that does not take the task is replaced by the first one that is online",
        ALL,
        (r"#define MAX_TRIES 4", "#define MAX_TRIES 0"),
        place="compat.h",
    ),
    mutation(
        "usable-for-others",
        "whether a task may run somewhere is not asked",
        ALL,
        (r"bpf_cpumask_test_cpu\(found, p->cpus_ptr\) && is_active\(found\)", "is_active(found)"),
        place="compat.h",
    ),
    mutation(
        "usable-when-off",
        "whether a CPU is on its way down is not asked",
        ALL,
        (r" && is_active\(found\)", ""),
        place="compat.h",
    ),
    mutation(
        "active-inverted",
        "CPUs that are there are taken for those that are not",
        ALL,
        (r"hotplug->target == online", "hotplug->target != online"),
        place="compat.h",
    ),
    mutation(
        "pick-for-others",
        "an idle CPU is picked where the task may not run",
        "desk",
        (r"return bpf_cpumask_test_cpu\(cpu, p->cpus_ptr\) &&", "return 1 ||"),
        place="compat.h",
    ),
    mutation(
        "cpu-off-by-one",
        "a task's CPU is the next one",
        "desk central",
        (r"\(s32\)p->thread_info\.cpu", "(s32)p->thread_info.cpu + 1"),
        place="compat.h",
    ),
    mutation(
        "kick-skips-the-first",
        "CPU 0 is never kicked",
        "fair desk priority central",
        (r"if \(cpu >= 0\)\n", "if (cpu > 0)\n"),
        place="compat.h",
    ),
    mutation(
        "whole-cores-only",
        "only a CPU whose siblings are idle counts as idle",
        KICKS,
        (r"pick_idle_cpu\(p->cpus_ptr, 0\)", "pick_idle_cpu(p->cpus_ptr, PICK_IDLE_CORE)"),
        place="compat.h",
    ),
    mutation("no-kick", "nobody is woken for a task that waits", KICKS, (_KICK, "")),
    mutation(
        "no-kick-of-the-boss",
        "the boss is not told of a task that waits",
        "central",
        (r"\tkick\(told\(0, [^;]*;\n", "\t(void)0;\n"),
    ),
    mutation(
        "kick-of-the-task's-cpu",
        "the CPU that is kicked is the task's, not an idle one",
        KICKS,
        (_KICK, "\tkick(task_cpu(p), KICK_IDLE);\n"),
    ),
    mutation(
        "kick-preempts",
        "each task that comes ends the slice of whoever runs",
        KICKS,
        (_KICK, "\tkick(task_cpu(p), KICK_PREEMPT);\n"),
    ),
    mutation(
        "kick-contradicts",
        "a kick of an idle CPU that is to preempt",
        KICKS,
        (r", KICK_IDLE\)", ", KICK_IDLE | KICK_PREEMPT)"),
    ),
    mutation(
        "no-kick-of-others",
        "a CPU is not told of what the boss gave it",
        "central",
        (r"kick\(told\(v_other, cpu\), KICK_PREEMPT\);", "(void)0;"),
    ),
    mutation(
        "kick-without-preempting",
        "an infinite slice is not ended by the boss",
        "central",
        (r"kick\(told\(v_other, cpu\), KICK_PREEMPT\);", "kick(told(v_other, cpu), 0);"),
    ),
    mutation(
        "other-boss", "CPU 1 thinks that it is the boss, CPU 0 is asked", "central", (r"\(cpu == 0\)", "(cpu == 1)")
    ),
    mutation(
        "own-behind-infinite-slices",
        "a CPU's own kernel threads do not preempt",
        "central",
        (r"enq_flags \| ENQ_PREEMPT", "enq_flags"),
    ),
    mutation(
        "own-not-recognised",
        "a CPU's own kernel threads are given to the policy",
        "central",
        (r"return p->nr_cpus_allowed == 1 && ", "return 0 && "),
        place="compat.h",
    ),
)
