"""Typed statements as nodes for the templates: what to render, with its C expressions and inner blocks."""

from __future__ import annotations

from schedc.lower import expressions, names
from schedc.lower.plan import MAX_COUNT
from schedc.lower.scope import Scope
from schedc.record import field, record
from schedc.typed import tree as t
from schedc.typed.walk import walk
from schedc.types.kinds import NUMERIC, UNSIGNED, Kind


@record
class Node:
    """One statement: `kind` names its macro in `templates/statements.j2`, `line` its line in the policy."""

    kind: str
    line: int
    args: dict[str, object] = field(default_factory=dict)


def lower_block(block: t.Block, scope: Scope) -> list[Node]:
    nodes: list[Node] = []
    for statement in block.statements:
        nodes.extend(lower_statement(statement, scope))
    return nodes


def lower_statement(statement: t.Stmt, scope: Scope) -> list[Node]:
    line = scope.line(statement)
    match statement:
        case t.Let():
            value = expressions.lower(statement.value, scope)
            found, wanted = scope.ranges.of(statement.value), statement.local.range
            value = expressions.clamped(value, found, wanted, statement.local.type.kind)
            return [_declare(statement.local, value, line, scope)]
        case t.Assign():
            return _assign(statement, line, scope)
        case t.AddSample():
            return [_add_sample(statement, line, scope)]
        case t.Evaluate():
            return [Node("evaluate", line, {"value": expressions.lower(statement.value, scope)})]
        case t.Insert():
            return [_insert(statement, line, scope)]
        case t.Kick():
            return [_kick(statement, line, scope)]
        case t.If():
            return [_if(statement, line, scope)]
        case t.Match():
            return [_match(statement, line, scope)]
        case t.For():
            return [_for(statement, line, scope)]
        case t.Repeat():
            count = expressions.lower(statement.count, scope)
            name = scope.needs.next_name("round", line)
            changed = _changed(statement.body, scope)
            body = lower_block(statement.body, scope)
            return [Node("repeat", line, {"name": name, "count": count, "changed": changed, "body": body})]
        case t.Return():
            given = expressions.lower(statement.value, scope) if statement.value is not None else scope.vtime
            return [Node("return", line, {"value": _returned(given, statement, scope)})]
        case t.Break():
            return [Node("break", line)]
        case t.Continue():
            return [Node("continue", line)]
        case _:
            raise AssertionError(f"no C for {type(statement).__name__}")


def _returned(value: str | None, statement: t.Return, scope: Scope) -> str | None:
    """A function's value is moved into the range that it declares; a CPU is one where the task may run."""
    if scope.event == "select_cpu" and value is not None:
        return f"usable_cpu(p, {value})"
    if value is None or statement.value is None or scope.result is None:
        return value
    type_, range_ = scope.result
    return expressions.clamped(value, scope.ranges.of(statement.value), range_, type_.kind)


def _declare(local: t.Local, value: str, line: int, scope: Scope) -> Node:
    if local.type.kind is Kind.TASK and scope.plan.task_state:
        scope.states[local] = f"{names.local(local.name)}_state"
    return Node(
        "declare", line, {"type": names.c_type(local.type), "name": scope.name_local(local), "value": value}
    )


# ---- state


def _assign(statement: t.Assign, line: int, scope: Scope) -> list[Node]:
    target = statement.target
    match target:
        case t.LocalRef():
            value = expressions.lower(statement.combined, scope)
            found = scope.ranges.of(statement.combined)
            value = expressions.clamped(value, found, target.local.range, target.type.kind)
            return [Node("set", line, {"place": scope.name_local(target.local), "value": value})]
        case t.CounterRef():
            amount = expressions.lower(statement.value, scope)
            return [Node("count", line, {"counter": names.counter(target.counter), "amount": amount})]
        case t.FieldRef():
            return [_set_vtime(target, expressions.lower(statement.combined, scope), line, scope)]
        case t.GlobalRef() | t.StateRef():
            return [_set_state(statement, target, line, scope)]
        case _:
            raise AssertionError("not assignable")


def _set_vtime(target: t.FieldRef, value: str, line: int, scope: Scope) -> Node:
    task = expressions.lower(target.owner, scope)
    if scope.vtime is not None:
        return Node("set", line, {"place": scope.vtime, "value": value})
    if scope.plan.vtime_in_kernel:
        return Node("set_dsq_vtime", line, {"task": task, "value": value})
    return Node("set", line, {"place": f"{expressions.state_of(target.owner, scope)}->vtime", "value": value})


def _set_state(
    statement: t.Assign, target: t.GlobalRef | t.StateRef, line: int, scope: Scope
) -> Node:
    if isinstance(target, t.GlobalRef):
        place, declared = names.global_(target.target), target.target.range
        snapshot = scope.snapshots.get(target.target)
    else:
        place, declared = expressions.state_place(target, scope), target.field.range
        snapshot = None
    shared = expressions.is_shared(target, scope)
    if shared and statement.operator in ("+", "-") and target.type.kind in UNSIGNED | {Kind.VTIME}:
        amount = expressions.lower(statement.value, scope)
        once = None if expressions.is_steady(statement.value) else names.c_type(statement.value.type)
        return Node("atomic", line, {
            "place": place, "amount": amount, "operator": statement.operator, "snapshot": snapshot,
            "modular": target.type.kind is Kind.VTIME, "once": once,
        })  # fmt: skip
    value = expressions.lower(statement.combined, scope)
    value = expressions.clamped(value, scope.ranges.of(statement.combined), declared, target.type.kind)
    return Node("write" if shared else "set", line, {"place": place, "value": value, "snapshot": snapshot})


