"""The typed policy. It can only be made by the checker (`schedc.check`), from a tree without errors.

Nodes compare by identity: analyses attach what they find in dictionaries keyed by node.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from schedc.source import Source, Span
from schedc.types.events import Event
from schedc.types.fields import BuiltinField
from schedc.types.kinds import Interval, Kind, Type

# ---- declarations


@dataclass(frozen=True, eq=False)
class Param:
    """Fixed at load, or `live`: may change while the policy runs. `range` is what is certified."""

    name: str
    type: Type
    live: bool
    default: int
    range: Interval
    span: Span


@dataclass(frozen=True, eq=False)
class Layer:
    """`condition` is None for `otherwise`; `index` is its place in the order of the text."""

    name: str
    index: int
    condition: Expr | None
    span: Span


@dataclass(frozen=True, eq=False)
class Queue:
    """`order` is FIFO (None), VTIME or TIME; `dimensions` are the entities that index it."""

    name: str
    index: int
    order: Kind | None
    window: tuple[Expr, Expr] | None
    dimensions: tuple[Kind, ...]
    span: Span
    name_span: Span


@dataclass(frozen=True, eq=False)
class Average:
    """A decaying average: over a number of samples, or over a time (ns)."""

    samples: int | None
    over_ns: int | None


@dataclass(frozen=True, eq=False)
class StateField:
    """A declared field of an entity; `per_layer`: one value for each layer."""

    owner: Kind
    name: str
    type: Type
    range: Interval
    initial: int
    average: Average | None
    per_layer: bool
    span: Span


@dataclass(frozen=True, eq=False)
class Global:
    name: str
    type: Type
    range: Interval
    initial: int
    span: Span


@dataclass(frozen=True, eq=False)
class Counter:
    name: str
    index: int
    text: str
    span: Span


@dataclass(frozen=True, eq=False)
class Promise:
    """`kind` is max_wait or work_conserving; times in ns; `runnable_per_cpu` is the assumption."""

    kind: str
    limit: int
    layer: Layer | None
    runnable_per_cpu: int | None
    span: Span


@dataclass(frozen=True, eq=False)
class Local:
    """A name inside a handler or a function."""

    name: str
    type: Type
    mutable: bool
    range: Interval
    span: Span


@dataclass(frozen=True, eq=False)
class Function:
    name: str
    formals: tuple[Local, ...]
    result: Type
    result_range: Interval
    body: Block
    span: Span


# ---- expressions


@dataclass(frozen=True, eq=False)
class Expr:
    span: Span
    type: Type


@dataclass(frozen=True, eq=False)
class Lit(Expr):
    """A number in the representation of its kind, or a bool."""

    value: int


@dataclass(frozen=True, eq=False)
class NoneValue(Expr):
    pass


@dataclass(frozen=True, eq=False)
class LayerRef(Expr):
    layer: Layer


@dataclass(frozen=True, eq=False)
class LocalRef(Expr):
    local: Local


@dataclass(frozen=True, eq=False)
class ParamRef(Expr):
    param: Param


@dataclass(frozen=True, eq=False)
class GlobalRef(Expr):
    target: Global


@dataclass(frozen=True, eq=False)
class CounterRef(Expr):
    counter: Counter


@dataclass(frozen=True, eq=False)
class BuiltinValue(Expr):
    """`now`, `infinite`, `boot_cpu`."""

    name: str


@dataclass(frozen=True, eq=False)
class FieldRef(Expr):
    """A field the kernel or the machine keeps."""

    owner: Expr
    field: BuiltinField


@dataclass(frozen=True, eq=False)
class StateRef(Expr):
    """A field the policy keeps; `index` for one per layer."""

    owner: Expr
    field: StateField
    index: Expr | None = None


@dataclass(frozen=True, eq=False)
class Star:
    """`*` as a queue's index."""

    span: Span


@dataclass(frozen=True, eq=False)
class QueueRef(Expr):
    queue: Queue
    indices: tuple[Expr | Star, ...]


@dataclass(frozen=True, eq=False)
class ClockOf(Expr):
    """The clock of a virtual-time queue."""

    queue: QueueRef


@dataclass(frozen=True, eq=False)
class Negative(Expr):
    operand: Expr


@dataclass(frozen=True, eq=False)
class Convert(Expr):
    """A duration as a difference, a value as an optional one."""

    operand: Expr


@dataclass(frozen=True, eq=False)
class Binary(Expr):
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, eq=False)
class Scaled(Expr):
    """amount * 100 / weight."""

    amount: Expr
    weight: Expr


