"""Declarations: params, consts, layers, queues, state, counters, promises."""

from __future__ import annotations

from schedc.check import branches, expressions
from schedc.check.context import Context
from schedc.check.literals import check_number, show
from schedc.check.symbols import check_name
from schedc.diagnostics import Diagnostic, Edit
from schedc.diagnostics import s1_names as names
from schedc.diagnostics import s2_types as types
from schedc.diagnostics import s5_queues as queue_messages
from schedc.record import record
from schedc.source import Span
from schedc.syntax import ast
from schedc.typed import tree as t
from schedc.types.kinds import DECLARABLE, ERROR, INDEXED, NUMERIC, Interval, Kind, Type, full_range

MAX_LAYERS = 16
MAX_QUEUES = 16
MAX_DIMENSIONS = 2
MAX_COUNTERS = 30
MAX_SAMPLES = 1024
_MAX_WINDOW = 1 << 50  # 13 days: far from the wrap-around at 2^63
DIMENSIONS = {
    "cpu": Kind.CPU, "core": Kind.CORE, "llc": Kind.LLC, "node": Kind.NODE, "layer": Kind.LAYER,
    "cgroup": Kind.CGROUP,
}  # fmt: skip
OWNERS = {"task": Kind.TASK, **DIMENSIONS}
ORDERS = {"fifo": None, "vtime": Kind.VTIME, "time": Kind.TIME, "due": Kind.TIME}


@record
class Declared:
    """A declared type with what may be said beside it."""

    type: Type
    range: Interval
    average: t.Average | None = None
    per_layer: bool = False


def check_type(node: ast.TypeExpr, context: Context) -> Declared:
    kind = DECLARABLE.get(node.name)
    if kind is None:
        context.diagnostics.add(names.unknown_type(node.span, node.name, DECLARABLE))
        return Declared(ERROR, Interval(0, 0))
    type_ = Type(kind, optional=node.optional)
    if node.optional and kind not in INDEXED:
        text = "cpu, core, llc, node, layer or cgroup before `?`"
        context.diagnostics.add(types.expected(node.span, text, Type(kind)))
    range_ = _range(node, type_, context)
    average = _average(node, kind, context)
    return Declared(type_, range_, average, node.per_layer)


def check_plain_type(node: ast.TypeExpr, context: Context) -> Declared:
    """The type of a single value, which is neither an average nor one for each layer."""
    declared = check_type(node, context)
    if declared.average is not None or declared.per_layer:
        context.diagnostics.add(types.expected(node.span, "single value", declared.type))
    return declared


def _range(node: ast.TypeExpr, type_: Type, context: Context) -> Interval:
    if node.low is None or node.high is None:
        return full_range(type_.kind)
    low = constant(node.low, type_, context, "a bound")
    high = constant(node.high, type_, context, "a bound")
    if low is None or high is None:
        return full_range(type_.kind)
    if low > high:
        context.diagnostics.add(types.bad_range(node.span, context.text(node.low.span.to(node.high.span))))
        return full_range(type_.kind)
    return Interval(low, high)


def _average(node: ast.TypeExpr, kind: Kind, context: Context) -> t.Average | None:
    if node.over is None:
        return None
    if kind not in (Kind.DURATION, Kind.COUNT, Kind.RATIO, Kind.RATE, Kind.WEIGHT):
        context.diagnostics.add(types.expected(node.span, "duration, count, ratio, rate or weight", Type(kind)))
    if node.low is not None:  # a sample could leave it, and divisions rely on ranges
        context.diagnostics.add(types.no_range(node.span, "an average", "keep it where it is read:  clamp(...)"))
    wanted = Type(Kind.COUNT if node.samples else Kind.DURATION)
    over = constant(node.over, wanted, context, "the length of an average")
    if over is None or over <= 0 or (node.samples and over > MAX_SAMPLES):
        if over is not None:
            context.diagnostics.add(types.bad_length(node.over.span, MAX_SAMPLES))
        over = 1
    return t.Average(over, None) if node.samples else t.Average(None, over)