def _add_sample(statement: t.AddSample, line: int, scope: Scope) -> Node:
    average = statement.target.field.average
    assert average is not None
    place = expressions.state_place(statement.target, scope)
    value = expressions.lower(statement.value, scope)
    if average.samples is not None:
        return Node("sample", line, {"place": place, "value": value, "samples": average.samples})
    return Node("sample_over", line, {
        "place": place, "value": value, "over": average.over_ns, "now": scope.now,
        "type": names.c_type(statement.target.type),
    })  # fmt: skip


# ---- tasks and CPUs


def _insert(statement: t.Insert, line: int, scope: Scope) -> Node:
    slice_ = expressions.lower(statement.slice, scope)
    flags = "enq_flags" if scope.event == "enqueue" else "0"
    args: dict[str, object] = {"slice": slice_, "flags": flags}
    if statement.local is not None:
        args["cpu"] = expressions.lower(statement.local, scope)
        return Node("insert_returned" if scope.event == "select_cpu" else "insert_local", line, args)
    assert statement.queue is not None
    queue = statement.queue.queue
    args["dsq"] = expressions.queue_id(statement.queue, scope)
    args["once"] = not expressions.is_steady(statement.queue)
    if statement.at is None:
        return Node("insert_fifo", line, args)
    args["at"] = expressions.lower(statement.at, scope)
    args["own_vtime"] = (
        isinstance(statement.at, t.FieldRef) and statement.at.field.name == "vtime"
    )
    assert queue.window is not None
    args["low"], args["high"] = (expressions.lower(each, scope) for each in queue.window)
    args["now"] = scope.now
    return Node("insert_vtime" if queue.order is Kind.VTIME else "insert_time", line, args)


def _kick(statement: t.Kick, line: int, scope: Scope) -> Node:
    claimed = statement.target.type.claimed
    flags = "KICK_PREEMPT" if statement.preempt else "KICK_IDLE" if claimed else "0"
    own = "cpu" if scope.event == "dispatch" else "-1"
    cpu = expressions.lower(statement.target, scope)
    return Node("kick", line, {"cpu": cpu, "flags": flags, "claimed": claimed, "own": own})


# ---- control


def _if(statement: t.If, line: int, scope: Scope) -> Node:
    otherwise = lower_block(statement.otherwise, scope) if statement.otherwise is not None else None
    condition = statement.condition
    if isinstance(condition, t.IfLet):
        value = expressions.lower(condition.value, scope)
        if condition.local.type.kind is Kind.TASK:
            return _if_task(statement, condition, value, otherwise, line, scope)
        name = scope.name_local(condition.local)
        then = lower_block(statement.then, scope)
        return Node("if_some", line, {"name": name, "value": value, "then": then, "otherwise": otherwise})
    text = expressions.lower(condition, scope)
    then = lower_block(statement.then, scope)
    return Node("if", line, {"condition": text, "then": then, "otherwise": otherwise})


def _if_task(
    statement: t.If, condition: t.IfLet, value: str, otherwise: list[Node] | None, line: int, scope: Scope
) -> Node:
    """A task that may be none, with what is kept for it."""
    scope.locals[condition.local] = value
    state = None
    if scope.plan.task_state:
        state = scope.states[condition.local] = f"{value}_state"
    then = lower_block(statement.then, scope)
    return Node("if_task", line, {"task": value, "state": state, "then": then, "otherwise": otherwise})


def _match(statement: t.Match, line: int, scope: Scope) -> Node:
    arms = [
        (pattern and expressions.lower(pattern, scope), lower_block(block, scope)) for pattern, block in statement.arms
    ]
    return Node("match", line, {
        "type": names.c_type(statement.subject.type),
        "subject": expressions.lower(statement.subject, scope),
        "name": scope.needs.next_name("subject", line),
        "arms": arms,
    })  # fmt: skip


def _for(statement: t.For, line: int, scope: Scope) -> Node:
    kind = statement.what
    name = scope.name_local(statement.local)
    args: dict[str, object] = {"name": name, "of": None, "near": None}
    if statement.of is not None:
        word = statement.of.type.kind.value
        scope.needs.topology |= {f"{word}_start", f"nr_{word}s"}
        args["of"], args["owner"] = word, expressions.lower(statement.of, scope)
        args["once"] = not expressions.is_steady(statement.of)
    elif statement.nearest is not None:
        word = kind.value
        scope.needs.topology.add(f"{word}_near")
        near = expressions.lower(statement.nearest, scope)
        args["near"], args["from"] = word, expressions.place_of(Kind.CPU, kind, near, scope)
    args["count"] = expressions.count_of(kind, scope)
    args["online"] = kind is Kind.CPU
    args["excepted"] = expressions.lower(statement.excepted, scope) if statement.excepted is not None else None
    args["where"] = expressions.lower(statement.where, scope) if statement.where is not None else None
    args["limit"] = MAX_COUNT[kind]
    args["changed"] = _changed(statement.body, scope)
    args["body"] = lower_block(statement.body, scope)
    return Node("for", line, args)


def _changed(body: t.Block, scope: Scope) -> list[str]:
    """The numbers from outside of a loop that it changes: the verifier would follow what each round makes of them."""
    found: list[str] = []
    for node in walk(body):
        if not isinstance(node, t.Assign) or node.target.type.kind not in NUMERIC:
            continue
        name = None
        if isinstance(node.target, t.LocalRef):
            name = scope.locals.get(node.target.local)
        elif isinstance(node.target, t.GlobalRef):
            name = scope.snapshots.get(node.target.target)
        if name is not None and name not in found:
            found.append(name)
    return found
