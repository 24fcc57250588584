"""Where the compiled policy keeps what: each place by the name that the interpreter has for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from schedc.lower import names
from schedc.lower.plan import Plan, make_plan
from schedc.typed import tree as t
from schedc.types.kinds import Kind

# An interpreter's place without its owner: a global, a counter, a live param, a field of a kind of entity (with a
# layer's index where there is one for each), a queue's clock, a task's own virtual time or layer.
Place: TypeAlias = tuple[object, ...]
CLOCK: Place = ("clock",)
_SIZES = {"u64": 8, "s64": 8, "s32": 4, "bool": 1}


@dataclass(frozen=True)
class Row:
    """`owned`: by which index the place is kept; C words for where it is, how large and how far apart."""

    place: Place
    base: str
    size: int
    stride: str
    count: str
    input: bool = False


@dataclass(frozen=True)
class TaskRow:
    place: Place
    structure: str
    member: str
    size: int


@dataclass(frozen=True)
class MemoryMap:
    rows: tuple[Row, ...]
    task_rows: tuple[TaskRow, ...]
    plan: Plan

    @classmethod
    def of(cls, policy: t.Policy) -> MemoryMap:
        plan = make_plan(policy)
        rows = [*_words(policy), *_counters(policy), *_fields(policy), *_clocks(plan)]
        return cls(tuple(rows), tuple(_task_rows(policy, plan)), plan)


def _words(policy: t.Policy) -> Iterator[Row]:
    for param in policy.params:
        if param.live:
            yield Row((param,), f"&{names.param(param)}", _size(param.type), "0", "1", input=True)
    for each in policy.globals:
        yield Row((each,), f"&{names.global_(each)}", _size(each.type), "0", "1")


def _counters(policy: t.Policy) -> Iterator[Row]:
    for counter in policy.counters:
        yield Row((counter,), f"&counters[0][{names.counter(counter)}]", 8, "sizeof(counters[0])", "64")


def _fields(policy: t.Policy) -> Iterator[Row]:
    for field in policy.state:
        if field.owner is Kind.TASK:
            continue
        array = "cpu_slots" if field.owner is Kind.CPU else f"{field.owner.value}_states"
        for place, member in _members(field, policy):
            count = "64" if field.owner in (Kind.CPU, Kind.CORE) else f"sizeof({array}) / sizeof({array}[0])"
            yield Row(place, f"&{array}[0].{member}", _size(field.type), f"sizeof({array}[0])", count)


def _members(field: t.StateField, policy: t.Policy) -> Iterator[tuple[Place, str]]:
    if not field.per_layer:
        yield (field, None), names.field(field)
        return
    for layer in policy.layers:
        yield (field, layer.index), f"{names.field(field)}[{layer.index}]"


def _clocks(plan: Plan) -> Iterator[Row]:
    if plan.clock_slots == 1:
        yield Row(CLOCK, "&vtime_clock", 8, "0", "1")
    elif plan.clock_slots:
        yield Row(CLOCK, "&vtime_clocks[0]", 8, "8", str(plan.clock_slots))


def _task_rows(policy: t.Policy, plan: Plan) -> Iterator[TaskRow]:
    for field in policy.state_of(Kind.TASK):
        for place, member in _members(field, policy):
            yield TaskRow(place, "struct task_state", member, _size(field.type))
    if plan.vtime_used:
        structure, member = ("struct task_struct", "scx.dsq_vtime") if plan.vtime_in_kernel else (
            "struct task_state", "vtime",
        )  # fmt: skip
        yield TaskRow(("vtime",), structure, member, 8)
    if plan.groups:
        yield TaskRow(("cgroup",), "struct task_state", "cgroup", 4)
    if policy.layers:
        yield TaskRow(("layer",), "struct task_state", "layer", 4)


def _size(type_: object) -> int:
    return _SIZES[names.c_type(type_)]  # type: ignore[arg-type]
