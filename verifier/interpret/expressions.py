"""What expressions mean. Evaluation is left to right; `and`, `or` and choices stop when they know."""

from __future__ import annotations

from typing import Any

from schedc.typed import tree as t
from schedc.types.kinds import NUMERIC, Kind
from schedc.verifier.interpret.frame import Frame, evaluate, meaning
from schedc.verifier.interpret.kernel import Instance
from schedc.verifier.interpret.machine import Task
from schedc.verifier.interpret.numbers import compared, into_range, operation, saturated, truncated
from schedc.verifier.interpret.patterns import matches
from schedc.verifier.interpret.picks import is_kernels_own, kernels_own

WAKEUP = 1
INFINITE = (1 << 64) - 1


@meaning(t.Lit)
def _literal(frame: Frame, node: t.Lit) -> Any:
    return node.value


@meaning(t.NoneValue)
def _none(frame: Frame, node: t.NoneValue) -> None:
    return None


@meaning(t.LayerRef)
def _layer(frame: Frame, node: t.LayerRef) -> int:
    return node.layer.index


@meaning(t.LocalRef)
def _local(frame: Frame, node: t.LocalRef) -> Any:
    return frame.names[node.local]


@meaning(t.ParamRef)
def _param(frame: Frame, node: t.ParamRef) -> int:
    return frame.params[node.param]


@meaning(t.GlobalRef)
def _global(frame: Frame, node: t.GlobalRef) -> Any:
    return frame.globals[node.target]


@meaning(t.BuiltinValue)
def _builtin_value(frame: Frame, node: t.BuiltinValue) -> int:
    known = {"now": frame.now, "infinite": INFINITE, "boot_cpu": 0, "this_cpu": frame.kernel.cpu, "root_cgroup": 0}
    return known[node.name]


@meaning(t.FieldRef)
def _field(frame: Frame, node: t.FieldRef) -> Any:
    owner, name, kind = evaluate(frame, node.owner), node.field.name, node.owner.type.kind
    if isinstance(owner, Task):
        return _task_field(frame, owner, name, node.type.kind)
    if kind is Kind.CGROUP:
        return frame.run.groups.weight(owner) if name == "weight" else frame.run.groups.parent(owner)
    if name == "idle":
        return owner in frame.kernel.idle
    if name == "cpus":
        return len(frame.kernel.topology.members(kind, owner))
    return frame.kernel.topology.place(kind, owner, node.type.kind)


def _task_field(frame: Frame, task: Task, name: str, kind: Kind) -> Any:
    match name:
        case "vtime" | "layer" | "cgroup":
            return frame.run.memory[name, task.pid]
        case "woken":
            return bool(frame.flags & WAKEUP)
        case "core" | "llc" | "node":
            return frame.kernel.topology.place(Kind.CPU, task.cpu, kind)
        case _:
            return getattr(task, name)


@meaning(t.StateRef)
def _state(frame: Frame, node: t.StateRef) -> Any:
    return frame.run.memory[state_key(frame, node)]


def state_key(frame: Frame, node: t.StateRef) -> tuple[Any, ...]:
    owner = evaluate(frame, node.owner)
    layer = None if node.index is None else evaluate(frame, node.index)
    return node.field, layer, owner.pid if isinstance(owner, Task) else owner


@meaning(t.ClockOf)
def _clock(frame: Frame, node: t.ClockOf) -> int:
    return int(frame.run.memory["clock", instance(frame, node.queue)])


def instance(frame: Frame, ref: t.QueueRef) -> Instance:
    return (ref.queue, *(evaluate(frame, index) for index in ref.indices))


# ---- numbers


@meaning(t.Negative)
def _negative(frame: Frame, node: t.Negative) -> int:
    return -int(evaluate(frame, node.operand))


@meaning(t.Convert)
def _convert(frame: Frame, node: t.Convert) -> Any:
    value = evaluate(frame, node.operand)
    return saturated(node.type.kind, value) if node.type.kind in NUMERIC else value


@meaning(t.Binary)
def _binary(frame: Frame, node: t.Binary) -> int:
    left, right = evaluate(frame, node.left), evaluate(frame, node.right)
    return operation(node.operator, node.type.kind, (node.left.type.kind, left), (node.right.type.kind, right))


