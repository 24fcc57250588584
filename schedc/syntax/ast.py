"""The syntax tree: what was written, with its place; no names resolved, no types.

Every node carries the `span` of its text. `name_span` is the span of the name that a declaration declares.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from schedc.source import Span


@dataclass(frozen=True)
class Node:
    span: Span


@dataclass(frozen=True)
class Name(Node):
    """A name in a binding position."""

    text: str


# ---- types


@dataclass(frozen=True)
class TypeExpr(Node):
    """`duration`, `cpu?`, `count in 0..3`, `count per layer`, `average of duration over 8 samples`."""

    name: str
    optional: bool = False
    low: Expr | None = None
    high: Expr | None = None
    per_layer: bool = False
    over: Expr | None = None
    samples: bool = False

    @property
    def average(self) -> bool:
        return self.over is not None


# ---- expressions


@dataclass(frozen=True)
class NumberLit(Node):
    """A number as written, unit and all: `5ms`, `75%`, `1_000`."""

    text: str


@dataclass(frozen=True)
class BoolLit(Node):
    value: bool


@dataclass(frozen=True)
class NoneLit(Node):
    pass


@dataclass(frozen=True)
class NameRef(Node):
    text: str


@dataclass(frozen=True)
class Member(Node):
    base: Expr
    name: str
    name_span: Span


@dataclass(frozen=True)
class Star(Node):
    """`*` as an index: each in turn."""


@dataclass(frozen=True)
class Index(Node):
    base: Expr
    indices: tuple[Expr | Star, ...]


@dataclass(frozen=True)
class Argument(Node):
    """One argument of a call; `kind` is empty for a plain one, else `near`, `in`, `where`, `least`, `most`
    or `whole` (then `value` is a NameRef)."""

    kind: str
    value: Expr


@dataclass(frozen=True)
class Call(Node):
    callee: Expr
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Negative(Node):
    operand: Expr


@dataclass(frozen=True)
class Binary(Node):
    """`+ - * / %`; `operator_span` is the place of the operator."""

    operator: str
    operator_span: Span
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Scaled(Node):
    """`amount scaled by weight`: amount times 100 over weight."""

    amount: Expr
    weight: Expr


@dataclass(frozen=True)
class Compare(Node):
    operator: str
    operator_span: Span
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Logic(Node):
    """`and` or `or`. `or` also joins optional values and the sources of a pull."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Not(Node):
    operand: Expr


@dataclass(frozen=True)
class Matches(Node):
    """`task.comm in "cc1*"` or in a list of patterns."""

    subject: Expr
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class Pattern(Node):
    """A string literal, without its quotes."""

    text: str


@dataclass(frozen=True)
class Contains(Node):
    """`cpu in task.llc`."""

    item: Expr
    container: Expr


@dataclass(frozen=True)
class IfValue(Node):
    condition: Condition
    then: Expr
    otherwise: Expr


@dataclass(frozen=True)
class MatchArm(Node):
    pattern: str
    pattern_span: Span
    value: Expr


@dataclass(frozen=True)
class MatchValue(Node):
    subject: Expr
    arms: tuple[MatchArm, ...]


@dataclass(frozen=True)
class Pull(Node):
    """`pull ready[x] aging 200ms`, `pull ready into given[cpu]`."""

    source: Expr
    aging: Expr | None = None
    into: Expr | None = None


@dataclass(frozen=True)
class Aged(Node):
    """`ready[x] aging 200ms` as a further source of a pull."""

    source: Expr
    aging: Expr


@dataclass(frozen=True)
class Keep(Node):
    """`keep prev for slice`."""

    task: Name
    slice: Expr


@dataclass(frozen=True)
class IfLet(Node):
    """`let x = optional` as a condition."""

    name: Name
    value: Expr


Expr: TypeAlias = (
    NumberLit
    | BoolLit
    | NoneLit
    | NameRef
    | Member
    | Index
    | Call
    | Negative
    | Binary
    | Scaled
    | Compare
    | Logic
    | Not
    | Matches
    | Contains
    | IfValue
    | MatchValue
    | Pull
    | Aged
    | Keep
)
Condition: TypeAlias = Expr | IfLet


# ---- statements


@dataclass(frozen=True)
class Block(Node):
    """Statements between braces; `close` is the span of the closing brace."""

    statements: tuple[Stmt, ...]
    close: Span


