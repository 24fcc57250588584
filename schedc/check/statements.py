"""Statements."""

from __future__ import annotations

from schedc.check import branches, expressions, queues
from schedc.check.context import Context
from schedc.check.declarations import check_plain_type
from schedc.check.symbols import COLLECTIONS
from schedc.diagnostics import Diagnostic
from schedc.diagnostics import s1_names as names
from schedc.diagnostics import s2_types as types
from schedc.diagnostics import s3_ownership as ownership
from schedc.diagnostics import s4_bounds as bounds
from schedc.diagnostics import s5_queues as queue_messages
from schedc.source import Span
from schedc.syntax import ast
from schedc.typed import tree as t
from schedc.types.events import Effect
from schedc.types.kinds import ERROR, PLACES, Kind, Type

MAX_REPEAT = 64
MAX_LOOP_NESTING = 2


def check_block(node: ast.Block, context: Context) -> t.Block:
    with context.scope():
        return _statements(node, context)


def _statements(node: ast.Block, context: Context) -> t.Block:
    found = [_statement(each, context) for each in node.statements]
    return t.Block(tuple(each for each in found if each is not None), node.span, node.close)


def _statement(node: ast.Stmt, context: Context) -> t.Stmt | None:
    match node:
        case ast.Let():
            value = branches.check_kept(node.value, context)
            range_ = context.ranges.of(value)
            return t.Let(node.span, context.bind(node.name.text, value.type, node.name.span, range_), value)
        case ast.Var():
            return _var(node, context)
        case ast.Assign():
            return _assign(node, context)
        case ast.ExprStmt():
            return _evaluate(node, context)
        case ast.Insert():
            return _insert(node, context)
        case ast.Kick():
            return _kick(node, context)
        case ast.If():
            return _if(node, context)
        case ast.Match():
            return _match(node, context)
        case ast.For():
            return _for(node, context)
        case ast.Repeat():
            return _repeat(node, context)
        case ast.Return():
            return _return(node, context)
        case ast.Break() | ast.Continue():
            return _jump(node, context)


def _var(node: ast.Var, context: Context) -> t.Stmt:
    declared = check_plain_type(node.type, context)
    value = branches.check_kept(node.value, context, declared.type)
    local = context.bind(node.name.text, declared.type, node.name.span, declared.range, mutable=True)
    return t.Let(node.span, local, value)


def _jump(node: ast.Break | ast.Continue, context: Context) -> t.Stmt:
    word = "break" if isinstance(node, ast.Break) else "continue"
    if context.loops == 0:
        context.diagnostics.add(queue_messages.misplaced(node.span, word, "this place", "a loop"))
    return t.Break(node.span) if isinstance(node, ast.Break) else t.Continue(node.span)


# ---- state


def _assign(node: ast.Assign, context: Context) -> t.Stmt | None:
    target = expressions.check_target(node.target, context)
    if target.type.is_error:
        expressions.check(node.value, context)
        return None
    fault = _unassignable(target, node.operator, context)
    if fault:
        context.diagnostics.add(fault)
        return None
    operator = node.operator[0] if node.operator != "=" else ""
    if not operator:
        value = expressions.check(node.value, context, target.type)
        return t.Assign(node.span, target, "", value, value)
    value = expressions.check(node.value, context)
    combined = expressions.combine(node.span, operator, node.span, target, value, context)
    combined = expressions.coerce(combined, target.type, context)
    return None if combined.type.is_error else t.Assign(node.span, target, operator, value, combined)


def _unassignable(target: t.Expr, operator: str, context: Context) -> Diagnostic | None:
    if context.event.name == "fn" and not (isinstance(target, t.LocalRef) and target.local.mutable):
        return ownership.function_effect(target.span, "an assignment")
    match target:
        case t.LocalRef() if target.type.kind is Kind.TASK:
            return types.not_assignable(target.span, f"`{target.local.name}`", "the event gives it")
        case t.LocalRef():
            return None if target.local.mutable else types.not_assignable(
                target.span, f"`{target.local.name}`", f"declare it with  var {target.local.name}: {target.type} = ..."
            )  # fmt: skip
        case t.StateRef():
            if target.field.average is not None:
                return types.not_assignable(
                    target.span, "an average", f"give it a sample:  {target.field.name}.add(...)"
                )
            return None
        case t.GlobalRef():
            return None
        case t.CounterRef():
            return (
                None
                if operator == "+="
                else types.not_assignable(target.span, "a counter", "counters only grow:  += 1")
            )
        case t.FieldRef():
            if target.field.writable:
                return None
            return types.not_assignable(target.span, f"`{target.field.name}`", "the kernel keeps it")
        case t.ParamRef():
            return types.not_assignable(target.span, "a param", "keep what changes in a `global` or in state")
        case _:
            return types.not_assignable(target.span, "this")


