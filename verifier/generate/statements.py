"""Statements that any handler, function or timer may have."""

from __future__ import annotations

from collections.abc import Callable

from schedc.syntax import ast
from schedc.types.arithmetic import RESULT
from schedc.types.kinds import UNSIGNED, Kind
from schedc.verifier.generate import entities, kept, loops, numbers, picks
from schedc.verifier.generate import nodes as n
from schedc.verifier.generate.declarations import KEPT, LITERALS, ranged, type_of
from schedc.verifier.generate.world import PLACES, Place, Value

DEPTH = 3
_COMPOUND = {
    kind: [
        (op, right)
        for (op, left, right), result in RESULT.items()
        if left is kind is result and op in "+-*"
    ]
    for kind in KEPT
}


def several(place: Place, most: int) -> list[ast.Stmt]:
    """Statements one after the other; what one declares is in scope for the next."""
    return [one(place, most - 1) for _ in range(place.choices.below(most + 1))]


def one(place: Place, room: int) -> ast.Stmt:
    """A statement; `room` bounds the blocks in it."""
    ways: list[Callable[[Place], ast.Stmt]] = [_let, _var]
    if any(local.mutable for local in place.locals):
        ways += [_change_local, _change_local]
    if place.event != "fn":
        ways += [_change_state, _change_state, _change_state]
        if place.picks:
            ways.append(_kick)
    if room > 0:
        ways += [lambda at: _if(at, room), lambda at: _match(at, room), lambda at: loops.loop(at, room)]
        if place.picks and place.tasks:
            ways.append(lambda at: _claim(at, room))
    return place.choices.pick(ways)(place)


# ---- names


def _let(place: Place) -> ast.Stmt:
    c = place.choices
    kind = _kind(place)
    if kind is Kind.CPU and c.chance(40):
        value = entities.optional(place, kind, DEPTH)
        if not isinstance(value, ast.NoneLit):
            return n.let(place.bind(kind, optional=True).name, value)
    wanted = Value("", kind)
    value = entities.value(place, wanted, DEPTH)
    if kind is Kind.WEIGHT and isinstance(value, ast.NumberLit):
        kind = Kind.COUNT
    return n.let(place.bind(kind).name, value)


def _kind(place: Place) -> Kind:
    kinds = [kind for kind in KEPT if kind is not Kind.LAYER or place.world.layers]
    return place.choices.pick([kind for kind in kinds if numbers.can(place, kind)])


def _var(place: Place) -> ast.Stmt:
    c = place.choices
    kind = _kind(place)
    optional = kind in (*PLACES, Kind.LAYER) and c.chance(30)
    value = entities.value(place, Value("", kind, optional), DEPTH)
    type_ = type_of(kind, optional)
    if kind in LITERALS and c.chance(25):
        literals = LITERALS[kind]
        low = c.below(len(literals))
        type_ = ranged(kind, literals[low], literals[c.between(low, len(literals) - 1)])
    return n.var(place.bind(kind, optional, mutable=True).name, type_, value)


def _change_local(place: Place) -> ast.Stmt:
    local = place.choices.pick([each for each in place.locals if each.mutable])
    return _changed(place, n.ref(local.name), local, shared=False)


# ---- what is kept


def _change_state(place: Place) -> ast.Stmt:
    c = place.choices
    ways: list[ast.Stmt] = []
    if place.world.counters:
        ways.append(n.assign(n.ref(c.pick(place.world.counters)), "+=", numbers.number(place, Kind.COUNT, 1)))
    for task in place.tasks:
        target = n.member(n.ref(task.name), "vtime")
        ways.append(_changed(place, target, Value("vtime", Kind.VTIME), shared=False))
    if place.world.globals:
        value = c.pick(place.world.globals)
        ways.append(_changed(place, n.ref(value.name), value, shared=True))
    if place.world.fields:
        field = c.pick(place.world.fields)
        target_ = kept.access(place, field)
        if target_ is not None and field.average:
            sample = numbers.number(place, field.value.kind, DEPTH - 1)
            add = ast.Call(n.NOWHERE, n.member(target_, "add"), (n.argument(sample),))
            ways.append(n.evaluate(add))
        elif target_ is not None:
            shared = kept.is_shared(place, field, target_)
            ways.append(_changed(place, target_, field.value, shared))
    return c.pick(ways) if ways else _let(place)


def _changed(place: Place, target: ast.Expr, value: Value, shared: bool) -> ast.Stmt:
    """An assignment. What is shared is only added to, replaced by something else, or raised and lowered."""
    c, scope = place.choices, place
    kind = value.kind
    compound = [(op, right) for op, right in _COMPOUND.get(kind, []) if numbers.can(place, right)]
    if shared:
        # An atomic change could leave a declared range, and a value with one is never 0 here.
        atomic = kind in UNSIGNED | {Kind.VTIME} and not value.positive
        compound = [(op, right) for op, right in compound if op in "+-" and atomic]
        place = place.without(value.name)
        if kind in UNSIGNED and c.chance(20):
            bounded = n.call(c.pick(("min", "max")), target, numbers.number(place, kind, DEPTH - 1))
            return n.assign(target, "=", bounded)
    if compound and c.chance(50):
        operator, right = c.pick(compound)
        return n.assign(target, f"{operator}=", numbers.number(place, right, DEPTH - 1))
    if not numbers.can(place, kind):
        return _let(scope)
    return n.assign(target, "=", entities.value(place, value, DEPTH - 1))


# ---- CPUs


def _kick(place: Place) -> ast.Stmt:
    c = place.choices
    preempt = c.chance(30)
    if place.tasks and c.chance(60):
        target = picks.idle_cpu(place, 2)
        if c.chance(40):
            target = n.logic("or", target, picks.idle_cpu(place, 1))
        return n.kick(target, preempt)
    maybe = entities.optional(place, Kind.CPU, 1) if c.chance(30) else n.none()
    return n.kick(entities.entity(place, Kind.CPU, 1) if isinstance(maybe, ast.NoneLit) else maybe, preempt)


def _claim(place: Place, room: int) -> ast.Stmt:
    """A claim that is used by kicking what was claimed."""
    then = place.inner()
    found = picks.idle_cpu(place, 2)
    claimed = then.bind(Kind.CPU, claimed=True)
    before = several(then, min(room, 1)) if place.choices.chance(30) else []
    body = [*before, n.kick(n.ref(claimed.name), False), *several(then, room - 1)]
    otherwise = several(place.inner(), room - 1) if place.choices.chance(30) else None
    return n.if_(n.if_let(claimed.name, found), body, otherwise)


# ---- control


def _if(place: Place, room: int) -> ast.Stmt:
    then = place.inner()
    condition = entities.condition(then, DEPTH)
    body = several(then, room)
    otherwise: ast.Block | ast.If | None = None
    if place.choices.chance(30):
        otherwise = n.block(several(place.inner(), room - 1))
    elif place.choices.chance(20) and room > 1:
        nested = _if(place.inner(), room - 1)
        otherwise = nested if isinstance(nested, ast.If) else None
    return ast.If(n.NOWHERE, condition, n.block(body), otherwise)


def _match(place: Place, room: int) -> ast.Stmt:
    subject, patterns = entities.cases(place, DEPTH - 1)
    return n.match(subject, [(pattern, several(place.inner(), room - 1)) for pattern in patterns])
