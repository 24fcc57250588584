"""Fields that a policy keeps for tasks, places and layers."""

from __future__ import annotations

from schedc.syntax import ast
from schedc.types.kinds import Kind
from schedc.verifier.generate import entities
from schedc.verifier.generate import nodes as n
from schedc.verifier.generate.world import Field, Place


def reads(place: Place, kind: Kind, optional: bool = False) -> list[ast.Expr]:
    """One expression for each kept field of this kind whose owner is at hand."""
    found = []
    for field in place.world.fields:
        value = field.value
        if value.kind is kind and value.optional is optional and value.name not in place.unread:
            read = access(place, field)
            found += [read] if read is not None else []
    return found


def access(place: Place, field: Field) -> ast.Expr | None:
    """The field of some owner; None where there is none."""
    owner = _owner(place, field.owner)
    if owner is None:
        return None
    read = n.member(owner, field.value.name)
    return n.index(read, n.ref(place.choices.pick(place.world.layers))) if field.per_layer else read


def _owner(place: Place, kind: Kind) -> ast.Expr | None:
    """A simple expression, since fields are drawn where anything may stand."""
    if kind is Kind.TASK:
        return n.ref(place.choices.pick(place.tasks).name) if place.tasks else None
    if kind is Kind.LAYER:
        return n.ref(place.choices.pick(place.world.layers))
    return entities.at_hand(place, kind)


def is_shared(place: Place, field: Field, target: ast.Expr) -> bool:
    """True where another CPU may write the field at the same time, as the language sees it."""
    base = target.base if isinstance(target, ast.Index) else target
    assert isinstance(base, ast.Member)
    if field.owner is Kind.TASK:
        return False
    if field.owner is Kind.CPU and isinstance(base.base, ast.NameRef):
        return base.base.text != place.own_cpu
    running = place.event in ("running", "stopping", "tick")
    return not (field.owner is Kind.CPU and running and isinstance(base.base, ast.Member))
