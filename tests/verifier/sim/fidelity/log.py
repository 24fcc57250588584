"""What the recorder wrote down, made comparable."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

WHAT = (
    "", "select_cpu", "enqueue", "dequeue", "dispatch", "runnable", "running", "stopping", "quiescent", "yield",
    "set_weight", "set_cpumask", "init_task", "exit_task", "enable", "disable",
)  # fmt: skip
_RUNNABLE, _SLICE_LEFT = 1, 2
Entry = tuple[str, int, int]
"""The callback, a pid (0: nobody) and what else was noted."""


def entries(seen: Sequence[int], count: int) -> list[Entry]:
    """From the program's words."""
    assert 0 < count <= len(seen), "nothing was written down, or more than there is room for"
    return [(WHAT[word & 0xFF], word >> 16 & 0xFFFFFFFF, word >> 8 & 0xFF) for word in seen[:count]]


def stories(log: list[Entry], sizes: Sequence[int]) -> list[list[Entry]]:
    """One for each number of tasks, in the order in which they were told.

    Pids go up. A story's own tasks are those of whose birth nothing was noted, under another name: its children follow.
    """
    first: dict[int, str] = {}
    for what, pid, _ in log:
        first.setdefault(pid, what)
    roots = sorted(pid for pid, what in first.items() if pid and what != "init_task")
    begins = [roots[sum(sizes[:number])] for number in range(len(sizes))]
    found: list[list[Entry]] = [[] for _ in sizes]
    at = 0
    for entry in log:
        at = max(0, bisect_right(begins, entry[1]) - 1) if entry[1] else at
        found[at].append(entry)
    return found


def is_disturbed(log: list[Entry]) -> bool:
    """Someone above took the CPU: a task that could run on was stopped with some of its slice left."""
    return any(what == "stopping" and more == _RUNNABLE | _SLICE_LEFT for what, _, more in log)


def story(log: list[Entry], tasks: int, kernel: bool) -> list[Entry]:
    """From the story's first wakeup to the end of its last task, tasks by the order in which they come.

    Before it the kernel's tasks, which are the first that come, join the class and sleep; the simulator's are born.
    """
    first = list(dict.fromkeys(pid for _, pid, _ in log if pid))[:tasks]
    ready: set[int] = set()
    begun: set[int] = set()
    kept: list[Entry] = []
    for what, pid, more in log:
        if pid in first and pid not in begun:
            if what == ("quiescent" if kernel else "set_weight"):
                ready.add(pid)
            if what != "runnable" or pid not in ready:
                continue
            begun.add(pid)
        kept.append((what, pid, more))
    return kept


def named(log: list[Entry]) -> list[str]:
    """As lines that say the same for other pids. Who enqueues by a fork or by a wakeup is told apart by the others."""
    pids = {pid: number for number, pid in enumerate(dict.fromkeys(pid for _, pid, _ in log if pid))}
    return [f"{what} {pids.get(pid, '-')}{_more(what, more)}" for what, pid, more in log]


def _more(what: str, more: int) -> str:
    if what == "dispatch":
        return " moved" if more else ""
    if what == "stopping":
        return " runnable" if more & _RUNNABLE else ""
    return ""
