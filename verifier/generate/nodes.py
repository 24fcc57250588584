"""Syntax trees without places: what is printed has none."""

from __future__ import annotations

from schedc.source import Span
from schedc.syntax import ast

NOWHERE = Span(0, 0)


def name(text: str) -> ast.Name:
    return ast.Name(NOWHERE, text)


def ref(text: str) -> ast.NameRef:
    return ast.NameRef(NOWHERE, text)


def number(text: str | int) -> ast.NumberLit:
    return ast.NumberLit(NOWHERE, str(text))


def true(value: bool = True) -> ast.BoolLit:
    return ast.BoolLit(NOWHERE, value)


def none() -> ast.NoneLit:
    return ast.NoneLit(NOWHERE)


def member(base: ast.Expr, field: str) -> ast.Member:
    return ast.Member(NOWHERE, base, field, NOWHERE)


def index(base: ast.Expr, *indices: ast.Expr | ast.Star) -> ast.Expr:
    """The base itself without indices."""
    return ast.Index(NOWHERE, base, indices) if indices else base


def star() -> ast.Star:
    return ast.Star(NOWHERE)


def call(function: str, *values: ast.Expr) -> ast.Call:
    return ast.Call(NOWHERE, ref(function), tuple(argument(value) for value in values))


def pick(function: str, *arguments: ast.Argument) -> ast.Call:
    return ast.Call(NOWHERE, ref(function), arguments)


def argument(value: ast.Expr, kind: str = "") -> ast.Argument:
    return ast.Argument(NOWHERE, kind, value)


def negative(value: ast.Expr) -> ast.Negative:
    return ast.Negative(NOWHERE, value)


def binary(operator: str, left: ast.Expr, right: ast.Expr) -> ast.Binary:
    return ast.Binary(NOWHERE, operator, NOWHERE, left, right)


def scaled(amount: ast.Expr, weight: ast.Expr) -> ast.Scaled:
    return ast.Scaled(NOWHERE, amount, weight)


def compare(operator: str, left: ast.Expr, right: ast.Expr) -> ast.Compare:
    return ast.Compare(NOWHERE, operator, NOWHERE, left, right)


def logic(operator: str, left: ast.Expr, right: ast.Expr) -> ast.Logic:
    return ast.Logic(NOWHERE, operator, left, right)


def negated(value: ast.Expr) -> ast.Not:
    return ast.Not(NOWHERE, value)


def if_value(condition: ast.Condition, then: ast.Expr, otherwise: ast.Expr) -> ast.IfValue:
    return ast.IfValue(NOWHERE, condition, then, otherwise)


def if_let(local: str, value: ast.Expr) -> ast.IfLet:
    return ast.IfLet(NOWHERE, name(local), value)


def match_value(subject: ast.Expr, arms: list[tuple[str, ast.Expr]]) -> ast.MatchValue:
    cases = tuple(ast.MatchArm(NOWHERE, pattern, NOWHERE, value) for pattern, value in arms)
    return ast.MatchValue(NOWHERE, subject, cases)


def matches(subject: ast.Expr, patterns: list[str]) -> ast.Matches:
    return ast.Matches(NOWHERE, subject, tuple(ast.Pattern(NOWHERE, text) for text in patterns))


def contains(item: ast.Expr, container: ast.Expr) -> ast.Contains:
    return ast.Contains(NOWHERE, item, container)


# ---- statements


def block(statements: list[ast.Stmt]) -> ast.Block:
    return ast.Block(NOWHERE, tuple(statements), NOWHERE)


def let(local: str, value: ast.Expr) -> ast.Let:
    return ast.Let(NOWHERE, name(local), value)


def var(local: str, type_: ast.TypeExpr, value: ast.Expr) -> ast.Var:
    return ast.Var(NOWHERE, name(local), type_, value)


def assign(target: ast.Expr, operator: str, value: ast.Expr) -> ast.Assign:
    return ast.Assign(NOWHERE, target, operator, value)


def evaluate(value: ast.Expr) -> ast.ExprStmt:
    return ast.ExprStmt(NOWHERE, value)


def insert(task: ast.Expr, into: ast.Expr, at: ast.Expr | None, slice_: ast.Expr) -> ast.Insert:
    return ast.Insert(NOWHERE, task, into, at, slice_)


def kick(target: ast.Expr, preempt: bool) -> ast.Kick:
    return ast.Kick(NOWHERE, target, "preempt" if preempt else "")


def if_(condition: ast.Condition, then: list[ast.Stmt], otherwise: list[ast.Stmt] | None = None) -> ast.If:
    return ast.If(NOWHERE, condition, block(then), None if otherwise is None else block(otherwise))


def match(subject: ast.Expr, arms: list[tuple[str, list[ast.Stmt]]]) -> ast.Match:
    cases = tuple(ast.MatchBlock(NOWHERE, pattern, NOWHERE, block(body)) for pattern, body in arms)
    return ast.Match(NOWHERE, subject, cases)


def loop(
    local: str,
    what: str,
    body: list[ast.Stmt],
    of: ast.Expr | None = None,
    nearest: ast.Expr | None = None,
    excepted: ast.Expr | None = None,
    where: ast.Expr | None = None,
) -> ast.For:
    return ast.For(NOWHERE, name(local), what, NOWHERE, of, nearest, excepted, where, block(body))


def repeat(count: ast.Expr, body: list[ast.Stmt]) -> ast.Repeat:
    return ast.Repeat(NOWHERE, count, block(body))


def leave(value: ast.Expr | None = None) -> ast.Return:
    return ast.Return(NOWHERE, value)


def pull(source: ast.Expr, aging: ast.Expr | None = None, into: ast.Expr | None = None) -> ast.Pull:
    return ast.Pull(NOWHERE, source, aging, into)


def aged(source: ast.Expr, aging: ast.Expr | None) -> ast.Expr:
    return source if aging is None else ast.Aged(NOWHERE, source, aging)


def keep(task: str, slice_: ast.Expr) -> ast.Keep:
    return ast.Keep(NOWHERE, name(task), slice_)