@dataclass(frozen=True)
class Let(Node):
    name: Name
    value: Expr


@dataclass(frozen=True)
class Var(Node):
    name: Name
    type: TypeExpr
    value: Expr


@dataclass(frozen=True)
class Assign(Node):
    """`target = value`, `target += value` and so on; `operator` is the token."""

    target: Expr
    operator: str
    value: Expr


@dataclass(frozen=True)
class ExprStmt(Node):
    """A pull, a keep or a call for its effect."""

    value: Expr


@dataclass(frozen=True)
class Insert(Node):
    task: Expr
    into: Expr
    at: Expr | None
    slice: Expr


@dataclass(frozen=True)
class Kick(Node):
    target: Expr
    mode: str


@dataclass(frozen=True)
class If(Node):
    condition: Condition
    then: Block
    otherwise: Block | If | None


@dataclass(frozen=True)
class MatchBlock(Node):
    pattern: str
    pattern_span: Span
    block: Block


@dataclass(frozen=True)
class Match(Node):
    subject: Expr
    arms: tuple[MatchBlock, ...]


@dataclass(frozen=True)
class For(Node):
    """`for name in what [of owner] [nearest place] [except one] [where condition]`."""

    name: Name
    what: str
    what_span: Span
    of: Expr | None
    nearest: Expr | None
    excepted: Expr | None
    where: Expr | None
    body: Block


@dataclass(frozen=True)
class Repeat(Node):
    count: Expr
    body: Block


@dataclass(frozen=True)
class Return(Node):
    value: Expr | None


@dataclass(frozen=True)
class Break(Node):
    pass


@dataclass(frozen=True)
class Continue(Node):
    pass


Stmt: TypeAlias = (
    Let | Var | Assign | ExprStmt | Insert | Kick | If | Match | For | Repeat | Return | Break | Continue
)


# ---- declarations


@dataclass(frozen=True)
class Param(Node):
    name: str
    name_span: Span
    live: bool
    type: TypeExpr
    default: Expr
    low: Expr | None
    high: Expr | None


@dataclass(frozen=True)
class Const(Node):
    name: str
    name_span: Span
    type: TypeExpr
    value: Expr


@dataclass(frozen=True)
class Layer(Node):
    """`condition` is None for `otherwise`."""

    name: str
    name_span: Span
    condition: Expr | None


@dataclass(frozen=True)
class Dimension(Node):
    name: str


@dataclass(frozen=True)
class Window(Node):
    low: Expr
    high: Expr


@dataclass(frozen=True)
class Queue(Node):
    name: str
    name_span: Span
    order: str
    order_span: Span
    window: Window | None
    dimensions: tuple[Dimension, ...]


@dataclass(frozen=True)
class StateField(Node):
    name: str
    name_span: Span
    type: TypeExpr
    initial: Expr | None


@dataclass(frozen=True)
class State(Node):
    entity: str
    entity_span: Span
    fields: tuple[StateField, ...]


@dataclass(frozen=True)
class Counter(Node):
    name: str
    name_span: Span
    text: str


@dataclass(frozen=True)
class Global(Node):
    name: str
    name_span: Span
    type: TypeExpr
    initial: Expr | None


@dataclass(frozen=True)
class Assumption(Node):
    """`while runnable <= 20 per cpu`."""

    subject: str
    limit: NumberLit
    per: str


@dataclass(frozen=True)
class Promise(Node):
    kind: str
    kind_span: Span
    limit: NumberLit | None
    within: NumberLit | None
    layer: NameRef | None
    assumption: Assumption | None


@dataclass(frozen=True)
class Formal(Node):
    name: str
    name_span: Span
    type: TypeExpr | None


@dataclass(frozen=True)
class Function(Node):
    name: str
    name_span: Span
    formals: tuple[Formal, ...]
    result: TypeExpr | None
    body: Block


@dataclass(frozen=True)
class Handler(Node):
    event: str
    event_span: Span
    formals: tuple[Name, ...]
    body: Block


@dataclass(frozen=True)
class Timer(Node):
    period: Expr
    body: Block


Item: TypeAlias = (
    Param | Const | Layer | Queue | State | Counter | Global | Promise | Function | Handler | Timer
)


@dataclass(frozen=True)
class Policy(Node):
    """A whole file. `items` are in the order of the text."""

    version: str
    version_span: Span
    name: str
    name_span: Span
    title: str
    items: tuple[Item, ...] = field(default=())
