"""Expressions of a number's kind, by the language's own table of units."""

from __future__ import annotations

from collections.abc import Callable

from schedc.syntax import ast
from schedc.types.arithmetic import RESULT
from schedc.types.kinds import Kind
from schedc.verifier.generate import entities, kept
from schedc.verifier.generate import nodes as n
from schedc.verifier.generate.declarations import LITERALS
from schedc.verifier.generate.world import Place, Value

_OF_TASK = {Kind.WEIGHT: "weight", Kind.VTIME: "vtime", Kind.DURATION: "slice_left", Kind.COUNT: "uid"}
_MAKING: dict[Kind, list[tuple[str, Kind, Kind]]] = {}
for (_operator, _left, _right), _result in RESULT.items():
    _MAKING.setdefault(_result, []).append((_operator, _left, _right))


def can(place: Place, kind: Kind) -> bool:
    """False for a virtual time where nothing has one."""
    return kind is not Kind.VTIME or bool(_sources(place, kind)) or bool(_known(place, kind))


def number(place: Place, kind: Kind, depth: int) -> ast.Expr:
    """Any expression of the kind; `depth` bounds how far it nests."""
    c = place.choices
    if depth <= 0 or c.chance(25):
        return leaf(place, kind)
    ways: list[Callable[[Place, Kind, int], ast.Expr]]
    ways = [_arithmetic, _arithmetic, _bounded, _chosen, _matched]
    if kind is Kind.COUNT:
        ways.append(_counted)
    if kind in (Kind.DURATION, Kind.DIFFERENCE):
        ways.append(_weighed)
    if any(each.result.kind is kind for each in place.world.functions):
        ways.append(_called)
    return c.pick(ways)(place, kind, depth - 1)


def leaf(place: Place, kind: Kind) -> ast.Expr:
    """A literal, a name or a field."""
    c = place.choices
    known = [n.ref(each.name) for each in _known(place, kind)]
    sources = _sources(place, kind)
    if kind is Kind.DIFFERENCE and (not (known or sources) or c.chance(30)):
        return n.negative(leaf(place, Kind.DURATION))
    # A bare number is a count: as a weight it would change the meaning of what stands beside it.
    literal = kind in LITERALS and kind is not Kind.WEIGHT
    if literal and (not (known or sources) or c.chance(40)):
        return n.number(c.pick(("0", *LITERALS[kind]) if kind is Kind.COUNT else LITERALS[kind]))
    if kind is Kind.TIME and c.chance(50):
        return n.ref("now")
    return c.pick(known + sources) if known or sources else n.ref("now")


def _known(place: Place, kind: Kind) -> list[Value]:
    globals_ = [each for each in place.world.globals if each.name not in place.unread]
    values = [*place.locals, *place.world.values, *globals_]
    return [each for each in values if each.kind is kind and not each.optional]


def _sources(place: Place, kind: Kind) -> list[ast.Expr]:
    """Fields of what is at hand."""
    found = kept.reads(place, kind)
    for task in place.tasks:
        found += [n.member(n.ref(task.name), _OF_TASK[kind])] if kind in _OF_TASK else []
    if kind is Kind.WEIGHT and place.world.groups and place.event != "layer":
        found.append(n.member(entities.at_hand(place, Kind.CGROUP), "weight"))
    clocked = [queue for queue in place.world.queues if queue.order is Kind.VTIME]
    if kind is Kind.VTIME and clocked and place.event != "layer":
        queue = place.choices.pick(clocked)
        found.append(n.call("clock", entities.queue(place, queue)))
    return found


def positive(place: Place, kind: Kind, depth: int) -> ast.Expr:
    """A value that is provably not 0."""
    c = place.choices
    least = n.number(c.pick(LITERALS[kind]))
    known: list[ast.Expr] = [n.ref(each.name) for each in _known(place, kind) if each.positive]
    if kind is Kind.WEIGHT:
        known += [n.member(n.ref(task.name), "weight") for task in place.tasks]
    elif not known:
        known = [least]
    if depth > 0 and c.chance(40):
        return n.call("max", number(place, kind, depth - 1), c.pick(known))
    return c.pick(known)


def _arithmetic(place: Place, kind: Kind, depth: int) -> ast.Expr:
    options = [each for each in _MAKING.get(kind, []) if can(place, each[1]) and can(place, each[2])]
    if not options:
        return leaf(place, kind)
    operator, left, right = place.choices.pick(options)
    first = number(place, left, depth)
    second = positive(place, right, depth) if operator in "/%" else number(place, right, depth)
    return n.binary(operator, first, second)


def _bounded(place: Place, kind: Kind, depth: int) -> ast.Expr:
    function = place.choices.pick(("min", "max", "clamp"))
    return n.call(function, *(number(place, kind, depth) for _ in range(3 if function == "clamp" else 2)))


def _chosen(place: Place, kind: Kind, depth: int) -> ast.Expr:
    then = place.inner()
    test = entities.condition(then, depth)
    return n.if_value(test, number(then, kind, depth), number(place, kind, depth))


def _matched(place: Place, kind: Kind, depth: int) -> ast.Expr:
    subject, patterns = entities.cases(place, depth)
    return n.match_value(subject, [(pattern, number(place, kind, depth)) for pattern in patterns])


def _weighed(place: Place, kind: Kind, depth: int) -> ast.Expr:
    return n.scaled(number(place, kind, depth), positive(place, Kind.WEIGHT, depth))


def _counted(place: Place, kind: Kind, depth: int) -> ast.Expr:
    c = place.choices
    what = c.pick(("log2", "random", "length", "cpus"))
    if what == "length" and place.world.queues:
        return n.call("length", entities.queue(place, c.pick(place.world.queues)))
    if what == "cpus":
        return n.member(entities.at_hand(place, c.pick((Kind.LLC, Kind.NODE))), "cpus")
    return n.call("random" if what == "length" else what, number(place, Kind.COUNT, depth))


def _called(place: Place, kind: Kind, depth: int) -> ast.Expr:
    return entities.called(place, kind, False, depth) or leaf(place, kind)