def _evaluate(node: ast.ExprStmt, context: Context) -> t.Stmt | None:
    call = node.value
    if isinstance(call, ast.Call) and isinstance(call.callee, ast.Member) and call.callee.name == "add":
        return _add_sample(node, call, call.callee.base, context)
    value = expressions.check(call, context)
    if value.type.is_error:
        return None
    if not isinstance(value, t.PullChain | t.PullInto | t.Logic):
        message = ownership.claim_dropped if value.type.claimed else types.useless_value
        context.diagnostics.add(message(node.span))
        return None
    return t.Evaluate(node.span, value)


def _add_sample(node: ast.ExprStmt, call: ast.Call, base: ast.Expr, context: Context) -> t.Stmt | None:
    target = expressions.check(base, context)
    if target.type.is_error:
        return None
    if not isinstance(target, t.StateRef) or target.field.average is None:
        context.diagnostics.add(types.expected(target.span, "average", target.type))
        return None
    if context.event.name == "fn":
        context.diagnostics.add(ownership.function_effect(node.span, "a sample"))
        return None
    if len(call.arguments) != 1 or call.arguments[0].kind:
        context.diagnostics.add(types.wrong_arguments(node.span, "add", f"{target.field.name}.add({target.type})"))
        return None
    value = expressions.check(call.arguments[0].value, context, target.type)
    return None if value.type.is_error else t.AddSample(node.span, target, value)


# ---- tasks and CPUs


def _insert(node: ast.Insert, context: Context) -> t.Stmt | None:
    if not context.allows(Effect.INSERT):
        allowed = "`on select_cpu` and `on enqueue`"
        context.diagnostics.add(queue_messages.not_here(node.span, "insert", context.where, allowed))
        return None
    task = expressions.check(node.task, context, Type(Kind.TASK))
    slice_ = queues.check_slice(node.slice, context)
    local = _local_target(node.into, context)
    if local is not None:
        if node.at is not None:
            context.diagnostics.add(queue_messages.no_vtime(node.at.span, "local", _at_clause(node)))
        return None if local.type.is_error else t.Insert(node.span, task, None, local, None, slice_)
    queue = queues.check_queue(node.into, context)
    at = _position(node, queue, context)
    return None if queue is None else t.Insert(node.span, task, queue, None, at, slice_)


def _local_target(node: ast.Expr, context: Context) -> t.Expr | None:
    """The CPU of `local(cpu)`; None for anything else."""
    if not (isinstance(node, ast.Call) and isinstance(node.callee, ast.NameRef) and node.callee.text == "local"):
        return None
    if len(node.arguments) != 1 or node.arguments[0].kind:
        context.diagnostics.add(types.wrong_arguments(node.span, "local", "local(cpu)"))
        return t.Lit(node.span, ERROR, 0)
    return expressions.check(node.arguments[0].value, context, Type(Kind.CPU))


def _at_clause(node: ast.Insert) -> Span:
    assert node.at is not None
    return Span(node.into.span.end, node.at.span.end)


def _position(node: ast.Insert, queue: t.QueueRef | None, context: Context) -> t.Expr | None:
    order = queue.queue.order if queue is not None else None
    if node.at is None:
        if queue is not None and order is not None:
            text = "virtual time" if order is Kind.VTIME else "a deadline"
            context.diagnostics.add(queue_messages.needs_vtime(node.into.span, queue.queue.name, text))
        return None
    if queue is not None and order is None:
        context.diagnostics.add(queue_messages.no_vtime(node.at.span, queue.queue.name, _at_clause(node)))
        return None
    return expressions.check(node.at, context, Type(order) if order is not None else None)


