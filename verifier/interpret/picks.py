"""Picking a CPU: an idle one, which is claimed, or any (docs/language.md, "Picks")."""

from __future__ import annotations

from collections.abc import Iterator

from schedc.typed import tree as t
from schedc.types.kinds import Kind
from schedc.verifier.interpret.frame import Frame, evaluate, meaning
from schedc.verifier.interpret.machine import Task
from schedc.verifier.interpret.numbers import compared

MAX_CLAIMS = 4
"""A CPU on its way up or down looks idle and takes no tasks: another one is asked for, so often."""
# Elsewhere the kernel does not choose by distance.
_BY_DISTANCE = frozenset({"select_cpu", "enqueue"})


@meaning(t.Pick)
def _pick(frame: Frame, node: t.Pick) -> int | None:
    task = evaluate(frame, node.task)
    if _is_search(node):
        return _search(frame, node, task)
    for _ in range(MAX_CLAIMS):
        found = _kernels_choice(frame, node, task)
        if found is None or found in frame.kernel.active:
            return found
    return None


def is_kernels_own(frame: Frame, node: t.OrElse) -> bool:
    """`idle_cpu(task, near cpu) or cpu` in `select_cpu`, which the kernel answers in one."""
    pick, right = node.left, node.right
    if frame.event != "select_cpu" or not isinstance(pick, t.Pick) or _is_search(pick) or pick.whole_core:
        return False
    return isinstance(pick.near, t.LocalRef) and isinstance(right, t.LocalRef) and pick.near.local is right.local


def kernels_own(frame: Frame, node: t.OrElse) -> int | None:
    """It is asked for once; a CPU that takes no tasks is replaced as it is returned."""
    assert isinstance(node.left, t.Pick)
    found = _kernels_choice(frame, node.left, evaluate(frame, node.left.task))
    return evaluate(frame, node.right) if found is None else found


@meaning(t.Search)
def _find(frame: Frame, node: t.Search) -> int | None:
    """The first entity that is meant, or the one of which the order is least or most."""
    found = _entities(frame, node)
    return next(found, None) if node.order is None else _extreme(frame, node, found)


def _entities(frame: Frame, node: t.Search) -> Iterator[int]:
    """Those that are meant, in their order, each under the candidate's name."""
    for index in range(frame.run.count(node.type.kind)):
        frame.names[node.candidate] = index
        if node.where is None or evaluate(frame, node.where):
            yield index


def _is_search(node: t.Pick) -> bool:
    """The kernel knows idle CPUs near one, or anywhere, or of whole idle cores; all else is looked for one by one."""
    both = node.near is not None and node.whole_core
    return not node.idle or node.inside is not None or node.where is not None or both


def _kernels_choice(frame: Frame, node: t.Pick, task: Task) -> int | None:
    if node.whole_core:
        return frame.kernel.claim("core", task, None)
    if node.near is not None:
        near = evaluate(frame, node.near)
        if frame.event in _BY_DISTANCE:
            return frame.kernel.claim("near", task, near)
        if near in task.allowed and frame.kernel.claim("this", task, near) is not None:
            return int(near)
    return frame.kernel.claim("any", task, None)


def _search(frame: Frame, node: t.Pick, task: Task) -> int | None:
    near = None if node.near is None else evaluate(frame, node.near)
    candidates = _candidates(frame, node, task)
    if node.order is not None:
        return _extreme(frame, node, candidates)
    # The search ends with the one that is meant: what others' `where` would read is not read.
    passed = []
    for cpu in candidates:
        if near is not None and cpu != near:
            passed.append(cpu)
        elif not node.idle or frame.kernel.claim("this", task, cpu) is not None:
            return cpu
    usable = [cpu for cpu in passed if not node.idle or cpu in frame.kernel.idle]
    chosen = None if near is None else _nearest(frame, usable, near)
    return chosen if chosen is None or not node.idle else frame.kernel.claim("this", task, chosen)


def _candidates(frame: Frame, node: t.Pick, task: Task) -> Iterator[int]:
    """The CPUs that are meant, in their order."""
    topology = frame.kernel.topology
    among = range(topology.nr[Kind.CPU])
    if node.inside is not None:
        among = topology.members(node.inside.type.kind, evaluate(frame, node.inside))  # type: ignore[assignment]
    for cpu in among:
        if cpu not in frame.kernel.active or not task.may_run_on(cpu):
            continue
        if node.candidate is not None:
            frame.names[node.candidate] = cpu
        if node.where is not None and not evaluate(frame, node.where):
            continue
        if node.whole_core and not _is_core_idle(frame, cpu):
            continue
        yield cpu


def _is_core_idle(frame: Frame, cpu: int) -> bool:
    topology = frame.kernel.topology
    return set(topology.members(Kind.CORE, topology.place(Kind.CPU, cpu, Kind.CORE))) <= frame.kernel.idle


def _nearest(frame: Frame, cpus: list[int], near: int) -> int | None:
    """The first of its cache, else the first."""
    topology = frame.kernel.topology
    own = topology.place(Kind.CPU, near, Kind.LLC)
    of_cache = [cpu for cpu in cpus if topology.place(Kind.CPU, cpu, Kind.LLC) == own]
    return next(iter(of_cache or cpus), None)


def _extreme(frame: Frame, node: t.Pick | t.Search, candidates: Iterator[int]) -> int | None:
    """The one of which the order is least or most; of several the first."""
    assert node.order is not None
    best, best_value = None, 0
    for cpu in candidates:
        value = evaluate(frame, node.order)
        if best is None or compared(">" if node.most else "<", node.order.type.kind, value, best_value):
            best, best_value = cpu, value
    return best
