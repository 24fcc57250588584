"""Putting a task into a queue: windows, clocks, and what a task takes along to another queue."""

from __future__ import annotations

from schedc.typed import tree as t
from schedc.types.kinds import Kind
from schedc.verifier.interpret.expressions import instance
from schedc.verifier.interpret.frame import Frame, evaluate
from schedc.verifier.interpret.kernel import GLOBAL, LOCAL, Instance
from schedc.verifier.interpret.machine import Task
from schedc.verifier.interpret.numbers import WORD, distance, saturated


def insert(frame: Frame, node: t.Insert) -> None:
    task = evaluate(frame, node.task)
    if node.local is not None:
        _insert_local(frame, node, task)
        return
    assert node.queue is not None
    queue = instance(frame, node.queue)
    order = node.queue.queue.order
    if order is Kind.VTIME:
        position: int | None = _by_vtime(frame, node, task, queue)
    else:
        position = None if order is None else _by_time(frame, node)
        frame.run.memory["home", task.pid] = queue
    frame.run.memory["position", task.pid] = position
    frame.kernel.insert(task, queue, evaluate(frame, node.slice), position, preempt=False)


def _insert_local(frame: Frame, node: t.Insert, task: Task) -> None:
    """From select_cpu it is the CPU that is returned; elsewhere one that cannot take it leaves it to all."""
    cpu = evaluate(frame, node.local)
    _settle(frame, task)
    queue: Instance = LOCAL
    if frame.event != "select_cpu":
        queue = (*LOCAL, cpu) if task.may_run_on(cpu) and cpu in frame.kernel.active else GLOBAL
    frame.kernel.insert(task, queue, evaluate(frame, node.slice), None, preempt=False)


def _settle(frame: Frame, task: Task) -> None:
    """Who skips the queue stands at its clock: what it runs is taken from nobody. Among deadlines it has no place."""
    home = frame.run.home(task)
    if home is not None and home[0].order is Kind.VTIME:
        frame.run.memory["vtime", task.pid] = frame.run.memory["clock", home]
    elif frame.run.moves_on:
        frame.run.memory["home", task.pid] = None


def _by_vtime(frame: Frame, node: t.Insert, task: Task, queue: Instance) -> int:
    """The task's virtual time is moved into the queue's window, and so is the position that is wanted."""
    memory = frame.run.memory
    vtime = rebased(frame, task, queue)
    memory["home", task.pid] = queue
    memory["vtime", task.pid] = _into_window(frame, vtime, queue)
    return _into_window(frame, evaluate(frame, node.at), queue)


def rebased(frame: Frame, task: Task, queue: Instance) -> int:
    """A task keeps its distance from the clock; one that comes from no queue of virtual time stands at it."""
    memory = frame.run.memory
    home, vtime = frame.run.home(task), memory["vtime", task.pid]
    if home == queue:
        return int(vtime)
    clock = memory["clock", queue]
    if home is None or home[0].order is not Kind.VTIME:
        return int(clock)
    return int((vtime + clock - memory["clock", home]) % WORD)


def _into_window(frame: Frame, vtime: int, queue: Instance) -> int:
    clock = frame.run.memory["clock", queue]
    low, high = (evaluate(frame, bound) for bound in queue[0].window)
    return int((clock + max(low, min(distance(vtime, clock), high))) % WORD)


def _by_time(frame: Frame, node: t.Insert) -> int:
    """The clock of a queue that is ordered by time is the time."""
    assert node.queue is not None and node.queue.queue.window is not None
    at = evaluate(frame, node.at)
    low, high = (saturated(Kind.TIME, frame.now + evaluate(frame, bound)) for bound in node.queue.queue.window)
    return int(min(max(at, low), high))
