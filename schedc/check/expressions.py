"""Expressions: names, fields and operators. Calls and picks are in `calls`, queues in `queues`."""

from __future__ import annotations

from schedc.check import branches, calls, queues
from schedc.check.context import Context
from schedc.check.literals import check_number, with_unit
from schedc.check.symbols import BUILTIN_VALUES, kind_of
from schedc.diagnostics import s1_names as names
from schedc.diagnostics import s2_types as types
from schedc.diagnostics import s4_bounds as bounds
from schedc.diagnostics import s5_queues as queue_messages
from schedc.source import Span
from schedc.syntax import ast
from schedc.typed import tree as t
from schedc.types.arithmetic import RESULT, comparable
from schedc.types.fields import FIELDS, names_of
from schedc.types.kinds import BOOL, ENTITIES, ERROR, INDEXED, NUMERIC, PLACES, Kind, Type

_PLAIN_NUMBERS = frozenset({Kind.WEIGHT, Kind.NICE})
MAY_BE_NONE = INDEXED


def check(node: ast.Expr, context: Context, wanted: Type | None = None) -> t.Expr:
    """The typed expression; where `wanted` is given, of that type or reported."""
    expr = untyped(node, context, wanted)
    return expr if wanted is None else coerce(expr, wanted, context)


def error(span: Span) -> t.Expr:
    return t.Lit(span, ERROR, 0)


def coerce(expr: t.Expr, wanted: Type, context: Context) -> t.Expr:
    """`expr` as a `wanted`: the few conversions that lose nothing, else a diagnostic."""
    found = expr.type
    if found.is_error or wanted.is_error:
        return error(expr.span)
    if found.kind is wanted.kind:
        if found.optional and not wanted.optional:
            context.diagnostics.add(types.maybe_none(expr.span, found))
            return error(expr.span)
        return t.Convert(expr.span, wanted, expr) if wanted.optional and not found.optional else expr
    if isinstance(expr, t.NoneValue) and wanted.optional:
        return t.NoneValue(expr.span, wanted)
    if wanted.kind is Kind.DIFFERENCE and found.kind is Kind.DURATION:
        return t.Convert(expr.span, wanted, expr)
    if isinstance(expr, t.Lit) and found.kind is Kind.COUNT and wanted.kind in _PLAIN_NUMBERS:
        return t.Lit(expr.span, wanted, expr.value)
    _wrong_kind(expr, wanted, context)
    return error(expr.span)


def _wrong_kind(expr: t.Expr, wanted: Type, context: Context) -> None:
    text = context.text(expr.span)
    if _bare(expr, text) and wanted.kind in (Kind.DURATION, Kind.DIFFERENCE, Kind.RATIO, Kind.RATE):
        suggestion, certain = with_unit(text, wanted.kind)
        context.diagnostics.add(types.number_without_unit(expr.span, text, wanted, suggestion, certain))
    else:
        context.diagnostics.add(types.expected(expr.span, wanted, expr.type))


def _bare(expr: t.Expr, text: str) -> bool:
    """A number as it was written, without a unit; one with a sign is read as a nice level."""
    return isinstance(expr, t.Lit) and expr.type.kind in (Kind.COUNT, Kind.NICE) and text.lstrip("-")[:1].isdigit()


def check_condition(node: ast.Expr, context: Context) -> t.Expr:
    """A bool; anything else is told how to become one."""
    expr = untyped(node, context, BOOL)
    if expr.type.kind is not Kind.BOOL and not expr.type.is_error:
        context.diagnostics.add(types.not_a_condition(expr.span, expr.type))
        return error(expr.span)
    return expr


def check_target(node: ast.Expr, context: Context) -> t.Expr:
    """What is assigned to: as a value, but a counter too, which can only grow and is never read."""
    if isinstance(node, ast.NameRef) and context.lookup(node.text) is None:
        symbol = context.symbols.get(node.text)
        if isinstance(symbol, t.Counter):
            return t.CounterRef(node.span, Type(Kind.COUNT), symbol)
    return untyped(node, context, None)


def check_some(node: ast.Expr, context: Context, kind: Kind) -> t.Expr:
    """An entity of a kind that is certainly there."""
    return check(node, context, Type(kind))