def constant(node: ast.Expr, wanted: Type, context: Context, what: str) -> int | None:
    """The value of an expression that only uses literals and consts."""
    expr = expressions.check(node, context, wanted)
    if expr.type.is_error:
        return None
    if isinstance(expr, t.BuiltinValue) and expr.name == "infinite":
        context.diagnostics.add(types.not_constant(node.span, what))
        return None
    range_ = context.ranges.of(expr)
    if isinstance(expr, t.NoneValue):
        return -1
    if range_.low != range_.high or isinstance(expr, t.ParamRef):
        context.diagnostics.add(types.not_constant(node.span, what))
        return None
    return range_.low


# ---- values


def check_param(node: ast.Param, context: Context) -> t.Param | None:
    declared = check_type(node.type, context)
    if declared.type.is_error:
        return None
    default = constant(node.default, declared.type, context, f"the value of `{node.name}`")
    range_ = declared.range
    if declared.type.kind is Kind.BOOL:
        surplus = node.low or node.type.low
        if surplus is not None:
            context.diagnostics.add(types.no_range(surplus.span, "a bool", "leave it out"))
            return None
        if declared.per_layer:
            context.diagnostics.add(types.expected(node.type.span, "single value", declared.type))
    else:
        found = _param_range(node, declared, context)
        if found is None:
            return None
        range_ = found
    if default is None:
        return None
    if not range_.low <= default <= range_.high:
        text = f"not in {show(declared.type.kind, range_.low)}..{show(declared.type.kind, range_.high)}"
        context.diagnostics.add(types.bad_default(node.default.span, node.name, text))
    return t.Param(node.name, declared.type, node.live, default, range_, node.span)


def _param_range(node: ast.Param, declared: Declared, context: Context) -> Interval | None:
    kind = declared.type.kind
    if kind not in NUMERIC - {Kind.VTIME, Kind.TIME} or declared.average or declared.per_layer:
        context.diagnostics.add(types.expected(node.type.span, "number or a bool", declared.type))
        return None
    if node.type.low is not None:
        context.diagnostics.add(range_in_type(node, context.source.text))
        return None
    if node.low is None or node.high is None:
        example = f"{context.text(node.span)} in 1ms..100ms" if kind is Kind.DURATION else "... in 1..100"
        context.diagnostics.add(types.range_needed(node.span, node.name, example))
        return None
    low = constant(node.low, declared.type, context, "a bound")
    high = constant(node.high, declared.type, context, "a bound")
    if low is None or high is None:
        return None
    if low > high:
        context.diagnostics.add(
            types.bad_range(node.low.span.to(node.high.span), context.text(node.low.span.to(node.high.span)))
        )
        return None
    return Interval(low, high)


def range_in_type(node: ast.Param, text: str) -> Diagnostic:
    """A param whose range stands behind its type, as that of a field does; `text` is the policy's."""
    assert node.type.low is not None and node.type.high is not None
    written = text[node.type.low.span.start : node.type.high.span.end]
    value = text[node.default.span.start : node.default.span.end]
    edits: tuple[Edit, ...] = ()
    if node.low is None and "\n" not in written:
        end = Span(node.default.span.end, node.default.span.end)
        edits = (Edit(node.type.span, node.type.name), Edit(end, f" in {written}"))
    instead = f"param {node.name}: {node.type.name} = {value} in {written}"
    return types.range_behind_type(node.type.span, node.name, instead, edits)


def check_const(node: ast.Const, context: Context) -> t.Lit | t.BuiltinValue | None:
    declared = check_plain_type(node.type, context)
    value = branches.check_kept(node.value, context, declared.type)
    if value.type.is_error:
        return None
    if isinstance(value, t.BuiltinValue) and value.name in ("boot_cpu", "root_cgroup"):
        return value
    number = constant(node.value, declared.type, context, "a const")
    if number is None:
        return None
    if not declared.range.low <= number <= declared.range.high:
        context.diagnostics.add(types.bad_default(node.value.span, node.name, "outside its range"))
    return t.Lit(node.span, declared.type, number)


