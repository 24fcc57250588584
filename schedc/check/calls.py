"""Calls: the language's own functions, the policy's, and picks of CPUs."""

from __future__ import annotations

from schedc.check import expressions, queues
from schedc.check.context import Context
from schedc.check.symbols import FUNCTIONS, SEARCHES
from schedc.diagnostics import s1_names as names
from schedc.diagnostics import s2_types as types
from schedc.diagnostics import s5_queues as queue_messages
from schedc.source import Span
from schedc.syntax import ast
from schedc.typed import tree as t
from schedc.types.events import Effect
from schedc.types.kinds import BOOL, NUMERIC, PLACES, Kind, Type

MAX_PATTERN = {Kind.COMM: 15, Kind.CGROUP: 200}
_SIGNATURES = {
    "min": "min(a, b)",
    "max": "max(a, b)",
    "clamp": "clamp(value, low, high)",
    "log2": "log2(count)",
    "random": "random(count)",
    "length": "length(queue)",
    "empty": "empty(queue)",
    "clock": "clock(queue)",
    "local": "local(cpu)",
    "idle_cpu": "idle_cpu(task, near cpu, in llc, whole core, where condition)",
    "any_cpu": "any_cpu(task, near cpu, in llc, where condition, least value)",
    **{name: f"{name}(where condition, least value)" for name in SEARCHES},
}


def check_call(node: ast.Call, context: Context) -> t.Expr:
    if not isinstance(node.callee, ast.NameRef):
        return _unknown(node, context)
    name = node.callee.text
    if name in ("idle_cpu", "any_cpu"):
        return _pick(node, name, context)
    if name in SEARCHES:
        return _search(node, name, context)
    if name in ("length", "empty", "clock"):
        return _of_queue(node, name, context)
    if any(argument.kind for argument in node.arguments):
        return _wrong(node.span, name, context)
    if name in ("min", "max", "clamp"):
        return _ordered(node, name, context)
    if name in ("log2", "random"):
        return _of_count(node, name, context)
    if name == "local":
        context.diagnostics.add(
            queue_messages.misplaced(node.span, "local", "this place", "`insert task into local(cpu) for ...`")
        )
        return expressions.error(node.span)
    return _function(node, name, context)


def _unknown(node: ast.Call, context: Context) -> t.Expr:
    text = context.text(node.callee.span)
    if isinstance(node.callee, ast.Member):
        context.diagnostics.add(names.unknown_method(node.callee.span, text, node.callee.name))
    else:
        known = [*FUNCTIONS, *context.symbols.by_name]
        context.diagnostics.add(names.unknown_name(node.callee.span, text, "function", known))
    return expressions.error(node.span)


def _wrong(span: Span, name: str, context: Context, signature: str | None = None) -> t.Expr:
    context.diagnostics.add(types.wrong_arguments(span, name, signature or _SIGNATURES.get(name, name)))
    return expressions.error(span)


def _ordered(node: ast.Call, name: str, context: Context) -> t.Expr:
    if len(node.arguments) != (3 if name == "clamp" else 2):
        return _wrong(node.span, name, context)
    values = [expressions.check(each.value, context) for each in node.arguments]
    if any(value.type.is_error for value in values):
        return expressions.error(node.span)
    kinds = [value.type.kind for value in values if not _bare(value)] or [Kind.COUNT]
    wanted = Type(Kind.DIFFERENCE if set(kinds) == {Kind.DURATION, Kind.DIFFERENCE} else kinds[0])
    if wanted.kind not in NUMERIC:
        context.diagnostics.add(types.expected(values[0].span, "number", values[0].type))
        return expressions.error(node.span)
    values = [expressions.coerce(value, wanted, context) for value in values]
    if any(value.type.is_error for value in values):
        return expressions.error(node.span)
    return t.CallBuiltin(node.span, wanted, name, tuple(values))


def _bare(value: t.Expr) -> bool:
    return isinstance(value, t.Lit) and value.type.kind is Kind.COUNT


def _of_count(node: ast.Call, name: str, context: Context) -> t.Expr:
    if len(node.arguments) != 1:
        return _wrong(node.span, name, context)
    value = expressions.check(node.arguments[0].value, context, Type(Kind.COUNT))
    if value.type.is_error:
        return value
    return t.CallBuiltin(node.span, Type(Kind.COUNT), name, (value,))


def _of_queue(node: ast.Call, name: str, context: Context) -> t.Expr:
    if len(node.arguments) != 1 or node.arguments[0].kind:
        return _wrong(node.span, name, context)
    queue = queues.check_queue(node.arguments[0].value, context)
    if queue is None:
        return expressions.error(node.span)
    if name == "clock":
        if queue.queue.order is not Kind.VTIME:
            context.diagnostics.add(types.expected(queue.span, "queue ordered by vtime", queue.type))
            return expressions.error(node.span)
        return t.ClockOf(node.span, Type(Kind.VTIME), queue)
    result = BOOL if name == "empty" else Type(Kind.COUNT)
    return t.CallBuiltin(node.span, result, name, (queue,))


