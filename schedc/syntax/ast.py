"""The syntax tree: what was written, with its place; no names resolved, no types.

Every node carries the `span` of its text. `name_span` is the span of the name that a declaration declares.
"""

from __future__ import annotations

from typing import TypeAlias

from schedc.source import Span
from schedc.syntax.node import node


@node
class Node:
    span: Span


@node
class Name(Node):
    """A name in a binding position."""

    text: str


# ---- types


@node
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


@node
class NumberLit(Node):
    """A number as written, unit and all: `5ms`, `75%`, `1_000`."""

    text: str


@node
class BoolLit(Node):
    value: bool


@node
class NoneLit(Node):
    pass


@node
class NameRef(Node):
    text: str


@node
class Member(Node):
    base: Expr
    name: str
    name_span: Span


@node
class Star(Node):
    """`*` as an index: each in turn."""


@node
class Index(Node):
    base: Expr
    indices: tuple[Expr | Star, ...]


@node
class Argument(Node):
    """One argument of a call; `kind` is empty for a plain one, else `near`, `in`, `where`, `least`, `most`
    or `whole` (then `value` is a NameRef)."""

    kind: str
    value: Expr


@node
class Call(Node):
    callee: Expr
    arguments: tuple[Argument, ...]


@node
class Negative(Node):
    operand: Expr


@node
class Binary(Node):
    """`+ - * / %`; `operator_span` is the place of the operator."""

    operator: str
    operator_span: Span
    left: Expr
    right: Expr


@node
class Scaled(Node):
    """`amount scaled by weight`: amount times 100 over weight."""

    amount: Expr
    weight: Expr


@node
class Compare(Node):
    operator: str
    operator_span: Span
    left: Expr
    right: Expr


@node
class Logic(Node):
    """`and` or `or`. `or` also joins optional values and the sources of a pull."""

    operator: str
    left: Expr
    right: Expr


@node
class Not(Node):
    operand: Expr


@node
class Matches(Node):
    """`task.comm in "cc1*"` or in a list of patterns."""

    subject: Expr
    patterns: tuple[Pattern, ...]


@node
class Pattern(Node):
    """A string literal, without its quotes."""

    text: str


@node
class Contains(Node):
    """`cpu in task.llc`."""

    item: Expr
    container: Expr


@node
class IfValue(Node):
    condition: Condition
    then: Expr
    otherwise: Expr


@node
class MatchArm(Node):
    pattern: str
    pattern_span: Span
    value: Expr


@node
class MatchValue(Node):
    subject: Expr
    arms: tuple[MatchArm, ...]


@node
class Pull(Node):
    """`pull ready[x] aging 200ms`, `pull ready into given[cpu]`."""

    source: Expr
    aging: Expr | None = None
    into: Expr | None = None


@node
class Aged(Node):
    """`ready[x] aging 200ms` as a further source of a pull."""

    source: Expr
    aging: Expr


@node
class Keep(Node):
    """`keep prev for slice`."""

    task: Name
    slice: Expr


@node
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


@node
class Block(Node):
    """Statements between braces; `close` is the span of the closing brace."""

    statements: tuple[Stmt, ...]
    close: Span


@node
class Let(Node):
    name: Name
    value: Expr


@node
class Var(Node):
    name: Name
    type: TypeExpr
    value: Expr


@node
class Assign(Node):
    """`target = value`, `target += value` and so on; `operator` is the token."""

    target: Expr
    operator: str
    value: Expr


@node
class ExprStmt(Node):
    """A pull, a keep or a call for its effect."""

    value: Expr


@node
class Insert(Node):
    task: Expr
    into: Expr
    at: Expr | None
    slice: Expr


@node
class Kick(Node):
    target: Expr
    mode: str


@node
class If(Node):
    condition: Condition
    then: Block
    otherwise: Block | If | None


@node
class MatchBlock(Node):
    pattern: str
    pattern_span: Span
    block: Block


@node
class Match(Node):
    subject: Expr
    arms: tuple[MatchBlock, ...]


@node
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


@node
class Repeat(Node):
    count: Expr
    body: Block


@node
class Return(Node):
    value: Expr | None


@node
class Break(Node):
    pass


@node
class Continue(Node):
    pass


Stmt: TypeAlias = (
    Let | Var | Assign | ExprStmt | Insert | Kick | If | Match | For | Repeat | Return | Break | Continue
)


# ---- declarations


@node
class Param(Node):
    name: str
    name_span: Span
    live: bool
    type: TypeExpr
    default: Expr
    low: Expr | None
    high: Expr | None


@node
class Const(Node):
    name: str
    name_span: Span
    type: TypeExpr
    value: Expr


@node
class Layer(Node):
    """`condition` is None for `otherwise`."""

    name: str
    name_span: Span
    condition: Expr | None


@node
class Dimension(Node):
    name: str


@node
class Window(Node):
    low: Expr
    high: Expr


@node
class Queue(Node):
    name: str
    name_span: Span
    order: str
    order_span: Span
    window: Window | None
    dimensions: tuple[Dimension, ...]


@node
class StateField(Node):
    name: str
    name_span: Span
    type: TypeExpr
    initial: Expr | None


@node
class State(Node):
    entity: str
    entity_span: Span
    fields: tuple[StateField, ...]


@node
class Counter(Node):
    name: str
    name_span: Span
    text: str


@node
class Global(Node):
    name: str
    name_span: Span
    type: TypeExpr
    initial: Expr | None


@node
class Assumption(Node):
    """`while runnable <= 20 per cpu`."""

    subject: str
    limit: NumberLit
    per: str


@node
class Promise(Node):
    kind: str
    kind_span: Span
    limit: NumberLit | None
    within: NumberLit | None
    layer: NameRef | None
    assumption: Assumption | None


@node
class Formal(Node):
    name: str
    name_span: Span
    type: TypeExpr | None


@node
class Function(Node):
    name: str
    name_span: Span
    formals: tuple[Formal, ...]
    result: TypeExpr | None
    body: Block


@node
class Handler(Node):
    event: str
    event_span: Span
    formals: tuple[Name, ...]
    body: Block


@node
class Timer(Node):
    period: Expr
    body: Block


Item: TypeAlias = (
    Param | Const | Layer | Queue | State | Counter | Global | Promise | Function | Handler | Timer
)


@node
class Policy(Node):
    """A whole file. `items` are in the order of the text."""

    version: str
    version_span: Span
    name: str
    name_span: Span
    title: str
    items: tuple[Item, ...] = ()
