"""The typed policy. It can only be made by the checker (`schedc.check`), from a tree without errors.

Nodes compare by identity: analyses attach what they find in dictionaries keyed by node.
"""

from __future__ import annotations

from typing import TypeAlias

from schedc.source import Source, Span
from schedc.syntax.node import field, node
from schedc.types.events import Event
from schedc.types.fields import BuiltinField
from schedc.types.kinds import Interval, Kind, Type

# ---- declarations


@node
class Param:
    """Fixed at load, or `live`: may change while the policy runs. `range` is what is certified."""

    name: str
    type: Type
    live: bool
    default: int
    range: Interval
    span: Span


@node
class Layer:
    """`condition` is None for `otherwise`; `index` is its place in the order of the text."""

    name: str
    index: int
    condition: Expr | None
    span: Span


@node
class Queue:
    """`order` is FIFO (None), VTIME or TIME; `dimensions` are the entities that index it. `holds` tasks back until
    their time has come."""

    name: str
    index: int
    order: Kind | None
    window: tuple[Expr, Expr] | None
    dimensions: tuple[Kind, ...]
    span: Span
    name_span: Span
    holds: bool = False


@node
class Average:
    """A decaying average: over a number of samples, or over a time (ns)."""

    samples: int | None
    over_ns: int | None


@node
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


@node
class Global:
    name: str
    type: Type
    range: Interval
    initial: int
    span: Span


@node
class Counter:
    name: str
    index: int
    text: str
    span: Span


@node
class Promise:
    """`kind` is max_wait or work_conserving; times in ns; `runnable_per_cpu` is the assumption."""

    kind: str
    limit: int
    layer: Layer | None
    runnable_per_cpu: int | None
    span: Span


@node
class Local:
    """A name inside a handler or a function."""

    name: str
    type: Type
    mutable: bool
    range: Interval
    span: Span


@node
class Function:
    name: str
    formals: tuple[Local, ...]
    result: Type
    result_range: Interval
    body: Block
    span: Span


# ---- expressions


@node
class Expr:
    span: Span
    type: Type


@node
class Lit(Expr):
    """A number in the representation of its kind, or a bool."""

    value: int


@node
class NoneValue(Expr):
    pass


@node
class LayerRef(Expr):
    layer: Layer


@node
class LocalRef(Expr):
    local: Local


@node
class ParamRef(Expr):
    param: Param


@node
class GlobalRef(Expr):
    target: Global


@node
class CounterRef(Expr):
    counter: Counter


@node
class BuiltinValue(Expr):
    """`now`, `infinite`, `boot_cpu`, `this_cpu`, `root_cgroup`."""

    name: str


@node
class FieldRef(Expr):
    """A field the kernel or the machine keeps."""

    owner: Expr
    field: BuiltinField


@node
class StateRef(Expr):
    """A field the policy keeps; `index` for one per layer."""

    owner: Expr
    field: StateField
    index: Expr | None = None


@node
class Star:
    """`*` as a queue's index."""

    span: Span


@node
class QueueRef(Expr):
    queue: Queue
    indices: tuple[Expr | Star, ...]


@node
class ClockOf(Expr):
    """The clock of a virtual-time queue."""

    queue: QueueRef


@node
class Negative(Expr):
    operand: Expr


@node
class Convert(Expr):
    """A duration as a difference, a value as an optional one."""

    operand: Expr


@node
class Binary(Expr):
    operator: str
    left: Expr
    right: Expr


@node
class Scaled(Expr):
    """amount * 100 / weight."""

    amount: Expr
    weight: Expr


@node
class Compare(Expr):
    operator: str
    left: Expr
    right: Expr


@node
class Logic(Expr):
    """Short-circuit `and` or `or` on bools."""

    operator: str
    left: Expr
    right: Expr


@node
class OrElse(Expr):
    """The left optional value if there is one, else the right."""

    left: Expr
    right: Expr


@node
class Not(Expr):
    operand: Expr


@node
class Matches(Expr):
    """A command name or a control group against patterns."""

    subject: FieldRef
    patterns: tuple[str, ...]


@node
class Contains(Expr):
    """A CPU inside a core, cache or node."""

    item: Expr
    container: Expr


@node
class IfValue(Expr):
    condition: Condition
    then: Expr
    otherwise: Expr


@node
class MatchValue(Expr):
    """Arms are tried in order; the last one, with `patterns` None, takes the rest."""

    subject: Expr
    arms: tuple[tuple[Expr | None, Expr], ...]


@node
class CallFunction(Expr):
    function: Function
    arguments: tuple[Expr, ...]


@node
class CallBuiltin(Expr):
    """`min`, `max`, `clamp`, `log2`, `random`, `length`, `empty`."""

    name: str
    arguments: tuple[Expr, ...]


@node
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


@node
class Search(Expr):
    """An entity other than a CPU: the first for which `where` holds, or the one of which `order` is least or most."""

    candidate: Local
    where: Expr | None
    order: Expr | None
    most: bool


@node
class PullSource:
    queue: QueueRef
    aging: Expr | None
    span: Span


@node
class PullChain(Expr):
    """Tries sources in order; `keep` is the slice for prev, which takes part where it would wait."""

    sources: tuple[PullSource, ...]
    keep: Expr | None


@node
class PullInto(Expr):
    """Moves the first task of `source` that may run where `into` leads."""

    source: QueueRef
    into: QueueRef


@node
class IfLet:
    """Binds `local` to the value of an optional if there is one."""

    local: Local
    value: Expr
    span: Span


Condition: TypeAlias = Expr | IfLet


# ---- statements


@node
class Stmt:
    span: Span


@node
class Block:
    statements: tuple[Stmt, ...]
    span: Span
    close: Span


@node
class Let(Stmt):
    local: Local
    value: Expr


@node
class Assign(Stmt):
    """`operator` is '' for plain assignment, else `+`, `-` or `*`; `combined` is the new value."""

    target: Expr
    operator: str
    value: Expr
    combined: Expr


@node
class AddSample(Stmt):
    target: StateRef
    value: Expr


@node
class Evaluate(Stmt):
    """A pull or a call for its effect."""

    value: Expr


@node
class Insert(Stmt):
    """Into a queue, or (`local`) straight to a CPU."""

    task: Expr
    queue: QueueRef | None
    local: Expr | None
    at: Expr | None
    slice: Expr


@node
class Kick(Stmt):
    target: Expr
    preempt: bool


@node
class If(Stmt):
    condition: Condition
    then: Block
    otherwise: Block | None


@node
class Match(Stmt):
    subject: Expr
    arms: tuple[tuple[Expr | None, Block], ...]


@node
class For(Stmt):
    """Over `what` (cpus, cores, llcs, nodes, layers or cgroups), or those of an owner."""

    local: Local
    what: Kind
    of: Expr | None
    nearest: Expr | None
    excepted: Expr | None
    where: Expr | None
    body: Block


@node
class Repeat(Stmt):
    count: Expr
    body: Block


@node
class Return(Stmt):
    value: Expr | None


@node
class Break(Stmt):
    pass


@node
class Continue(Stmt):
    pass


# ---- the whole


@node
class Handler:
    """`default`: written by the language, not by the policy (its spans are then those of the queue)."""

    event: Event
    formals: tuple[Local, ...]
    body: Block
    span: Span
    name_span: Span
    default: bool = False


@node
class Timer:
    index: int
    period: Expr
    body: Block
    span: Span


@node
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