def untyped(node: ast.Expr, context: Context, wanted: Type | None) -> t.Expr:
    """The typed expression of whatever type it has; `wanted` only helps where it says nothing itself."""
    match node:
        case ast.NumberLit():
            return check_number(node, context.diagnostics)
        case ast.BoolLit():
            return t.Lit(node.span, BOOL, int(node.value))
        case ast.NoneLit():
            return _none(node, context, wanted)
        case ast.NameRef():
            return _name(node, context)
        case ast.Member():
            return _plain(_member(node, context), context)
        case ast.Index():
            return _index(node, context)
        case ast.Call():
            return calls.check_call(node, context)
        case ast.Negative():
            return _negative(node, context)
        case ast.Binary():
            return _binary(node, context)
        case ast.Scaled():
            amount = untyped(node.amount, context, None)
            if amount.type.kind is not Kind.DIFFERENCE:
                amount = coerce(amount, Type(Kind.DURATION), context)
            weight = check(node.weight, context, Type(Kind.WEIGHT))
            if amount.type.is_error or not _check_divisor(weight, context):
                return error(node.span)
            return t.Scaled(node.span, amount.type, amount, weight)
        case ast.Compare():
            return _compare(node, context)
        case ast.Logic():
            return _logic(node, context, wanted)
        case ast.Not():
            return t.Not(node.span, BOOL, check_condition(node.operand, context))
        case ast.Matches():
            return _matches(node, context)
        case ast.Contains():
            return _contains(node, context)
        case ast.IfValue():
            return branches.if_value(node, context, wanted)
        case ast.MatchValue():
            return branches.match_value(node, context, wanted)
        case ast.Pull() | ast.Aged() | ast.Keep():
            return queues.check_chain(node, context)


# ---- names and fields


def _name(node: ast.NameRef, context: Context) -> t.Expr:
    local = context.lookup(node.text)
    if local is not None:
        return t.LocalRef(node.span, local.type, local)
    if node.text in BUILTIN_VALUES:
        return t.BuiltinValue(node.span, Type(BUILTIN_VALUES[node.text]), node.text)
    symbol = context.symbols.get(node.text)
    match symbol:
        case t.Param():
            return t.ParamRef(node.span, symbol.type, symbol)
        case t.Lit():
            return t.Lit(node.span, symbol.type, symbol.value)
        case t.BuiltinValue():
            return t.BuiltinValue(node.span, symbol.type, symbol.name)
        case t.Layer():
            return t.LayerRef(node.span, Type(Kind.LAYER), symbol)
        case t.Global():
            return t.GlobalRef(node.span, symbol.type, symbol)
        case None if node.text in context.symbols.broken:
            pass
        case None if node.text in context.symbols.later:
            context.diagnostics.add(types.not_known_yet(node.span, node.text))
        case None:
            known = [*context.symbols.values(), *(name for scope in context.scopes for name in scope)]
            context.diagnostics.add(names.unknown_name(node.span, node.text, "value", known))
        case _:
            context.diagnostics.add(
                names.unused_name_kind(node.span, node.text, kind_of(symbol), "value")
            )
    return error(node.span)


def _member(node: ast.Member, context: Context) -> t.Expr:
    owner = untyped(node.base, context, None)
    if owner.type.is_error:
        return owner
    if owner.type.optional:
        context.diagnostics.add(types.maybe_none(owner.span, owner.type))
        return error(node.span)
    kind = owner.type.kind
    declared = context.symbols.state.get((kind, node.name))
    if declared is not None:
        return t.StateRef(node.span, declared.type, owner, declared)
    builtin = FIELDS.get((kind, node.name))
    if builtin is None and node.name in context.symbols.broken:
        return error(node.span)
    if builtin is None:
        known = [*names_of(kind), *(name for owned, name in context.symbols.state if owned is kind)]
        block = kind.value if kind in ENTITIES else "task"
        context.diagnostics.add(names.unknown_field(node.name_span, str(owner.type), node.name, known, block))
        return error(node.span)
    if builtin.events and context.event.name not in builtin.events:
        allowed = ", ".join(f"`on {name}`" for name in sorted(builtin.events))
        context.diagnostics.add(queue_messages.not_here(node.span, f"task.{node.name}", context.where, allowed))
    if builtin.type.kind is Kind.LAYER and not context.symbols.layers:
        context.diagnostics.add(names.unknown_name(node.name_span, "layer", "layer", []))
        return error(node.span)
    return t.FieldRef(node.span, builtin.type, owner, builtin)