@meaning(t.Scaled)
def _scaled(frame: Frame, node: t.Scaled) -> int:
    amount, weight = evaluate(frame, node.amount), evaluate(frame, node.weight)
    return saturated(node.type.kind, truncated(amount * 100, weight))


@meaning(t.CallBuiltin)
def _call_builtin(frame: Frame, node: t.CallBuiltin) -> Any:
    first = node.arguments[0]
    if isinstance(first, t.QueueRef):
        length = frame.kernel.length(instance(frame, first))
        return length if node.name == "length" else length == 0
    values = [evaluate(frame, each) for each in node.arguments]
    match node.name:
        case "log2":
            return max(values[0], 1).bit_length() - 1
        case "random":
            return frame.kernel.random() % values[0] if values[0] else 0
        case "clamp":
            return _least(node.type.kind, _most(node.type.kind, values[0], values[1]), values[2])
        case "min":
            return _least(node.type.kind, *values)
        case _:
            return _most(node.type.kind, *values)


def _least(kind: Kind, a: int, b: int) -> int:
    return a if compared("<", kind, a, b) else b


def _most(kind: Kind, a: int, b: int) -> int:
    return b if compared("<", kind, a, b) else a


# ---- conditions and choices


@meaning(t.Compare)
def _compare(frame: Frame, node: t.Compare) -> bool:
    left, right = evaluate(frame, node.left), evaluate(frame, node.right)
    return compared(node.operator, node.left.type.kind, left, right)


@meaning(t.Logic)
def _logic(frame: Frame, node: t.Logic) -> bool:
    if node.operator == "and":
        return bool(evaluate(frame, node.left) and evaluate(frame, node.right))
    return bool(evaluate(frame, node.left) or evaluate(frame, node.right))


@meaning(t.Not)
def _not(frame: Frame, node: t.Not) -> bool:
    return not bool(evaluate(frame, node.operand))


@meaning(t.OrElse)
def _or_else(frame: Frame, node: t.OrElse) -> Any:
    if is_kernels_own(frame, node):
        return kernels_own(frame, node)
    value = evaluate(frame, node.left)
    return evaluate(frame, node.right) if value is None else value


@meaning(t.Matches)
def _matches(frame: Frame, node: t.Matches) -> bool:
    task = evaluate(frame, node.subject.owner)
    return any(matches(pattern, node.subject.type.kind, task) for pattern in node.patterns)


@meaning(t.Contains)
def _contains(frame: Frame, node: t.Contains) -> bool:
    cpu, place = evaluate(frame, node.item), evaluate(frame, node.container)
    return bool(frame.kernel.topology.place(Kind.CPU, cpu, node.container.type.kind) == place)


def holds(frame: Frame, condition: t.Condition) -> bool:
    """True if the branch is taken; `let` gives the value its name."""
    if not isinstance(condition, t.IfLet):
        return bool(evaluate(frame, condition))
    value = evaluate(frame, condition.value)
    frame.names[condition.local] = value
    return value is not None


@meaning(t.IfValue)
def _if_value(frame: Frame, node: t.IfValue) -> Any:
    return evaluate(frame, node.then if holds(frame, node.condition) else node.otherwise)


@meaning(t.MatchValue)
def _match_value(frame: Frame, node: t.MatchValue) -> Any:
    return evaluate(frame, arm_of(frame, node.subject, node.arms))


def arm_of(frame: Frame, subject: t.Expr, arms: Any) -> Any:
    """The first arm whose pattern is the subject; the last takes the rest."""
    value = evaluate(frame, subject)
    return next(arm for pattern, arm in arms if pattern is None or evaluate(frame, pattern) == value)


@meaning(t.CallFunction)
def _call(frame: Frame, node: t.CallFunction) -> Any:
    from schedc.verifier.interpret.statements import run_block

    function = node.function
    given = {formal: evaluate(frame, each) for formal, each in zip(function.formals, node.arguments, strict=True)}
    value = run_block(frame.calling(given), function.body).value
    return ranged(function.result.kind, value, function.result_range)


def ranged(kind: Kind, value: Any, range_: Any) -> Any:
    """A number moved into the range that its name declares."""
    return into_range(kind, value, range_) if kind in NUMERIC else value
