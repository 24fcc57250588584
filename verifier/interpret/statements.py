"""What statements do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schedc.typed import tree as t
from schedc.types.kinds import UNSIGNED, Kind
from schedc.verifier.interpret.dry import is_left_out
from schedc.verifier.interpret.expressions import arm_of, holds, ranged, state_key
from schedc.verifier.interpret.frame import Frame, evaluate, meaning
from schedc.verifier.interpret.inserts import insert
from schedc.verifier.interpret.numbers import operation


@dataclass(frozen=True)
class End:
    """How a block ended before its last statement: return (with a value), break or continue."""

    how: str
    value: Any = None


_WHOLE = End("")


def run_block(frame: Frame, block: t.Block) -> End:
    for statement in block.statements:
        if frame.dry and is_left_out(statement):
            continue
        frame.run.at(statement)
        end = evaluate(frame, statement)
        if end is not None and end is not _WHOLE:
            assert isinstance(end, End)
            return end
    return _WHOLE


@meaning(t.Let)
def _let(frame: Frame, node: t.Let) -> None:
    frame.names[node.local] = ranged(node.local.type.kind, evaluate(frame, node.value), node.local.range)


@meaning(t.Evaluate)
def _evaluate(frame: Frame, node: t.Evaluate) -> None:
    evaluate(frame, node.value)


@meaning(t.Insert)
def _insert(frame: Frame, node: t.Insert) -> None:
    insert(frame, node)


@meaning(t.Kick)
def _kick(frame: Frame, node: t.Kick) -> None:
    """A claimed CPU is woken only if it is still idle."""
    cpu = evaluate(frame, node.target)
    if cpu is not None and not node.target.type.claimed:
        cpu = frame.run.told(cpu, frame.own_cpu if frame.event == "dispatch" else None)
    if cpu is not None:
        frame.kernel.kick(cpu, "preempt" if node.preempt else "idle" if node.target.type.claimed else "")


# ---- state


@meaning(t.Assign)
def _assign(frame: Frame, node: t.Assign) -> None:
    target = node.target
    match target:
        case t.LocalRef():
            frame.names[target.local] = ranged(target.type.kind, evaluate(frame, node.combined), target.local.range)
        case t.CounterRef():
            key = target.counter, frame.kernel.cpu
            frame.run.memory[key] = frame.run.memory[key] + evaluate(frame, node.value)
        case t.FieldRef():
            task = evaluate(frame, target.owner)
            frame.run.memory["vtime", task.pid] = evaluate(frame, node.combined)
        case t.GlobalRef():
            _assign_kept(frame, node, target, (target.target, 0), target.target)
        case t.StateRef():
            _assign_kept(frame, node, target, state_key(frame, target), target.field)


def _assign_kept(frame: Frame, node: t.Assign, target: Any, key: Any, kept: t.Global | t.StateField) -> None:
    """`+=` and `-=` of what others may change are one step on the word; all else writes a value."""
    kind = target.type.kind
    if node.operator in ("+", "-") and kind in UNSIGNED | {Kind.VTIME} and frame.is_shared(target):
        amount = evaluate(frame, node.value)
        frame.run.memory.add(key, amount if node.operator == "+" else -amount)
        if isinstance(kept, t.Global):
            given = (kind, frame.globals[kept]), (node.value.type.kind, amount)
            frame.globals[kept] = operation(node.operator, kind, *given)
        return
    value = ranged(kind, evaluate(frame, node.combined), kept.range)
    frame.run.memory[key] = value
    if isinstance(kept, t.Global):
        frame.globals[kept] = value


@meaning(t.AddSample)
def _add_sample(frame: Frame, node: t.AddSample) -> None:
    """A step towards the sample: of 1/N, or of the part of the time that has gone by."""
    average = node.target.field.average
    assert average is not None
    key = state_key(frame, node.target)
    memory, old = frame.run.memory, frame.run.memory[key]
    sample = evaluate(frame, node.value)
    part, whole = 1, average.samples
    if whole is None:
        assert average.over_ns is not None
        whole = average.over_ns
        part = min(max(0, frame.now - memory[("sampled", *key)]), whole)
        memory[("sampled", *key)] = frame.now
    step = abs(sample - old) * part // whole
    memory[key] = old + step if sample >= old else old - step


# ---- control


@meaning(t.If)
def _if(frame: Frame, node: t.If) -> End:
    if holds(frame, node.condition):
        return run_block(frame, node.then)
    return _WHOLE if node.otherwise is None else run_block(frame, node.otherwise)


@meaning(t.Match)
def _match(frame: Frame, node: t.Match) -> End:
    return run_block(frame, arm_of(frame, node.subject, node.arms))


@meaning(t.For)
def _for(frame: Frame, node: t.For) -> End:
    for item in _items(frame, node):
        if node.what is Kind.CPU and item in frame.run.offline:
            continue
        if node.excepted is not None and item == evaluate(frame, node.excepted):
            continue
        frame.names[node.local] = item
        if node.where is not None and not evaluate(frame, node.where):
            continue
        end = run_block(frame, node.body)
        if end.how in ("return", "break"):
            return end if end.how == "return" else _WHOLE
    return _WHOLE


def _items(frame: Frame, node: t.For) -> Iterator[int] | list[int] | range:
    if node.of is not None:
        return frame.kernel.topology.members(node.of.type.kind, evaluate(frame, node.of))
    if node.nearest is not None:
        return frame.kernel.topology.nearest(node.what, evaluate(frame, node.nearest))
    return range(frame.run.count(node.what))


@meaning(t.Repeat)
def _repeat(frame: Frame, node: t.Repeat) -> End:
    for _ in range(evaluate(frame, node.count)):
        end = run_block(frame, node.body)
        if end.how in ("return", "break"):
            return end if end.how == "return" else _WHOLE
    return _WHOLE


@meaning(t.Return)
def _return(frame: Frame, node: t.Return) -> End:
    value: Any = None if node.value is None else evaluate(frame, node.value)
    return End("return", frame.run.usable(frame, value) if frame.event == "select_cpu" else value)


@meaning(t.Break)
def _break(frame: Frame, node: t.Break) -> End:
    return End("break")


@meaning(t.Continue)
def _continue(frame: Frame, node: t.Continue) -> End:
    return End("continue")
