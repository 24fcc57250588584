"""What can be said of each declaration by itself where the text has syntax errors, so that one run tells all.

Nothing here depends on another declaration, which may be the one that was not read; a declaration with a
fault in it is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from schedc.check.declarations import DIMENSIONS, ORDERS, OWNERS, range_in_type
from schedc.check.policy import FORMAL_NAMES
from schedc.diagnostics import Diagnostic, Diagnostics, absent
from schedc.diagnostics import s1_names as names
from schedc.diagnostics import s2_types as types
from schedc.diagnostics import s5_queues as queues
from schedc.diagnostics.merge import merge
from schedc.source import Span
from schedc.syntax import ast
from schedc.syntax.node import fields
from schedc.syntax.parser import Fragments
from schedc.types.events import EVENTS
from schedc.types.kinds import DECLARABLE, Kind


def check_alone(fragments: Fragments, diagnostics: Diagnostics) -> None:
    """Add what each whole declaration shows."""
    found = Diagnostics()
    _look(fragments, diagnostics, found)
    diagnostics.extend(merge(found))


def _look(fragments: Fragments, diagnostics: Diagnostics, found: Diagnostics) -> None:
    faults = [label.span for each in diagnostics for label in (each.primary, *each.secondary)]
    declared = _declared(fragments.items)
    for item in fragments.items:
        line_end = fragments.source.text.find("\n", item.span.end)
        end = line_end if line_end >= 0 else item.span.end
        if not any(item.span.start <= fault.start <= end for fault in faults):
            found.extend(_declaration(item, fragments.source.text))
        if isinstance(item, ast.Handler):
            found.extend(_event(item))
        if isinstance(item, ast.Handler | ast.Function | ast.Timer):
            found.extend(_absent(item, declared, faults))


def _declared(items: tuple[ast.Item, ...]) -> set[str]:
    """Names that the policy gives to something of its own: fields and functions."""
    found = {item.name for item in items if isinstance(item, ast.Function)}
    for item in items:
        if isinstance(item, ast.State):
            found |= {field.name for field in item.fields}
    return found


def _declaration(item: ast.Item, text: str) -> Iterator[Diagnostic]:
    match item:
        case ast.Queue():
            yield from _queue(item)
        case ast.Promise():
            yield from _promise(item)
        case ast.State():
            if item.entity not in OWNERS:
                yield names.unknown_type(item.entity_span, item.entity, OWNERS)
            for field in item.fields:
                yield from _type(field.type)
        case ast.Param():
            yield from _type(item.type)
            if item.type.low is not None and DECLARABLE.get(item.type.name) is not Kind.BOOL:
                yield range_in_type(item, text)
            elif item.low is None and DECLARABLE.get(item.type.name) is not Kind.BOOL:
                yield types.range_needed(item.span, item.name, "... in 1ms..100ms")
        case ast.Global() | ast.Const():
            yield from _type(item.type)
        case _:
            pass


def _type(node: ast.TypeExpr) -> Iterator[Diagnostic]:
    if node.name not in DECLARABLE:
        yield names.unknown_type(node.span, node.name, DECLARABLE)


def _queue(node: ast.Queue) -> Iterator[Diagnostic]:
    if node.order not in ORDERS:
        yield queues.bad_order(node.order_span, node.order)
    elif ORDERS[node.order] is not None and node.window is None:
        yield queues.needs_window(node.order_span, node.name, node.order)
    for dimension in node.dimensions:
        if dimension.name not in DIMENSIONS:
            yield queues.bad_dimension(dimension.span, dimension.name)


def _promise(node: ast.Promise) -> Iterator[Diagnostic]:
    if node.kind not in ("max_wait", "work_conserving"):
        yield queues.promise_unknown(node.kind_span, node.kind)
    elif (node.limit if node.kind == "max_wait" else node.within) is None:
        example = "max_wait 10s" if node.kind == "max_wait" else "work_conserving within 1ms"
        yield queues.promise_incomplete(node.span, f"write, for example, `{example}`")


def _event(node: ast.Handler) -> Iterator[Diagnostic]:
    event = EVENTS.get(node.event)
    if event is None:
        yield names.unknown_event(node.event_span, node.event, EVENTS)
    elif not event.required <= len(node.formals) <= len(event.formals):
        yield names.wrong_formals(node.event_span, node.event, ", ".join(FORMAL_NAMES[node.event]))


# ---- code: fields and functions that the language is known not to have


def _absent(item: ast.Item, declared: set[str], faults: list[Span]) -> Iterator[Diagnostic]:
    for node in _nodes(item):
        if any(node.span.start <= fault.start < node.span.end for fault in faults):
            continue
        match node:
            case ast.Member(base=ast.NameRef() | ast.Member() as base) if node.name not in declared:
                owner = base.text if isinstance(base, ast.NameRef) else base.name
                if absent.field(owner, node.name):
                    yield names.unknown_field(node.name_span, owner, node.name, (), owner)
            case ast.Call(callee=ast.NameRef() as callee) if callee.text not in declared:
                if callee.text in absent.VALUES:
                    yield names.unknown_name(callee.span, callee.text, "function", ())
            case _:
                pass


def _nodes(node: ast.Node) -> Iterator[ast.Node]:
    yield node
    for name in fields(type(node)):
        value = getattr(node, name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, ast.Node):
                yield from _nodes(each)
