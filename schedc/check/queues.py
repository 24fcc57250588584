"""Queue references and the chains that pull from them."""

from __future__ import annotations

from schedc.check import expressions
from schedc.check.context import Context
from schedc.check.symbols import kind_of
from schedc.diagnostics import s1_names as names
from schedc.diagnostics import s4_bounds as bounds
from schedc.diagnostics import s5_queues as messages
from schedc.diagnostics.suggest import listed
from schedc.syntax import ast
from schedc.typed import tree as t
from schedc.types.events import Effect
from schedc.types.kinds import BOOL, Kind, Type


def check_queue(node: ast.Expr, context: Context, star: bool = False) -> t.QueueRef | None:
    """A queue with its indices; `star` allows `*`. None where something else was reported."""
    base = node.base if isinstance(node, ast.Index) else node
    if isinstance(base, ast.Call) and isinstance(base.callee, ast.NameRef) and base.callee.text == "local":
        context.diagnostics.add(messages.pull_builtin(node.span, "a CPU's local queue"))
        return None
    if not isinstance(base, ast.NameRef):
        context.diagnostics.add(messages.pull_builtin(node.span, "this"))
        return None
    symbol = context.symbols.get(base.text)
    if not isinstance(symbol, t.Queue):
        if base.text in ("global", "SCX_DSQ_GLOBAL", "SCX_DSQ_LOCAL"):
            context.diagnostics.add(messages.pull_builtin(node.span, "a queue of the kernel"))
        elif symbol is None and base.text not in context.symbols.broken:
            known = [queue.name for queue in context.symbols.queues]
            context.diagnostics.add(names.unknown_name(base.span, base.text, "queue", known))
        elif symbol is not None:
            context.diagnostics.add(names.unused_name_kind(base.span, base.text, kind_of(symbol), "queue"))
        return None
    indices = _indices(node, symbol, context, star)
    return None if indices is None else t.QueueRef(node.span, Type(Kind.QUEUE), symbol, indices)


def _indices(
    node: ast.Expr, queue: t.Queue, context: Context, star: bool
) -> tuple[t.Expr | t.Star, ...] | None:
    given = node.indices if isinstance(node, ast.Index) else ()
    if len(given) != len(queue.dimensions):
        wanted = listed(kind.value for kind in queue.dimensions) or "nothing: there is one"
        context.diagnostics.add(messages.wrong_index(node.span, queue.name, wanted))
        return None
    result: list[t.Expr | t.Star] = []
    for each, kind in zip(given, queue.dimensions, strict=True):
        if isinstance(each, ast.Star):
            if not star:
                context.diagnostics.add(messages.star_not_here(each.span))
                return None
            result.append(t.Star(each.span))
        else:
            result.append(expressions.check(each, context, Type(kind)))
    return tuple(result)


# ---- chains


def _operands(node: ast.Expr) -> list[ast.Expr]:
    if isinstance(node, ast.Logic) and node.operator == "or":
        return [*_operands(node.left), node.right]
    return [node]


def is_chain(node: ast.Logic) -> bool:
    return any(isinstance(each, ast.Pull | ast.Keep) for each in _operands(node))


def check_chain(node: ast.Expr, context: Context) -> t.Expr:
    """`pull a or b aging 200ms or keep prev for slice`; conditions may come before it."""
    operands = _operands(node)
    first = next(
        (index for index, each in enumerate(operands) if isinstance(each, ast.Pull | ast.Keep)), len(operands)
    )
    if first == len(operands):
        context.diagnostics.add(messages.misplaced(node.span, "aging", "a value", "`pull`"))
        return expressions.error(node.span)
    conditions = [expressions.check_condition(each, context) for each in operands[:first]]
    result = _chain(operands[first:], context)
    for condition in reversed(conditions):
        span = condition.span.to(result.span)
        result = t.Logic(span, BOOL, "or", condition, result)
    return result


def _chain(operands: list[ast.Expr], context: Context) -> t.Expr:
    span = operands[0].span.to(operands[-1].span)
    if not context.allows(Effect.PULL):
        context.diagnostics.add(messages.not_here(span, "pull", context.where, "`on dispatch`"))
        return expressions.error(span)
    into = operands[0]
    if isinstance(into, ast.Pull) and into.into is not None:
        return _pull_into(operands, into, context)
    sources: list[t.PullSource] = []
    keep: t.Expr | None = None
    for operand in operands:
        if keep is not None:
            context.diagnostics.add(messages.misplaced(operand.span, "or", "this place", "front of `keep prev`"))
        elif isinstance(operand, ast.Keep):
            keep = _keep(operand, context)
        elif isinstance(operand, ast.Pull) and operand.into is not None:
            place = "the middle of a chain"
            context.diagnostics.add(messages.misplaced(operand.span, "pull ... into", place, "a condition of its own"))
        elif not _names_queue(operand):
            context.diagnostics.add(messages.not_a_source(operand.span))
        elif (source := _source(operand, context)) is not None:
            sources.append(source)
    return t.PullChain(span, BOOL, tuple(sources), keep)


def _names_queue(operand: ast.Expr) -> bool:
    """False for what can only be a condition, which stands before a chain."""
    source = operand.source if isinstance(operand, ast.Pull | ast.Aged) else operand
    return isinstance(source, ast.NameRef | ast.Index | ast.Call)


def _source(operand: ast.Expr, context: Context) -> t.PullSource | None:
    aging_node = operand.aging if isinstance(operand, ast.Pull | ast.Aged) else None
    queue_node = operand.source if isinstance(operand, ast.Pull | ast.Aged) else operand
    queue = check_queue(queue_node, context, star=True)
    aging = expressions.check(aging_node, context, Type(Kind.DURATION)) if aging_node is not None else None
    return None if queue is None else t.PullSource(queue, aging, operand.span)


def _keep(node: ast.Keep, context: Context) -> t.Expr:
    local = context.lookup(node.task.text)
    if local is None or local is not context.prev:
        context.diagnostics.add(messages.nothing_to_keep(node.task.span))
    return check_slice(node.slice, context)


def check_slice(node: ast.Expr, context: Context) -> t.Expr:
    """How long a task may run: never nothing, which the kernel would read as a wish for its own slice."""
    slice_ = expressions.check(node, context, Type(Kind.DURATION))
    if not slice_.type.is_error and context.ranges.of(slice_).low == 0:
        context.diagnostics.add(bounds.empty_slice(slice_.span, context.text(slice_.span)))
    return slice_


def _pull_into(operands: list[ast.Expr], first: ast.Pull, context: Context) -> t.Expr:
    assert first.into is not None
    if len(operands) > 1:
        context.diagnostics.add(messages.misplaced(operands[1].span, "or", "`pull ... into`", "`pull`"))
    source = check_queue(first.source, context)
    into = check_queue(first.into, context)
    if source is None or into is None:
        return expressions.error(first.span)
    if source.queue.order is not None or into.queue.order is not None:
        context.diagnostics.add(
            messages.misplaced(first.span, "pull ... into", "queues with an order", "first-in first-out queues")
        )
        return expressions.error(first.span)
    if into.queue.dimensions != (Kind.CPU,):
        context.diagnostics.add(
            messages.misplaced(first.into.span, "pull ... into", "any other queue", "a queue `per cpu` as the target")
        )
        return expressions.error(first.span)
    return t.PullInto(first.span, BOOL, source, into)
