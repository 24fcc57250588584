"""The properties: what each says, and by which stories it is judged. docs/properties.md has a section for each."""

from __future__ import annotations

from dataclasses import dataclass

_CALM = "every task may run on every CPU, and nothing takes or changes a CPU or a task"


@dataclass(frozen=True)
class Property:
    """`says` is a sentence; `assumes` are the stories by which it is judged, empty for all.

    The level of each is `tested(n)`: it held in the n stories that were run.
    """

    name: str
    says: str
    assumes: str = ""


_ALL = (
    Property("no_trap", "no callback does what is undefined in C, and each one ends"),
    Property(
        "no_abort", "the kernel does not end the scheduler, by an error or by its watchdog",
        "weights among which virtual time moves through a window before the watchdog's time is over",
    ),
    Property("no_task_lost", "each `enqueue` puts its task into a queue"),
    Property("allowed_cpus", "no task runs on a CPU where it may not"),
    Property(
        "every_task_ran", "no wait is longer than one and a half of the watchdog's timeout",
        "a story that sets its own timeout",
    ),
    Property("no_bad_cpu", "the kernel never has to replace a CPU that the policy chose"),
    Property("state_freed", "after its end the policy holds nothing of the kernel's"),
    Property(
        "work_conserving", "no CPU is idle for longer than the policy says while a task waits that may run there",
        "a policy that promises `work_conserving within`; no CPU that was claimed for the task took another first",
    ),
    Property(
        "bounded_wait", "no task waits longer than law 7 computes for these tasks, weights and params",
        f"a policy for which law 7 has a bound; {_CALM}; a turn may last a tick longer than its slice",
    ),
    Property(
        "promise_kept", "no wait is longer than the policy promises by `max_wait`",
        f"as few tasks for each CPU as the promise says, of weight 100; {_CALM}",
    ),
    Property(
        "weights_honoured", "tasks that always want a CPU get it by their weights, to within a turn of two of them",
        "one queue of virtual time with a bound by law 7; one CPU; tasks that never sleep; a turn fits the window",
    ),
    Property(
        "slices_in_bounds", "no slice is longer than the longest that the policy writes, and none is nothing",
        "no live param changes; a policy without infinite slices",
    ),
    Property("cost_kept", "no call of a callback calls more kernel functions than law 6 counted for this machine"),
    Property("counters_true", "what the policy's program counts for its promises is what the simulator saw"),
)  # fmt: skip
CATALOGUE = {each.name: each for each in _ALL}