@dataclass(frozen=True, eq=False)
class Compare(Expr):
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, eq=False)
class Logic(Expr):
    """Short-circuit `and` or `or` on bools."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, eq=False)
class OrElse(Expr):
    """The left optional value if there is one, else the right."""

    left: Expr
    right: Expr


@dataclass(frozen=True, eq=False)
class Not(Expr):
    operand: Expr


@dataclass(frozen=True, eq=False)
class Matches(Expr):
    """A command name or a control group against patterns."""

    subject: FieldRef
    patterns: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Contains(Expr):
    """A CPU inside a core, cache or node."""

    item: Expr
    container: Expr


@dataclass(frozen=True, eq=False)
class IfValue(Expr):
    condition: Condition
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, eq=False)
class MatchValue(Expr):
    """Arms are tried in order; the last one, with `patterns` None, takes the rest."""

    subject: Expr
    arms: tuple[tuple[Expr | None, Expr], ...]


@dataclass(frozen=True, eq=False)
class CallFunction(Expr):
    function: Function
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, eq=False)
class CallBuiltin(Expr):
    """`min`, `max`, `clamp`, `log2`, `random`, `length`, `empty`."""

    name: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, eq=False)
class Pick(Expr):
    """A CPU that may run `task`: an idle one, claimed (`idle`), or any.

    `candidate` is the name under which `where` and `order` see each CPU.
    """

    idle: bool
    task: Expr
    near: Expr | None
    inside: Expr | None
    whole_core: bool
    candidate: Local | None
    where: Expr | None
    order: Expr | None
    most: bool = False


@dataclass(frozen=True, eq=False)
class PullSource:
    queue: QueueRef
    aging: Expr | None
    span: Span


@dataclass(frozen=True, eq=False)
class PullChain(Expr):
    """Tries sources in order; `keep` is the slice for prev, which takes part where it would wait."""

    sources: tuple[PullSource, ...]
    keep: Expr | None


@dataclass(frozen=True, eq=False)
class PullInto(Expr):
    """Moves the first task of `source` that may run where `into` leads."""

    source: QueueRef
    into: QueueRef


@dataclass(frozen=True, eq=False)
class IfLet:
    """Binds `local` to the value of an optional if there is one."""

    local: Local
    value: Expr
    span: Span


Condition: TypeAlias = Expr | IfLet


# ---- statements


@dataclass(frozen=True, eq=False)
class Stmt:
    span: Span


@dataclass(frozen=True, eq=False)
class Block:
    statements: tuple[Stmt, ...]
    span: Span
    close: Span


@dataclass(frozen=True, eq=False)
class Let(Stmt):
    local: Local
    value: Expr


@dataclass(frozen=True, eq=False)
class Assign(Stmt):
    """`operator` is '' for plain assignment, else `+`, `-` or `*`; `combined` is the new value."""

    target: Expr
    operator: str
    value: Expr
    combined: Expr


@dataclass(frozen=True, eq=False)
class AddSample(Stmt):
    target: StateRef
    value: Expr


@dataclass(frozen=True, eq=False)
class Evaluate(Stmt):
    """A pull or a call for its effect."""

    value: Expr


@dataclass(frozen=True, eq=False)
class Insert(Stmt):
    """Into a queue, or (`local`) straight to a CPU."""

    task: Expr
    queue: QueueRef | None
    local: Expr | None
    at: Expr | None
    slice: Expr


@dataclass(frozen=True, eq=False)
class Kick(Stmt):
    target: Expr
    preempt: bool


@dataclass(frozen=True, eq=False)
class If(Stmt):
    condition: Condition
    then: Block
    otherwise: Block | None


@dataclass(frozen=True, eq=False)
class Match(Stmt):
    subject: Expr
    arms: tuple[tuple[Expr | None, Block], ...]


@dataclass(frozen=True, eq=False)
class For(Stmt):
    """Over `what` (cpus, cores, llcs, nodes or layers), or those of an owner."""

    local: Local
    what: Kind
    of: Expr | None
    nearest: Expr | None
    excepted: Expr | None
    where: Expr | None
    body: Block


@dataclass(frozen=True, eq=False)
class Repeat(Stmt):
    count: Expr
    body: Block


@dataclass(frozen=True, eq=False)
class Return(Stmt):
    value: Expr | None


@dataclass(frozen=True, eq=False)
class Break(Stmt):
    pass


@dataclass(frozen=True, eq=False)
class Continue(Stmt):
    pass


# ---- the whole


@dataclass(frozen=True, eq=False)
class Handler:
    """`default`: written by the language, not by the policy (its spans are then those of the queue)."""

    event: Event
    formals: tuple[Local, ...]
    body: Block
    span: Span
    name_span: Span
    default: bool = False


@dataclass(frozen=True, eq=False)
class Timer:
    index: int
    period: Expr
    body: Block
    span: Span


@dataclass(frozen=True, eq=False)
class Policy:
    source: Source
    name: str
    title: str
    span: Span
    version_span: Span
    params: tuple[Param, ...]
    layers: tuple[Layer, ...]
    queues: tuple[Queue, ...]
    state: tuple[StateField, ...]
    globals: tuple[Global, ...]
    counters: tuple[Counter, ...]
    promises: tuple[Promise, ...]
    functions: tuple[Function, ...]
    handlers: dict[str, Handler] = field(default_factory=dict)
    timers: tuple[Timer, ...] = ()

    def state_of(self, owner: Kind) -> tuple[StateField, ...]:
        return tuple(each for each in self.state if each.owner is owner)
