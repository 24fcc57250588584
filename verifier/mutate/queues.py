"""Mutations of which queue: a wrong one, one that is not there, one of the kernel's own."""

from __future__ import annotations

from schedc.verifier.mutate.losing import ALL
from schedc.verifier.mutate.mutation import mutation

VTIME = "fair desk"
_TO = r"(insert(?:_at)?\(p, )(?:QUEUE_\w+|dsq__)[^,]*"
_AT = r"insert_at\(p, (QUEUE_\w+|dsq__), (\w+),[^;]*;"
_CREATED = r"each_number\((each_\w+), 0, (\w+)\) \{(\s+error = scx)"

MUTATIONS = (
    mutation(
        "queue-off-by-one",
        "inserted into the queue behind the right one",
        ALL,
        (r"(insert(?:_at)?\(p, )(QUEUE_|dsq__)", r"\g<1>1 + \2"),
    ),
    mutation(
        "pull-off-by-one", "pulled from the queue behind the right one", ALL, (r"\bpull\(QUEUE_", "pull(1 + QUEUE_")
    ),
    mutation(
        "created-off-by-one",
        "the queues are made one number further",
        ALL,
        (r"create_dsq\(QUEUE_", "create_dsq(1 + QUEUE_"),
    ),
    mutation(
        "last-queue-not-made",
        "a loop that makes queues ends too early",
        "desk priority central",
        (_CREATED, r"each_number(\1, 0, \2 - 1) {\3"),
    ),
    mutation(
        "first-queue-not-made",
        "a loop that makes queues begins at 1",
        "desk priority central",
        (_CREATED, r"each_number(\1, 1, \2) {\3"),
    ),
    mutation("into-the-global-queue", "the kernel's global queue instead of the policy's", ALL, (_TO, r"\1DSQ_GLOBAL")),
    mutation("into-the-local-queue", "the local queue of a CPU that was not claimed", ALL, (_TO, r"\1DSQ_LOCAL")),
    mutation(
        "into-the-first-local-queue", "CPU 0's local queue, whoever the task is", ALL, (_TO, r"\1DSQ_LOCAL_ON | 0")
    ),
    mutation(
        "into-an-absent-local-queue",
        "the local queue of a CPU that is not there",
        ALL,
        (_TO, r"\1DSQ_LOCAL_ON | topo_nr_cpus"),
    ),
    mutation(
        "both-orders",
        "an ordered queue takes every other task in order of arrival",
        VTIME,
        (_AT, r"if (p->pid & 1) insert(p, \1, \2, enq_flags); else \g<0>"),
    ),
    mutation(
        "order-lost", "an ordered queue takes tasks in order of arrival", VTIME, (_AT, r"insert(p, \1, \2, enq_flags);")
    ),
    mutation(
        "stride",
        "queues of a layer lie 127 apart for enqueue, 128 for dispatch",
        "desk",
        (r"(u32 dsq__ = .*)\* 128", r"\1* 127"),
    ),
    mutation(
        "other-cache",
        "the queue of another cache",
        "desk",
        (r"(u32 dsq__ = .*)cpu_llc\(task_cpu\(p\)\)", r"\1(cpu_llc(task_cpu(p)) + 1)"),
    ),
    mutation(
        "one-layer",
        "every task goes to the queue of the normal layer",
        "desk priority",
        (r"(u32 dsq__ = QUEUE_ready \+ \(|insert\(p, QUEUE_level \+ )\(s32\)ts->layer", r"\1LAYER_normal"),
    ),
    mutation(
        "given-to-the-boss",
        "a task with one CPU goes to the queue of CPU 0",
        "central",
        (r"QUEUE_given \+ task_cpu\(p\)", "QUEUE_given + 0"),
    ),
    mutation(
        "handed-to-the-boss",
        "the boss hands everything to itself",
        "central",
        (r"move\(&it__, waiting, QUEUE_given \+ v_other\)", "move(&it__, waiting, QUEUE_given + 0)"),
    ),
    mutation(
        "handed-without-asking",
        "the boss hands a task to a CPU where it may not run",
        "central",
        (r"bpf_cpumask_test_cpu\(target, waiting->cpus_ptr\) && ", ""),
    ),
    mutation(
        "handed-to-one-that-is-off",
        "the boss hands tasks to a CPU on its way down",
        "central",
        (r"\tif \(!is_active\(target\)\)\n\t\treturn false;\n", ""),
    ),
    mutation(
        "hands-nothing",
        "the boss looks at no task that waits",
        "central",
        (r"\+\+looked_at > MAX_LOOKED_AT", "++looked_at > 0"),
    ),
)