def _function(node: ast.Call, name: str, context: Context) -> t.Expr:
    symbol = context.symbols.get(name)
    if symbol is None and name in context.symbols.functions:
        context.diagnostics.add(names.recursion(node.callee.span, name))
        return expressions.error(node.span)
    if not isinstance(symbol, t.Function):
        return _unknown(node, context)
    signature = f"{name}({', '.join(f'{each.name}: {each.type}' for each in symbol.formals)})"
    if len(node.arguments) != len(symbol.formals):
        return _wrong(node.span, name, context, signature)
    values = tuple(
        _in_range(expressions.check(argument.value, context, formal.type), formal, context)
        for argument, formal in zip(node.arguments, symbol.formals, strict=True)
    )
    if symbol.result.is_error or any(value.type.is_error for value in values):
        return expressions.error(node.span)
    return t.CallFunction(node.span, symbol.result, symbol, values)


def _in_range(value: t.Expr, formal: t.Local, context: Context) -> t.Expr:
    """A value moved into the range that a function's name declares, on which the function may rely."""
    kind = formal.type.kind
    if value.type.is_error or kind not in NUMERIC - {Kind.VTIME} or formal.range.contains(context.ranges.of(value)):
        return value
    low, high = (t.Lit(value.span, formal.type, bound) for bound in (formal.range.low, formal.range.high))
    return t.CallBuiltin(value.span, formal.type, "clamp", (value, low, high))


# ---- picks


def _pick(node: ast.Call, name: str, context: Context) -> t.Expr:
    """`idle_cpu` claims an idle CPU that may run the task; `any_cpu` finds one, busy or not."""
    if not context.allows(Effect.PICK):
        context.diagnostics.add(
            queue_messages.not_here(node.span, name, context.where, "handlers and timers")
        )
        return expressions.error(node.span)
    by_kind: dict[str, ast.Argument] = {}
    for argument in node.arguments:
        if argument.kind in by_kind:
            return _wrong(argument.span, name, context)
        by_kind[argument.kind] = argument
    idle = name == "idle_cpu"
    orders = {"least", "most"} & by_kind.keys()
    if "" not in by_kind or len(orders) > (0 if idle else 1) or not _whole(by_kind, idle):
        return _wrong(node.span, name, context)
    task = expressions.check(by_kind[""].value, context, Type(Kind.TASK))
    near = expressions.check(by_kind["near"].value, context, Type(Kind.CPU)) if "near" in by_kind else None
    inside = _place(by_kind["in"].value, context) if "in" in by_kind else None
    candidate, where, order = _candidate(by_kind, Kind.CPU, by_kind[""].span, context)
    if task.type.is_error:
        return task
    result = Type(Kind.CPU, optional=True, claimed=idle)
    return t.Pick(
        node.span, result, idle, task, near, inside, "whole" in by_kind, candidate, where, order,
        "most" in by_kind,
    )  # fmt: skip


def _whole(by_kind: dict[str, ast.Argument], idle: bool) -> bool:
    whole = by_kind.get("whole")
    return whole is None or (idle and isinstance(whole.value, ast.NameRef) and whole.value.text == "core")


def _place(node: ast.Expr, context: Context) -> t.Expr:
    place = expressions.check(node, context)
    if place.type.is_error:
        return place
    if place.type.optional or place.type.kind not in PLACES - {Kind.CPU}:
        context.diagnostics.add(types.expected(place.span, "core, llc or node", place.type))
    return place


def _candidate(
    by_kind: dict[str, ast.Argument], kind: Kind, span: Span, context: Context
) -> tuple[t.Local | None, t.Expr | None, t.Expr | None]:
    """`where`, `least` and `most` see each candidate under the name of its kind: `cpu`, `llc`."""
    order_argument = by_kind.get("least") or by_kind.get("most")
    if order_argument is None and "where" not in by_kind:
        return None, None, None
    with context.scope():
        candidate = context.bind_unchecked(kind.value, Type(kind), span)
        where = expressions.check_condition(by_kind["where"].value, context) if "where" in by_kind else None
        order = expressions.check(order_argument.value, context) if order_argument else None
    if order is not None and order.type.kind not in NUMERIC and not order.type.is_error:
        context.diagnostics.add(types.expected(order.span, "number", order.type))
    return candidate, where, order


def _search(node: ast.Call, name: str, context: Context) -> t.Expr:
    """`any_llc(where ..., least ...)`: an entity that is no CPU, about which a task has nothing to say."""
    by_kind = {argument.kind: argument for argument in node.arguments}
    orders = {"least", "most"} & by_kind.keys()
    known = {"where", "least", "most"}
    if not by_kind or len(by_kind) < len(node.arguments) or by_kind.keys() - known or len(orders) > 1:
        return _wrong(node.span, name, context)
    kind = SEARCHES[name]
    candidate, where, order = _candidate(by_kind, kind, node.callee.span, context)
    assert candidate is not None
    if any(each is not None and each.type.is_error for each in (where, order)):
        return expressions.error(node.span)
    return t.Search(node.span, Type(kind, optional=True), candidate, where, order, "most" in by_kind)


def pattern_fault(text: str, kind: Kind) -> str | None:
    """Why a string cannot be a pattern of a command name or control group; None if it can."""
    if not text or not all(" " < character <= "~" for character in text.replace(" ", "x")):
        return "it has to be of printable ASCII characters"
    if len(text) > MAX_PATTERN[kind]:
        return f"it is longer than {MAX_PATTERN[kind]} characters"
    if kind is Kind.COMM:
        return "a `*` may only end it" if "*" in text[:-1] else None
    if not text.startswith("/"):
        return "a control group's path begins with `/`"
    return "a path has no empty part and no `..`" if {"", ".."} & set(text[1:].split("/")) else None