def check_global(node: ast.Global, context: Context) -> t.Global | None:
    declared = check_plain_type(node.type, context)
    if declared.type.is_error:
        return None
    if declared.type.kind is Kind.TASK:
        context.diagnostics.add(types.expected(node.type.span, "single value", declared.type))
        return None
    initial = _initial(node.initial, declared, context)
    return t.Global(node.name, declared.type, declared.range, initial, node.span)


def _initial(node: ast.Expr | None, declared: Declared, context: Context) -> int:
    if node is None:
        if declared.type.optional:
            return -1
        return min(max(0, declared.range.low), declared.range.high)
    value = constant(node, declared.type, context, "the first value")
    if value is None:
        return declared.range.low
    if not declared.range.low <= value <= declared.range.high:
        context.diagnostics.add(types.bad_default(node.span, context.text(node.span), "outside its range"))
    return value


def check_state(node: ast.State, context: Context) -> list[t.StateField]:
    owner = OWNERS.get(node.entity)
    if owner is None:
        context.diagnostics.add(names.unknown_type(node.entity_span, node.entity, OWNERS))
        return []
    fields = [_state_field(each, owner, context) for each in node.fields]
    return [each for each in fields if each is not None]


def _state_field(node: ast.StateField, owner: Kind, context: Context) -> t.StateField | None:
    check_name(node.name, node.name_span, context.diagnostics)
    declared = check_type(node.type, context)
    if declared.type.is_error:
        return None
    if declared.type.kind is Kind.TASK:
        context.diagnostics.add(types.expected(node.type.span, "value that can be kept", declared.type))
        return None
    if declared.per_layer and not context.symbols.layers:
        context.diagnostics.add(names.unknown_name(node.type.span, "layer", "layer", []))
    if declared.per_layer and node.initial is not None:
        text = "type without a first value (one for each layer begins at 0)"
        context.diagnostics.add(types.expected(node.initial.span, text, declared.type))
    initial = _initial(node.initial, declared, context)
    return t.StateField(
        owner, node.name, declared.type, declared.range, initial, declared.average, declared.per_layer, node.span
    )


# ---- layers and queues


def check_layer_condition(node: ast.Layer, context: Context) -> t.Expr | None:
    """The condition, over facts of the task that only an act of user space changes."""
    if node.condition is None:
        return None
    with context.scope():
        context.bind_unchecked("task", Type(Kind.TASK), node.span)
        condition = expressions.check_condition(node.condition, context)
    _check_stable(condition, context)
    return condition


def _check_stable(expr: t.Expr, context: Context) -> None:
    match expr:
        case t.Logic() | t.Compare():
            _check_stable(expr.left, context)
            _check_stable(expr.right, context)
        case t.Not():
            _check_stable(expr.operand, context)
        case t.Matches():
            if expr.subject.type.kind is Kind.COMM:
                context.diagnostics.add(queue_messages.self_given_boost(expr.span, "its command name"))
        case t.FieldRef() if expr.field.stable:
            pass
        case t.Lit():
            pass
        case _:
            context.diagnostics.add(queue_messages.unstable_layer(expr.span, f"`{context.text(expr.span)}`"))


def check_queue(node: ast.Queue, index: int, context: Context) -> t.Queue | None:
    if node.order not in ORDERS:
        context.diagnostics.add(queue_messages.bad_order(node.order_span, node.order))
        return None
    order = ORDERS[node.order]
    dimensions = _dimensions(node, context)
    window = _window(node, order, context)
    if len(dimensions) < len(node.dimensions):
        return None
    return t.Queue(node.name, index, order, window, dimensions, node.span, node.name_span, node.order == "due")


