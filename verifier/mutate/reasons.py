"""Why a mutant is not caught, by mutation and policy."""

from __future__ import annotations

_WHO_IS_FIRST = (
    "it changes who comes first within the queue's window, by some ms of virtual time, and no property counts that"
)

_NO_ORPHANS = (
    "nothing is left in the queues of a cache that is off: a task waits in that of the CPU that the kernel gave it, "
    "which is up; what waits for a CPU on its way down is evacuated; and who has nothing to do looks into the "
    "queues of all caches"
)
_ONE_MORE = "what is behind the last CPU or cache counts as off, or its queue stays empty: loops pass over it"

REASONS = {
    ("no-boost", "desk"): _WHO_IS_FIRST,
    ("average-stands", "desk"): _WHO_IS_FIRST,
    ("not-rebased", "desk"): "the other queue's window holds the task to within 20 ms before its clock and 500 ms "
    "behind it, and no property counts who comes first within it",
    ("no-place-for-the-new", "fair"): "the window holds a new task to within `lag` of the clock in any case: what it "
    "gets too much or too little is 20 ms once, and no property counts that",
    ("offline-not-noted", "desk"): _NO_ORPHANS,
    ("online-not-noted", "desk"): _NO_ORPHANS,
    ("orphans-left", "desk"): _NO_ORPHANS,
    ("loop-too-long", "desk"): f"{_ONE_MORE}; CPUs with nothing to do look once more, which costs time only",
    ("loop-too-long", "central"): f"{_ONE_MORE}; but since one counts as off, each CPU with nothing to do takes "
    "from the common queue itself, as it does where one is off: no property says that only the boss may",
    ("handed-to-one-that-is-off", "central"): "`cpu_offline` comes a millisecond later, and from then on the "
    "others look into the queue of that CPU",
    ("kick-without-preempting", "central"): "the timer kicks each CPU for which something waits, and preempts, "
    "within 1 ms: a turn ends that much later",
}
