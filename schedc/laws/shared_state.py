"""Shared state changes atomically: `+=`, `-=`, `x = max(x, e)`, `x = min(x, e)`, or a plain new value."""

from __future__ import annotations

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s3_ownership as messages
from schedc.record import changed
from schedc.typed import tree as t
from schedc.typed.walk import walk
from schedc.types.kinds import UNSIGNED, Interval, Kind, full_range

_Reads = dict[t.Local, list[t.Expr]]


def check(policy: t.Policy, diagnostics: Diagnostics) -> None:
    for name, handler in policy.handlers.items():
        own = set(handler.formals) if name in ("dispatch", "cpu_online", "cpu_offline") else set()
        _check_body(handler.body, own, name, policy, diagnostics)
    for timer in policy.timers:
        _check_body(timer.body, set(), "every", policy, diagnostics)


def _check_body(
    body: t.Block, own: set[t.Local], event: str, policy: t.Policy, diagnostics: Diagnostics
) -> None:
    read = _read_into_locals(body)
    for node in walk(body):
        if not isinstance(node, t.Assign) or not isinstance(node.target, t.GlobalRef | t.StateRef):
            continue
        if not _is_shared(node.target, own, event):
            continue
        text = policy.source.text[node.target.span.start : node.target.span.end]
        if _is_racy(node, read):
            diagnostics.add(messages.racy_update(node.span, text))
        elif node.operator and not _range(node.target).contains(full_range(node.target.type.kind)):
            diagnostics.add(messages.leaves_range(node.span, text))


def _is_shared(target: t.GlobalRef | t.StateRef, own: set[t.Local], event: str) -> bool:
    if isinstance(target, t.GlobalRef):
        return True
    owner = target.owner
    if owner.type.kind is Kind.TASK:
        return False
    if owner.type.kind is Kind.CPU and isinstance(owner, t.LocalRef):
        return owner.local not in own
    here = event in ("running", "stopping", "tick")
    return not (owner.type.kind is Kind.CPU and here and isinstance(owner, t.FieldRef))


def _range(target: t.GlobalRef | t.StateRef) -> Interval:
    return target.target.range if isinstance(target, t.GlobalRef) else target.field.range


def _is_racy(node: t.Assign, read: _Reads) -> bool:
    if node.operator in ("+", "-"):
        return node.target.type.kind not in UNSIGNED | {Kind.VTIME}
    if node.operator:
        return True
    value = node.value
    if isinstance(value, t.CallBuiltin) and value.name in ("min", "max") and _same(value.arguments[0], node.target):
        return _mentions(value.arguments[1], node.target, read)
    return _mentions(value, node.target, read)


def _mentions(expr: t.Expr, target: t.Expr, read: _Reads) -> bool:
    return any(_same(each, target) for each in _reads_of(expr, read))


def _reads_of(expr: t.Expr, read: _Reads) -> list[t.Expr]:
    """The kept values that an expression reads, itself or by way of names that were given what it read."""
    found: list[t.Expr] = []
    for node in walk(expr):
        if isinstance(node, t.GlobalRef | t.StateRef):
            found.append(node)
        elif isinstance(node, t.LocalRef):
            found += read.get(node.local, [])
        elif isinstance(node, t.CallFunction):
            found += _reads_of_call(node)
    return found


def _reads_of_call(call: t.CallFunction) -> list[t.Expr]:
    """What a function and those that it calls read, in the words of the call."""
    given = dict(zip(call.function.formals, call.arguments, strict=True))
    found: list[t.Expr] = []
    for node in walk(call.function.body):
        if isinstance(node, t.GlobalRef):
            found.append(node)
        elif isinstance(node, t.StateRef):
            found.append(_in_words_of(node, given))
        elif isinstance(node, t.CallFunction):
            inner = _reads_of_call(node)
            found += [_in_words_of(each, given) if isinstance(each, t.StateRef) else each for each in inner]
    return found


def _in_words_of(read: t.StateRef, given: dict[t.Local, t.Expr]) -> t.StateRef:
    return changed(read, owner=_place_given(read.owner, given))


def _place_given(place: t.Expr, given: dict[t.Local, t.Expr]) -> t.Expr:
    """A place of a function in terms of what it was given; one of its own locals may be any place."""
    match place:
        case t.LocalRef():
            return given.get(place.local) or t.NoneValue(place.span, place.type)
        case t.FieldRef():
            return changed(place, owner=_place_given(place.owner, given))
        case _:
            return place


def _read_into_locals(body: t.Block) -> _Reads:
    """For each name of a body the kept values that its value was computed from."""
    read: _Reads = {}
    for _ in range(2):  # a name assigned in a loop may be read above
        for node in walk(body):
            match node:
                case t.Let() | t.IfLet():
                    read[node.local] = _unique([*read.get(node.local, []), *_reads_of(node.value, read)])
                case t.Assign() if isinstance(node.target, t.LocalRef):
                    local = node.target.local
                    read[local] = _unique([*read.get(local, []), *_reads_of(node.value, read)])
                case _:
                    pass
    return read


def _unique(found: list[t.Expr]) -> list[t.Expr]:
    """One reference to each kept value: more would double with every name."""
    kept: list[t.Expr] = []
    for each in found:
        if not any(_same(each, other) for other in kept):
            kept.append(each)
    return kept


def _same(left: t.Expr, right: t.Expr) -> bool:
    """True for two references to the same kept value, as far as their text shows."""
    match left, right:
        case t.GlobalRef(), t.GlobalRef():
            return left.target is right.target
        case t.StateRef(), t.StateRef():
            return left.field is right.field and _same_place(left.owner, right.owner)
        case _:
            return False


def _same_place(left: t.Expr, right: t.Expr) -> bool:
    match left, right:
        case t.LocalRef(), t.LocalRef():
            return left.local is right.local
        case t.FieldRef(), t.FieldRef():
            # A task's cache and that of its CPU are one.
            return left.field is not right.field or _same_place(left.owner, right.owner)
        case _:
            return True