def _dimensions(node: ast.Queue, context: Context) -> tuple[Kind, ...]:
    kinds: list[Kind] = []
    for dimension in node.dimensions:
        kind = DIMENSIONS.get(dimension.name)
        if kind is None:
            context.diagnostics.add(queue_messages.bad_dimension(dimension.span, dimension.name))
        elif kind in kinds or len(kinds) == MAX_DIMENSIONS:
            reason = "it already is" if kind in kinds else f"there are at most {MAX_DIMENSIONS}"
            context.diagnostics.add(queue_messages.surplus_dimension(dimension.span, dimension.name, reason))
        elif kind is Kind.LAYER and not context.symbols.layers:
            context.diagnostics.add(names.unknown_name(dimension.span, "layer", "layer", []))
        else:
            kinds.append(kind)
    return tuple(kinds)


def _window(node: ast.Queue, order: Kind | None, context: Context) -> tuple[t.Expr, t.Expr] | None:
    if node.window is None:
        if order is not None:
            place = node.order_span
            context.diagnostics.add(queue_messages.needs_window(place, node.name, node.order))
        return None
    if order is None:
        context.diagnostics.add(queue_messages.bad_window(node.window.span, "a first-in first-out queue has none"))
        return None
    wanted = Type(Kind.DIFFERENCE)
    low = expressions.check(node.window.low, context, wanted)
    high = expressions.check(node.window.high, context, wanted)
    if low.type.is_error or high.type.is_error:
        return None
    below, above = context.ranges.of(low), context.ranges.of(high)
    if below.high > 0 or above.low <= 0:
        text = "it reaches from before the clock (0 or less) to behind it (more than 0)"
        context.diagnostics.add(queue_messages.bad_window(node.window.span, text))
    elif below.low < -_MAX_WINDOW or above.high > _MAX_WINDOW:
        context.diagnostics.add(queue_messages.bad_window(node.window.span, "it is wider than 13 days"))
    return low, high


# ---- promises


def check_promise(node: ast.Promise, context: Context) -> t.Promise | None:
    if node.kind not in ("max_wait", "work_conserving"):
        context.diagnostics.add(queue_messages.promise_unknown(node.kind_span, node.kind))
        return None
    limit_node = node.limit if node.kind == "max_wait" else node.within
    example = "max_wait 10s" if node.kind == "max_wait" else "work_conserving within 1ms"
    if limit_node is None:
        context.diagnostics.add(queue_messages.promise_incomplete(node.span, f"write, for example, `{example}`"))
        return None
    surplus = node.within if node.kind == "max_wait" else node.limit
    if surplus is not None:
        context.diagnostics.add(queue_messages.promise_unclear(surplus.span, f"`{example}` is all"))
    limit = expressions.coerce(check_number(limit_node, context.diagnostics), Type(Kind.DURATION), context)
    if isinstance(limit, t.Lit) and limit.value == 0 and not limit.type.is_error:
        context.diagnostics.add(queue_messages.promise_unclear(limit.span, "nothing happens in no time"))
    layer = _promised_layer(node.layer, context)
    runnable = _runnable(node.assumption, context)
    if not isinstance(limit, t.Lit) or limit.type.is_error:
        return None
    return t.Promise(node.kind, limit.value, layer, runnable, node.span)


def _promised_layer(node: ast.NameRef | None, context: Context) -> t.Layer | None:
    if node is None:
        return None
    symbol = context.symbols.get(node.text)
    if isinstance(symbol, t.Layer):
        return symbol
    known = [layer.name for layer in context.symbols.layers]
    context.diagnostics.add(names.unknown_name(node.span, node.text, "layer", known))
    return None


def _runnable(node: ast.Assumption | None, context: Context) -> int | None:
    if node is None:
        return None
    limit = check_number(node.limit, context.diagnostics)
    if node.subject != "runnable" or node.per != "cpu" or limit.type.kind is not Kind.COUNT:
        context.diagnostics.add(queue_messages.promise_incomplete(node.span, "write  while runnable <= 20 per cpu"))
        return None
    assert isinstance(limit, t.Lit)
    if limit.value == 0:
        context.diagnostics.add(queue_messages.promise_unclear(limit.span, "without tasks nobody waits"))
    return limit.value


def limit_items(spans: list[Span], limit: int, what: str, context: Context) -> None:
    if len(spans) > limit:
        context.diagnostics.add(queue_messages.too_many(spans[limit], what, limit))
