"""Mutations that lose tasks, double them, or leave them in a queue that nobody serves."""

from __future__ import annotations

from schedc.verifier.mutate.mutation import mutation

ALL = "fair fifo desk priority central"
# The statement that puts a task into a queue of the policy's, and how a CPU's own are put into its local queue.
INSERT = r"insert(?:_at)?\(p, (?:QUEUE_\w+|dsq__)[^;]*;"
OWN = r"(if \(is_cpus_own\(p\)\) \{\n\t\t)(insert\([^;]*;\n)\t\treturn;\n"
DISPATCH = r"(void policy_dispatch\(u64 \*ctx\)\n\{\n)"

MUTATIONS = (
    mutation("insert-dropped", "enqueue inserts nothing", ALL, (INSERT, "(void)enq_flags;")),
    mutation("insert-dropped-on-a-path", "no insert for every other task", ALL, (INSERT, r"if (p->pid & 1) { \g<0> }")),
    mutation(
        "insert-dropped-at-wakeup",
        "no insert for tasks that woke",
        ALL,
        (INSERT, r"if (!(enq_flags & ENQ_WAKEUP)) { \g<0> }"),
    ),
    mutation("insert-twice", "every task is inserted twice", ALL, (INSERT, r"\g<0> \g<0>")),
    mutation(
        "insert-twice-on-a-path",
        "light tasks are inserted twice",
        ALL,
        (INSERT, r"\g<0> if (p->scx.weight < 100) { \g<0> }"),
    ),
    mutation("own-not-inserted", "a CPU's own kernel thread is put nowhere", ALL, (OWN, r"\1return;\n")),
    mutation("own-inserted-twice", "a CPU's own kernel thread goes to the policy, too", ALL, (OWN, r"\1\2")),
    mutation("no-enqueue", "enqueue is not registered", "fair desk priority", (r"\t\.enqueue = [^\n]*\n", "")),
    mutation("no-dispatch", "dispatch is not registered", ALL, (r"\t\.dispatch = [^\n]*\n", "")),
    mutation("dispatch-returns", "dispatch returns at once", ALL, (DISPATCH, r"\1\treturn;\n")),
    mutation(
        "dispatch-returns-on-some",
        "CPUs with an odd number serve no queue",
        ALL,
        (DISPATCH, r"\1\tif (ARG(0, s32) & 1)\n\t\treturn;\n"),
    ),
    mutation(
        "dispatch-without-end",
        "dispatch goes round until the clock says 1",
        ALL,
        (DISPATCH, r"\1\tfor (;;)\n\t\tif (now() == 1)\n\t\t\tbreak;\n"),
    ),
    mutation(
        "pull-in-enqueue",
        "enqueue takes from a queue, which only dispatch may",
        ALL,
        (INSERT, r"\g<0> pull(0);"),
    ),
    mutation(
        "pull-says-the-opposite",
        "a pull that moved a task is taken for one that did not",
        "fair desk priority central",
        (r"return (scx_bpf_dsq_move_to_local___v2___new)", r"return !\1"),
        place="compat.h",
    ),
    mutation(
        "queued-says-the-opposite",
        "an empty queue is taken for one that is not",
        "priority central",
        (r"return scx_bpf_dsq_nr_queued\(dsq\) > 0;", "return scx_bpf_dsq_nr_queued(dsq) == 0;"),
        place="compat.h",
    ),
    mutation(
        "init-fails",
        "init says that it could not",
        ALL,
        (r"(policy_init\(u64 \*ctx\)\n\{[\s\S]*?\n\treturn) 0;\n\}", r"\1 -12;\n}"),
    ),
)
