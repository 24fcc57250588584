"""What the kernel writes down when it ends a scheduler: where it was, and where every waiting task was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_QUEUED_WITH_POLICY = 2
_BUILT_IN = 1 << 63
_TASK = re.compile(r"^\s*[ *>]*[A-Z]\s+(.{1,16}\[\d+\])\s(?:.*\s)?[-+]\d+ms")
_STATE = re.compile(r"ops_state/qseq=(\d+)/\d+")
_QUEUE = re.compile(r"\bdsq_id=(?:0x([0-9a-f]{1,16})|\(n/a\))")
_PROGRAM = re.compile(r"^\s+bpf_prog_[0-9a-f]{16}_policy_(\w+)\+|^\s+bpf__sched_ext_ops_(\w+)\+")
# The kernel's functions that act on what a callback has said, after it has returned.
_ACTS_ON = (
    (re.compile(r"select_task_rq"), "select_cpu"),
    (re.compile(r"do_enqueue_task|run_deferred"), "enqueue"),
    (re.compile(r"balance_one|balance_scx|dispatch_sched|pick_task_scx|flush_dispatch_buf"), "dispatch"),
)


@dataclass(frozen=True)
class Waiting:
    """A task that wanted to run. `queue` is the id of the policy's queue that it is in, if it is in one."""

    queue: int | None
    forgotten: bool
    """The policy was given it and put it nowhere."""


def waiting(dump: Sequence[str], task: str) -> Waiting | None:
    """The entry of a task, such as `busy-3[544]`; None where there is none."""
    for number, line in enumerate(dump):
        found = _TASK.match(line)
        if found and found[1] == task:
            return _entry(dump[number + 1 : number + 4])
    return None


def _entry(lines: Sequence[str]) -> Waiting | None:
    text = "\n".join(lines)
    state, queue = _STATE.search(text), _QUEUE.search(text)
    if state is None or queue is None:
        return None
    number = int(queue[1], 16) if queue[1] else None
    mine = number if number is not None and not number & _BUILT_IN else None
    return Waiting(mine, number is None and int(state[1]) == _QUEUED_WITH_POLICY)


def callback(dump: Sequence[str]) -> str:
    """The callback whose doing ended the scheduler, by the innermost function that tells; empty if none does."""
    heads = [number for number, line in enumerate(dump) if line.strip() == "Backtrace:"]
    for line in dump[heads[0] + 1 :] if heads else ():
        if not line.strip():
            break
        program = _PROGRAM.match(line)
        if program:
            return program[1] or program[2]
        for function, named in _ACTS_ON:
            if function.search(line):
                return named
    return ""
