"""`select_cpu` and `enqueue`: where a task is put, once on every path."""

from __future__ import annotations

from schedc.syntax import ast
from schedc.types.kinds import Kind
from schedc.verifier.generate import entities, numbers, picks, statements
from schedc.verifier.generate import nodes as n
from schedc.verifier.generate.world import PLACES, Place, QueueDecl


def enqueue(place: Place, room: int) -> list[ast.Stmt]:
    """Every queue is filled on some path: the last ones by a chain of conditions."""
    queues = list(place.world.queues)
    before = statements.several(place, room)
    placed = _placed(place, queues, room)
    return [*before, *placed, *(statements.several(place, 1) if not _ends(placed) else [])]


def _ends(body: list[ast.Stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Return)


def _placed(place: Place, queues: list[QueueDecl], room: int) -> list[ast.Stmt]:
    """Statements that put the task into exactly one of the queues, each of them on some path."""
    c = place.choices
    if len(queues) > 1:
        then = place.inner()
        condition = entities.condition(then, 2)
        first = _placed(then, queues[:1], room)
        if c.chance(40):
            return [n.if_(condition, [*first, n.leave()]), *_placed(place, queues[1:], room)]
        return [n.if_(condition, first, _placed(place.inner(), queues[1:], room))]
    way = c.pick(("plain", "plain", "claim", "match", "if")) if room > 0 else "plain"
    if way == "claim":
        then = place.inner()
        found = picks.idle_cpu(place, 2)
        claimed = then.bind(Kind.CPU, claimed=True)
        local = _local(then, claimed.name)
        return [n.if_(n.if_let(claimed.name, found), [local], _placed(place.inner(), queues, room - 1))]
    if way == "match":
        subject, patterns = entities.cases(place, 1)
        return [n.match(subject, [(each, _placed(place.inner(), queues, 0)) for each in patterns])]
    if way == "if":
        test = entities.test(place, 2)
        return [n.if_(test, _placed(place.inner(), queues, 0), _placed(place.inner(), queues, 0))]
    return [*statements.several(place, room), into(place, queues[0])]


def _local(place: Place, cpu: str) -> ast.Stmt:
    return n.insert(_task(place), n.call("local", n.ref(cpu)), None, slice_(place))


def _task(place: Place) -> ast.Expr:
    """The handler's own task: its first local."""
    return n.ref(place.locals[0].name)


def slice_(place: Place) -> ast.Expr:
    infinite = place.choices.chance(5)
    return n.ref("infinite") if infinite else numbers.positive(place, Kind.DURATION, 2)


def into(place: Place, queue: QueueDecl) -> ast.Stmt:
    """An insert into an instance of the queue."""
    at = None
    if queue.order is not None:
        own = queue.order is Kind.VTIME and place.choices.chance(50)
        at = n.member(_task(place), "vtime") if own else numbers.number(place, queue.order, 2)
    if queue.own:
        indices = [_own(place, kind) for kind in queue.dimensions]
        target = n.index(n.ref(queue.name), *indices)
    else:
        target = entities.queue(place, queue, 2)
    return n.insert(_task(place), target, at, slice_(place))


def _own(place: Place, kind: Kind) -> ast.Expr:
    if kind in PLACES:
        return n.member(_task(place), kind.value)
    return entities.entity(place, kind, 1)


# ---- select_cpu


def select_cpu(place: Place, room: int) -> list[ast.Stmt]:
    """A CPU is returned on every path; what goes into a local queue goes to the one that is returned."""
    before = statements.several(place, room)
    return [*before, *_returned(place, room)]


def _returned(place: Place, room: int) -> list[ast.Stmt]:
    c = place.choices
    way = c.pick(("plain", "claim", "claim", "else", "match", "queue")) if room > 0 else "plain"
    if way == "claim":
        then = place.inner()
        found = picks.idle_cpu(place, 2)
        claimed = then.bind(Kind.CPU, claimed=True)
        body = [_local(then, claimed.name)] if c.chance(60) else []
        if c.chance(30):
            claimed_or = n.let(claimed.name, n.logic("or", found, entities.entity(place, Kind.CPU, 1)))
            return [claimed_or, n.leave(n.ref(claimed.name))]
        body += [*statements.several(then, room - 1), n.leave(n.ref(claimed.name))]
        return [n.if_(n.if_let(claimed.name, found), body), *_returned(place, room - 1)]
    if way == "else":
        return [n.leave(n.logic("or", picks.idle_cpu(place, 2), entities.entity(place, Kind.CPU, 1)))]
    if way == "match":
        subject, patterns = entities.cases(place, 1)
        return [n.match(subject, [(each, _returned(place.inner(), 0)) for each in patterns])]
    if way == "queue":
        queue = c.pick(place.world.queues)
        return [into(place, queue), n.leave(entities.entity(place, Kind.CPU, 1))]
    return [n.leave(entities.entity(place, Kind.CPU, 2))]