def _kick(node: ast.Kick, context: Context) -> t.Stmt | None:
    if not context.allows(Effect.KICK):
        context.diagnostics.add(queue_messages.not_here(node.span, "kick", context.where, "handlers and timers"))
        return None
    target = expressions.check(node.target, context)
    if target.type.is_error:
        return None
    if target.type.kind is not Kind.CPU:
        context.diagnostics.add(types.expected(target.span, Type(Kind.CPU), target.type))
        return None
    return t.Kick(node.span, target, node.mode == "preempt")


# ---- control


def _if(node: ast.If, context: Context) -> t.Stmt:
    with context.scope():
        condition = branches.check_if(node.condition, context)
        then = _statements(node.then, context)
    otherwise: t.Block | None = None
    if isinstance(node.otherwise, ast.If):
        nested = _if(node.otherwise, context)
        end = node.otherwise.span.end
        otherwise = t.Block((nested,), node.otherwise.span, Span(end - 1, end))
    elif node.otherwise is not None:
        otherwise = check_block(node.otherwise, context)
    return t.If(node.span, condition, then, otherwise)


def _match(node: ast.Match, context: Context) -> t.Stmt:
    subject = expressions.check(node.subject, context)
    arms = [(arm.pattern, arm.pattern_span) for arm in node.arms]
    patterns = branches.check_patterns(subject, arms, node.span, context)
    blocks = [check_block(arm.block, context) for arm in node.arms]
    return t.Match(node.span, subject, tuple(zip(patterns, blocks, strict=True)))


def _loop_body(body: ast.Block, context: Context, span: Span) -> t.Block:
    context.loops += 1
    if context.loops > MAX_LOOP_NESTING:
        context.diagnostics.add(bounds.nested_too_deep(span, MAX_LOOP_NESTING))
    block = _statements(body, context)
    context.loops -= 1
    return block


def _for(node: ast.For, context: Context) -> t.Stmt | None:
    kind = COLLECTIONS.get(node.what)
    if kind is None:
        context.diagnostics.add(names.unknown_name(node.what_span, node.what, "collection", COLLECTIONS))
        kind = Kind.ERROR
    if kind is Kind.LAYER and not context.symbols.layers:
        context.diagnostics.add(names.unknown_name(node.what_span, node.what, "layer", []))
    of = _owner(node.of, kind, context)
    nearest = _nearest(node.nearest, kind, context)
    excepted = expressions.check(node.excepted, context, Type(kind)) if node.excepted is not None else None
    with context.scope():
        local = context.bind(node.name.text, Type(kind), node.name.span)
        where = expressions.check_condition(node.where, context) if node.where is not None else None
        body = _loop_body(node.body, context, node.name.span)
    return t.For(node.span, local, kind, of, nearest, excepted, where, body)


def _owner(node: ast.Expr | None, kind: Kind, context: Context) -> t.Expr | None:
    """The core, cache or node whose CPUs are meant."""
    if node is None:
        return None
    owner = expressions.check(node, context)
    if not owner.type.is_error and (
        kind is not Kind.CPU or owner.type.optional or owner.type.kind not in PLACES - {Kind.CPU}
    ):
        context.diagnostics.add(types.expected(owner.span, "core, llc or node, and cpus before `of`", owner.type))
    return owner


def _nearest(node: ast.Expr | None, kind: Kind, context: Context) -> t.Expr | None:
    if node is None:
        return None
    if kind not in (Kind.LLC, Kind.NODE):
        allowed = "loops over llcs and nodes"
        context.diagnostics.add(queue_messages.misplaced(node.span, "nearest", "this loop", allowed))
    return expressions.check(node, context, Type(Kind.CPU))


def _repeat(node: ast.Repeat, context: Context) -> t.Stmt:
    count = expressions.check(node.count, context, Type(Kind.COUNT))
    high = context.ranges.of(count).high
    if high > MAX_REPEAT and not count.type.is_error:
        context.diagnostics.add(bounds.unbounded_repeat(count.span, high, MAX_REPEAT))
    with context.scope():
        return t.Repeat(node.span, count, _loop_body(node.body, context, node.count.span))


def _return(node: ast.Return, context: Context) -> t.Stmt:
    wanted = context.result
    if node.value is None:
        if wanted is not None and not wanted.is_error:
            context.diagnostics.add(types.needs_value(node.span, context.where, wanted))
        return t.Return(node.span, None)
    if wanted is None:
        context.diagnostics.add(types.useless_value(node.value.span))
        return t.Return(node.span, None)
    return t.Return(node.span, expressions.check(node.value, context, wanted))