def _none(node: ast.NoneLit, context: Context, wanted: Type | None) -> t.Expr:
    if wanted is None or wanted.kind in MAY_BE_NONE:
        return t.NoneValue(node.span, (wanted or Type(Kind.CPU)).maybe)
    if not wanted.is_error:
        context.diagnostics.add(types.expected(node.span, wanted, "none"))
    return error(node.span)


def _plain(expr: t.Expr, context: Context) -> t.Expr:
    """A field as a value: a name is for patterns only, and of a value for each layer one is meant."""
    if expr.type.kind is Kind.COMM:
        context.diagnostics.add(types.only_for_patterns(expr.span, context.text(expr.span)))
        return error(expr.span)
    if isinstance(expr, t.StateRef) and expr.field.per_layer:
        context.diagnostics.add(queue_messages.wrong_index(expr.span, expr.field.name, "a layer"))
        return error(expr.span)
    return expr


def _index(node: ast.Index, context: Context) -> t.Expr:
    base = _member(node.base, context) if isinstance(node.base, ast.Member) else untyped(node.base, context, None)
    if not (isinstance(base, t.StateRef) and base.field.per_layer and base.index is None):
        if not base.type.is_error:
            context.diagnostics.add(types.expected(node.base.span, "value for each layer", base.type))
        return error(node.span)
    if len(node.indices) != 1 or isinstance(node.indices[0], ast.Star):
        context.diagnostics.add(queue_messages.wrong_index(node.span, base.field.name, "a layer"))
        return error(node.span)
    index = check_some(node.indices[0], context, Kind.LAYER)
    return t.StateRef(node.span, base.type, base.owner, base.field, index)


# ---- arithmetic


def _negative(node: ast.Negative, context: Context) -> t.Expr:
    operand = untyped(node.operand, context, None)
    if operand.type.is_error:
        return operand
    if isinstance(operand, t.Lit) and operand.type.kind is Kind.COUNT:
        return t.Lit(node.span, Type(Kind.NICE), -operand.value)
    if operand.type.kind not in (Kind.DURATION, Kind.DIFFERENCE):
        context.diagnostics.add(types.expected(operand.span, Type(Kind.DURATION), operand.type))
        return error(node.span)
    inner = coerce(operand, Type(Kind.DIFFERENCE), context)
    return t.Negative(node.span, Type(Kind.DIFFERENCE), inner)


def _binary(node: ast.Binary, context: Context) -> t.Expr:
    left = untyped(node.left, context, None)
    right = untyped(node.right, context, None)
    return combine(node.span, node.operator, node.operator_span, left, right, context)


def combine(
    span: Span, operator: str, operator_span: Span, left: t.Expr, right: t.Expr, context: Context
) -> t.Expr:
    """`left operator right`, typed by the table of units."""
    if left.type.is_error or right.type.is_error:
        return error(span)
    if operator in "+-":
        left, right = _adapt(left, right), _adapt(right, left)
    kind = RESULT.get((operator, left.type.kind, right.type.kind))
    if left.type.optional or right.type.optional or kind is None:
        _report_units(operator, operator_span, left, right, context)
        return error(span)
    if operator in "/%" and not _check_divisor(right, context):
        return error(span)
    if kind is Kind.DIFFERENCE and operator in "+-":
        left, right = _as_difference(left), _as_difference(right)
    return t.Binary(span, Type(kind), operator, left, right)


def _as_difference(expr: t.Expr) -> t.Expr:
    """A duration beside a difference has a sign, too."""
    return t.Convert(expr.span, Type(Kind.DIFFERENCE), expr) if expr.type.kind is Kind.DURATION else expr


def _report_units(operator: str, span: Span, left: t.Expr, right: t.Expr, context: Context) -> None:
    """A bare number beside a unit is told its unit; any other pair is named."""
    for number, other in ((right, left), (left, right)):
        bare = isinstance(number, t.Lit) and number.type.kind is Kind.COUNT
        if bare and operator in "+-<=>!=" and other.type.kind in NUMERIC and not other.type.optional:
            wanted = Kind.DURATION if other.type.kind in (Kind.TIME, Kind.VTIME) else other.type.kind
            _wrong_kind(number, Type(wanted), context)
            return
    context.diagnostics.add(types.units_disagree(span, operator, left.type, right.type, left.span, right.span))


