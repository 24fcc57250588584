"""`idle_cpu` and `any_cpu` with every filter."""

from __future__ import annotations

from schedc.syntax import ast
from schedc.types.kinds import Kind
from schedc.verifier.generate import entities, numbers
from schedc.verifier.generate import nodes as n
from schedc.verifier.generate.declarations import LITERALS
from schedc.verifier.generate.world import Place, Value

_INSIDE = (Kind.LLC, Kind.NODE, Kind.CORE)


def idle_cpu(place: Place, depth: int) -> ast.Expr:
    """A claim: only for places that use it."""
    c = place.choices
    arguments = _filters(place, depth)
    if c.chance(20):
        arguments.append(n.argument(n.ref("core"), "whole"))
    return n.pick("idle_cpu", *arguments)


def any_cpu(place: Place, depth: int) -> ast.Expr:
    c = place.choices
    arguments = _filters(place, depth)
    if place.searches and c.chance(30):
        candidate = _candidate(place)
        kinds = (*LITERALS, Kind.DIFFERENCE, Kind.TIME, Kind.VTIME)
        order = c.pick([kind for kind in kinds if numbers.can(candidate, kind)])
        key = numbers.number(candidate, order, depth - 1)
        arguments.append(n.argument(key, c.pick(("least", "most"))))
    return n.pick("any_cpu", *arguments)


def any_entity(place: Place, kind: Kind, depth: int) -> ast.Expr:
    """A search for a core, cache, node or control group."""
    c = place.choices
    inner = _candidate(place, kind)
    arguments = [n.argument(entities.test(inner, depth - 1), "where")] if c.chance(60) else []
    if not arguments or c.chance(50):
        key = numbers.number(inner, c.pick([each for each in LITERALS if numbers.can(inner, each)]), depth - 1)
        arguments.append(n.argument(key, c.pick(("least", "most"))))
    return n.pick(f"any_{kind.value}", *arguments)


def _filters(place: Place, depth: int) -> list[ast.Argument]:
    c = place.choices
    arguments = [n.argument(n.ref(c.pick(place.tasks).name))]
    if c.chance(40):
        arguments.append(n.argument(entities.entity(place, Kind.CPU, 0), "near"))
    if place.searches and c.chance(30):
        arguments.append(n.argument(entities.entity(place, c.pick(_INSIDE), depth - 1), "in"))
    if place.searches and c.chance(25):
        arguments.append(n.argument(entities.test(_candidate(place), depth - 1), "where"))
    return arguments


def _candidate(place: Place, kind: Kind = Kind.CPU) -> Place:
    """Inside, `cpu` is each CPU in turn, whatever it is outside; it is marked: searches do not nest."""
    inner = place.inner()
    inner.locals = [each for each in inner.locals if each.name != kind.value]
    inner.locals.append(Value(kind.value, kind, candidate=True))
    return inner
