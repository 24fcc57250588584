"""Policies with one bug each: some that the language allows, some that an error of the compiler would make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import resources

from schedc import api
from schedc.verifier.fuzz import Subject

STARVE = """language 1
policy starve "Two levels, and the upper one is always served first."

layer urgent when task.nice < 0
layer rest   otherwise

queue level: fifo per layer

on enqueue(task) {
    insert task into level[task.layer] for 5ms
    kick idle_cpu(task)
}

on dispatch(cpu, prev) {
    pull level[urgent] or level[rest]
}
"""
SILENT = """language 1
policy silent "Nobody tells an idle CPU that a task waits."

queue ready: fifo

promise work_conserving within 1ms

on select_cpu(task, prev) {
    return prev
}

on enqueue(task) {
    insert task into ready for 20ms
}

on dispatch(cpu, prev) {
    pull ready
}
"""
HASTY = """language 1
policy hasty "Promises shorter waits than slices allow."

queue ready: fifo

promise max_wait 50ms while runnable <= 20 per cpu

on enqueue(task) {
    insert task into ready for 20ms
    kick idle_cpu(task)
}

on dispatch(cpu, prev) {
    pull ready
}
"""


@dataclass(frozen=True)
class Bug:
    """`text` is the policy, that of the library by this name if it is one word; `was` in its C becomes `now`.

    `breaks` are the properties that may be named, `says` what the story has to say; `theme` is where it shows soon.
    """

    text: str
    breaks: tuple[str, ...]
    says: tuple[str, ...]
    theme: str
    was: str = ""
    now: str = ""

    def subject(self) -> Subject:
        text, name = self.text, "seeded.sched"
        if "\n" not in text:
            text = (resources.files("schedc.stdlib_policies") / f"{text}.sched").read_text()
        subject = Subject.of(api.compile(text, name))
        c_source = subject.program.c_source
        assert self.was in c_source
        return replace(subject, program=replace(subject.program, c_source=c_source.replace(self.was, self.now, 1)))


_INSERT = "insert(p, QUEUE_ready, param_slice, enq_flags);"
BUGS = {
    "strict priority": Bug(
        STARVE, ("no_abort",), ("`pull level[urgent] or level[rest]` (line 15) took", "nothing was taken from `level[rest]`"),
        "nice mix",
    ),
    "no kick": Bug(SILENT, ("work_conserving",), ("was put into `ready`", "Nothing kicked CPU", "(line 13)"), "anything"),
    "a promise that cannot be kept": Bug(
        HASTY, ("promise_kept",), ("promises at most 50 ms", "`pull ready` (line 14) took"), "crowd",
    ),
    "a task that is dropped": Bug(
        "fifo", ("no_task_lost",), ("was asked to enqueue", "put it into no queue", "| on enqueue(task) {"), "anything",
        _INSERT, f"if (p->pid % 2) {_INSERT}",
    ),
    "last in, first out": Bug(
        "fifo", ("bounded_wait",), ("its place in the order was behind theirs", "`pull ready` (line "), "nice mix",
        _INSERT, "insert_at(p, QUEUE_ready, param_slice, -now(), enq_flags);",
    ),
    "weights the wrong way round": Bug(
        "fair", ("weights_honoured", "bounded_wait"), ("is what charges tasks for what they ran", "| task.vtime += ran scaled by task.weight"), "two on a CPU",
        "v_ran * 100 / kernel_field(p->scx.weight)", "v_ran * kernel_field(p->scx.weight) / 100",
    ),
    "a CPU that the task may not use": Bug(
        "fifo", ("no_bad_cpu",), ("was chosen for", "which may not run there"), "anything",
        "return usable_cpu(p, claim_idle_or(p, v_prev, wake_flags));", "return 0;",
    ),
    "a slice in the wrong unit": Bug(
        "fifo", ("slices_in_bounds",), ("the longest is 20 ms", "slices were"), "anything",
        _INSERT, _INSERT.replace("param_slice", "param_slice * 1000"),
    ),
    "a division by nothing": Bug(
        "fair", ("no_trap",), ("stopping divides by zero", "| task.vtime += ran scaled by task.weight"), "two on a CPU",
        "v_ran * 100 / kernel_field(p->scx.weight)", "v_ran * 100 / (kernel_field(p->scx.weight) - 1)",
    ),
    "a costly search": Bug(
        "fifo", ("cost_kept",), ("dispatch called", "are its bound"), "anything",
        "WENT(0, pull(QUEUE_ready));", "for (s32 i = 0; i < 99 && !queued(QUEUE_ready); i++);\n\tWENT(0, pull(QUEUE_ready));",
    ),
    "a wait counted as half of it": Bug(
        "fifo", ("counters_true",), ("was counted as",), "anything", "waited = sat_sub(at_now, since);", "waited = sat_sub(at_now, since) / 2;",
    ),
    "a mask that is not given back": Bug(
        "desk", ("state_freed",), ("took 1 of the kernel's CPU masks",), "anything", "		scx_bpf_put_cpumask(online);\n", "",
    ),
}  # fmt: skip
