"""What the recorder wrote down, made comparable."""

from __future__ import annotations

from collections.abc import Sequence

WHAT = (
    "", "select_cpu", "enqueue", "dequeue", "dispatch", "runnable", "running", "stopping", "quiescent", "yield",
    "set_weight", "set_cpumask", "init_task", "exit_task", "enable", "disable",
)  # fmt: skip
Entry = tuple[str, int, int]
"""The callback, a pid (0: nobody) and what else was noted."""
_BIRTH = ("init_task", "enable", "set_weight")


def entries(seen: Sequence[int], count: int) -> list[Entry]:
    """From the program's words."""
    assert 0 < count < len(seen), "nothing was written down, or more than there is room for"
    return [(WHAT[word & 0xFF], word >> 16 & 0xFFFFFFFF, word >> 8 & 0xFF) for word in seen[:count]]


def stories(log: list[Entry]) -> list[list[Entry]]:
    """One after the other: one is over when all of its tasks are gone, and another comes."""
    found: list[list[Entry]] = [[]]
    there: set[int] = set()
    gone: set[int] = set()
    for what, pid, more in log:
        if pid and pid not in there:
            if there and there == gone:
                found.append([])
                there, gone = set(), set()
            there.add(pid)
        if what == "exit_task":
            gone.add(pid)
        found[-1].append((what, pid, more))
    return found


def story(log: list[Entry], tasks: int, kernel: bool) -> list[str]:
    """From the story's first wakeup on, tasks by the order in which they come.

    Before it the kernel's tasks, which are the first that come, join the class and sleep; the simulator's are born.
    """
    first = list(dict.fromkeys(pid for _, pid, _ in log if pid))[:tasks]
    begun: set[int] = set()
    kept: list[Entry] = []
    for what, pid, more in log:
        if pid in first and pid not in begun:
            if what == ("quiescent" if kernel else _BIRTH[-1]):
                begun.add(pid)
            continue
        kept.append((what, pid, more))
    return _named(_uninterrupted(kept))


def _uninterrupted(log: list[Entry]) -> list[Entry]:
    """Without the moments in which a kernel thread, of a higher class, had the CPU of a task with slice left."""
    kept: list[Entry] = []
    for entry in log:
        before = kept[-1] if kept else None
        if entry[0] == "running" and before == ("stopping", entry[1], 3):
            kept.pop()
            continue
        kept.append(entry)
    return kept


def _named(log: list[Entry]) -> list[str]:
    """As lines that say the same for other pids. Who enqueues by a fork or by a wakeup is told apart by the others."""
    pids = {pid: number for number, pid in enumerate(dict.fromkeys(pid for _, pid, _ in log if pid))}
    return [f"{what} {pids.get(pid, '-')}{_more(what, more)}" for what, pid, more in log]


def _more(what: str, more: int) -> str:
    if what == "dispatch":
        return " moved" if more else ""
    if what == "stopping":
        return " runnable" if more & 1 else ""
    return ""
