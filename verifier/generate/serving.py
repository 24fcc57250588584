"""`dispatch`: every queue is pulled from."""

from __future__ import annotations

from schedc.syntax import ast
from schedc.types.kinds import Kind
from schedc.verifier.generate import entities, placing, statements
from schedc.verifier.generate import nodes as n
from schedc.verifier.generate.declarations import LITERALS
from schedc.verifier.generate.world import PLACES, Place, QueueDecl

_LOOPS = {
    Kind.CPU: "cpus", Kind.CORE: "cores", Kind.LLC: "llcs", Kind.NODE: "nodes", Kind.LAYER: "layers",
    Kind.CGROUP: "cgroups",
}  # fmt: skip


def dispatch(place: Place, prev: str | None, room: int) -> list[ast.Stmt]:
    """Some queues one by one, with an early return; the others by one last chain."""
    c = place.choices
    body = _with_prev(place, prev, room) if prev and c.chance(25) else []
    body += statements.several(place, room)
    waiting = list(place.world.queues)
    while len(waiting) > 1 and c.chance(50):
        queue = waiting.pop(0)
        ways = [_looped, _single] if queue.dimensions else [_single]
        body += c.pick(ways)(place, queue, prev, room)
    movable = [queue for queue in place.world.queues if queue.order is None]
    targets = [queue for queue in movable if queue.dimensions == (Kind.CPU,) and not queue.own]
    if targets and c.chance(60):
        source = c.pick(movable)
        moved = n.pull(_own_instance(place, source), None, _own_instance(place, c.pick(targets)))
        body.append(n.if_(moved, _success(place, room)))
    if targets and c.chance(40):
        body.append(_handed_out(place, c.pick(movable), c.pick(targets)))
    last = _chain(place, waiting, prev if c.chance(70) else None)
    if c.chance(25):
        return [*body, n.if_(last, _success(place, room)), *statements.several(place, 1)]
    return [*body, n.evaluate(last), *([n.leave()] if c.chance(20) else [])]


def _with_prev(place: Place, prev: str, room: int) -> list[ast.Stmt]:
    then = place.inner()
    task = then.bind(Kind.TASK)
    return [n.if_(n.if_let(task.name, n.ref(prev)), statements.several(then, room))]


def _success(place: Place, room: int) -> list[ast.Stmt]:
    return [*statements.several(place.inner(), min(room, 1)), n.leave()]


def _single(place: Place, queue: QueueDecl, prev: str | None, room: int) -> list[ast.Stmt]:
    c = place.choices
    chain = _chain(place, [queue], prev if c.chance(20) else None)
    if c.chance(20):
        return [n.if_(n.negated(chain), statements.several(place.inner(), min(room, 1)), _success(place, room))]
    return [n.if_(chain, _success(place, room))]


def _handed_out(place: Place, source: QueueDecl, target: QueueDecl) -> ast.Stmt:
    """One CPU decides for the others."""
    inner = place.inner()
    other = inner.bind(Kind.CPU)
    moved = n.pull(_own_instance(place, source), None, n.index(n.ref(target.name), n.ref(other.name)))
    body: list[ast.Stmt] = [n.if_(moved, [n.kick(n.ref(other.name), False)])]
    excepted = n.ref(place.own_cpu or "boot_cpu") if place.choices.chance(50) else None
    where = n.member(n.ref(other.name), "idle") if place.choices.chance(50) else None
    return n.loop(other.name, "cpus", body, excepted=excepted, where=where)


def _looped(place: Place, queue: QueueDecl, prev: str | None, room: int) -> list[ast.Stmt]:
    """Instance by instance, nearest first where there is a distance."""
    inner = place.inner()
    each = []
    for kind in queue.dimensions:
        inner.loops += 1
        each.append(inner.bind(kind))
    source = n.index(n.ref(queue.name), *(n.ref(local.name) for local in each))
    body: list[ast.Stmt] = [n.if_(n.pull(source), _success(inner, room))]
    for local in reversed(each):
        near = local.kind in (Kind.LLC, Kind.NODE) and place.choices.chance(60)
        nearest = n.ref(place.own_cpu or "boot_cpu") if near else None
        body = [n.loop(local.name, _LOOPS[local.kind], body, nearest=nearest)]
    return body


def _chain(place: Place, queues: list[QueueDecl], prev: str | None) -> ast.Expr:
    c = place.choices
    sources: list[tuple[ast.Expr, ast.Expr | None]] = []
    for queue in queues:
        if queue.dimensions and c.chance(40):
            sources.append((_own_instance(place, queue), _aging(place)))
        sources.append((_whole(place, queue), _aging(place)))
    first, aging = sources[0]
    chain: ast.Expr = n.pull(first, aging)
    for source, aging in sources[1:]:
        chain = n.logic("or", chain, n.aged(source, aging))
    return n.logic("or", chain, n.keep(prev, placing.slice_(place))) if prev else chain


def _aging(place: Place) -> ast.Expr | None:
    if not place.choices.chance(25):
        return None
    known: list[ast.Expr] = [n.ref(each.name) for each in place.world.values if each.kind is Kind.DURATION]
    known.append(n.number(place.choices.pick(LITERALS[Kind.DURATION])))
    return place.choices.pick(known)


def _whole(place: Place, queue: QueueDecl) -> ast.Expr:
    """All instances that this CPU has to serve: its own, or each in turn."""
    indices: list[ast.Expr | ast.Star] = []
    for kind in queue.dimensions:
        own = queue.own and kind in PLACES
        indices.append(_own_place(place, kind) if own else n.star())
    return n.index(n.ref(queue.name), *indices)


def _own_instance(place: Place, queue: QueueDecl) -> ast.Expr:
    c = place.choices
    layers = place.world.layers
    indices: list[ast.Expr | ast.Star] = []
    for kind in queue.dimensions:
        indices.append(n.ref(c.pick(layers)) if kind is Kind.LAYER else _own_place(place, kind))
    return n.index(n.ref(queue.name), *indices)


def _own_place(place: Place, kind: Kind) -> ast.Expr:
    """The CPU's own place; a control group, which no CPU has, is any."""
    if kind is Kind.CGROUP:
        return entities.entity(place, kind, 1)
    cpu = n.ref(place.own_cpu or "boot_cpu")
    return cpu if kind is Kind.CPU else n.member(cpu, kind.value)
