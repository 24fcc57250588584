"""Loops of every kind, at most two deep."""

from __future__ import annotations

from schedc.syntax import ast
from schedc.types.kinds import Kind
from schedc.verifier.generate import entities, numbers, statements
from schedc.verifier.generate import nodes as n
from schedc.verifier.generate.world import Place

_COLLECTIONS = {
    Kind.LLC: "llcs", Kind.NODE: "nodes", Kind.LAYER: "layers", Kind.CORE: "cores", Kind.CPU: "cpus",
    Kind.CGROUP: "cgroups",
}  # fmt: skip


def loop(place: Place, room: int) -> ast.Stmt:
    """A loop; inside another one only over a few, for the sake of its cost."""
    c = place.choices
    if place.loops >= 2:
        return statements.one(place, 0)
    if c.chance(25):
        most = 64 if place.loops == 0 else 4
        count: ast.Expr = n.number(c.between(0, most))
        if c.chance(30):
            count = n.call("min", numbers.number(place, Kind.COUNT, 1), n.number(c.between(1, most)))
        return n.repeat(count, _body(place, room))
    many = {Kind.CORE, Kind.CPU, Kind.CGROUP} if place.loops else set()
    kind = c.pick([kind for kind in _COLLECTIONS if kind in place.world.kinds and kind not in many])
    return _over(place, kind, room)


def _over(place: Place, kind: Kind, room: int) -> ast.Stmt:
    c = place.choices
    of = nearest = excepted = where = None
    if kind is Kind.CPU and c.chance(50):
        of = entities.entity(place, c.pick((Kind.LLC, Kind.NODE, Kind.CORE)), 1)
    if kind in (Kind.LLC, Kind.NODE) and c.chance(50):
        nearest = entities.entity(place, Kind.CPU, 1)
    if c.chance(25):
        excepted = entities.entity(place, kind, 1)
    inner = place.inner()
    inner.loops += 1
    each = inner.bind(kind)
    if c.chance(25):
        where = entities.test(inner, 2)
    body = _body(inner, room, entered=True)
    return n.loop(each.name, _COLLECTIONS[kind], body, of, nearest, excepted, where)


def _body(place: Place, room: int, entered: bool = False) -> list[ast.Stmt]:
    inner = place if entered else place.inner()
    inner.loops += 0 if entered else 1
    body = statements.several(inner, room)
    if place.choices.chance(25):
        ways: tuple[ast.Stmt, ...] = (ast.Break(n.NOWHERE), ast.Continue(n.NOWHERE))
        leaving = place.choices.pick(ways)
        if place.choices.chance(70):
            leaving = n.if_(entities.test(inner, 2), [leaving])
        body.append(leaving)
    return body