def _adapt(expr: t.Expr, other: t.Expr) -> t.Expr:
    """A bare literal takes the kind of a weight or nice level beside it."""
    bare = isinstance(expr, t.Lit) and expr.type.kind is Kind.COUNT
    if bare and other.type.kind in _PLAIN_NUMBERS and isinstance(expr, t.Lit):
        return t.Lit(expr.span, other.type.some, expr.value)
    return expr


def _check_divisor(divisor: t.Expr, context: Context) -> bool:
    """True if it is known and never zero."""
    if divisor.type.is_error:
        return False
    range_ = context.ranges.of(divisor)
    if range_.low <= 0 <= range_.high:
        context.diagnostics.add(bounds.divisor_zero(divisor.span, context.text(divisor.span), divisor.type.kind))
        return False
    return True


# ---- conditions


def _compare(node: ast.Compare, context: Context) -> t.Expr:
    left = untyped(node.left, context, None)
    right = untyped(node.right, context, None)
    for each in (left, right):
        if each.type == Type(Kind.TASK, optional=True):
            context.diagnostics.add(types.maybe_none(each.span, each.type))
            return error(node.span)
    left, right = _adapt(left, right), _adapt(right, left)
    if left.type.is_error or right.type.is_error:
        return error(node.span)
    if isinstance(left, t.NoneValue) and right.type.kind in MAY_BE_NONE:
        left = t.NoneValue(left.span, right.type.maybe)
    if isinstance(right, t.NoneValue) and left.type.kind in MAY_BE_NONE:
        right = t.NoneValue(right.span, left.type.maybe)
    same = left.type.kind is right.type.kind
    identity = node.operator in ("==", "!=")
    entities = identity and same and left.type.kind in INDEXED | {Kind.BOOL}
    numbers = not (left.type.optional or right.type.optional) and comparable(left.type.kind, right.type.kind)
    if not (entities or numbers or (identity and same and Kind.TASK is left.type.kind)):
        _report_units(node.operator, node.operator_span, left, right, context)
        return error(node.span)
    if left.type.kind is not right.type.kind:
        left, right = (coerce(each, Type(Kind.DIFFERENCE), context) for each in (left, right))
    return t.Compare(node.span, BOOL, node.operator, left, right)


def _logic(node: ast.Logic, context: Context, wanted: Type | None) -> t.Expr:
    if node.operator == "or":
        if queues.is_chain(node):
            return queues.check_chain(node, context)
        left = untyped(node.left, context, wanted)
        if left.type.optional:
            return _or_else(node, left, context)
    else:
        left = check_condition(node.left, context)
    if left.type.kind is not Kind.BOOL and not left.type.is_error:
        context.diagnostics.add(types.not_a_condition(left.span, left.type))
    right = check_condition(node.right, context)
    return t.Logic(node.span, BOOL, node.operator, left, right)


def _or_else(node: ast.Logic, left: t.Expr, context: Context) -> t.Expr:
    right = untyped(node.right, context, left.type)
    if right.type.is_error:
        return right
    if right.type.kind is not left.type.kind:
        return coerce(right, left.type, context)
    if not branches.keepable(left, context):
        return error(node.span)
    both_claimed = left.type.claimed and right.type.claimed
    result = Type(left.type.kind, right.type.optional, both_claimed)
    return t.OrElse(node.span, result, left, right)


def _matches(node: ast.Matches, context: Context) -> t.Expr:
    of = node.subject
    subject = _member(of, context) if isinstance(of, ast.Member) else untyped(of, context, None)
    if subject.type.is_error:
        return subject
    if not isinstance(subject, t.FieldRef) or subject.type.kind not in (Kind.COMM, Kind.CGROUP):
        context.diagnostics.add(types.not_in_patterns(subject.span, subject.type))
        return error(node.span)
    for pattern in node.patterns:
        reason = calls.pattern_fault(pattern.text, subject.type.kind)
        if reason:
            context.diagnostics.add(types.bad_pattern(pattern.span, reason))
    return t.Matches(node.span, BOOL, subject, tuple(pattern.text for pattern in node.patterns))


def _contains(node: ast.Contains, context: Context) -> t.Expr:
    item = check_some(node.item, context, Kind.CPU)
    container = untyped(node.container, context, None)
    if container.type.is_error or item.type.is_error:
        return error(node.span)
    if container.type.optional or container.type.kind not in PLACES - {Kind.CPU}:
        context.diagnostics.add(types.expected(container.span, "core, llc or node", container.type))
        return error(node.span)
    return t.Contains(node.span, BOOL, item, container)
