"""A syntax tree as a policy's text, in the one layout. Spans of the tree are not looked at.

Parentheses are put where the grammar needs them to read the same tree back.
"""

from __future__ import annotations

from collections.abc import Iterable

from schedc.source import Source
from schedc.syntax import ast
from schedc.syntax.layout import format_source
from schedc.syntax.print_expr import expression, number, text, type_


def print_policy(policy: ast.Policy) -> str:
    """The text of a policy; parsing it gives the same tree but for spans."""
    head = f"language {policy.version}\npolicy {policy.name} {text(policy.title)}\n"
    raw = head + "".join(f"{item(each)}\n" for each in policy.items)
    laid_out = format_source(Source(policy.name, raw))
    return raw if laid_out is None else laid_out


def item(node: ast.Item) -> str:
    """One declaration, on as few lines as it takes."""
    match node:
        case ast.Param():
            range_ = (
                f" in {expression(node.low, 1)}..{expression(node.high, 1)}" if node.low and node.high else ""
            )
            live = "live " if node.live else ""
            return f"{live}param {node.name}: {type_(node.type)} = {expression(node.default, 1)}{range_}"
        case ast.Const():
            return f"const {node.name}: {type_(node.type)} = {expression(node.value)}"
        case ast.Layer():
            rest = "otherwise" if node.condition is None else f"when {expression(node.condition)}"
            return f"layer {node.name} {rest}"
        case ast.Queue():
            window = node.window
            between = f" from {expression(window.low, 1)} to {expression(window.high, 1)}" if window else ""
            return f"queue {node.name}: {node.order}{between}" + "".join(
                f" per {d.name}" for d in node.dimensions
            )
        case ast.State():
            return f"{node.entity} {{\n" + "".join(f"{_field(field)}\n" for field in node.fields) + "}"
        case ast.Counter():
            return f"counter {node.name} {text(node.text)}"
        case ast.Global():
            return f"global {node.name}: {type_(node.type)}{_initial(node.initial)}"
        case ast.Promise():
            return _promise(node)
        case ast.Function():
            formals = ", ".join(f.name + (f": {type_(f.type)}" if f.type else "") for f in node.formals)
            result = f" -> {type_(node.result)}" if node.result else ""
            return f"fn {node.name}({formals}){result} {block(node.body)}"
        case ast.Handler():
            return f"on {node.event}({', '.join(f.text for f in node.formals)}) {block(node.body)}"
        case ast.Timer():
            return f"every {expression(node.period, 1)} {block(node.body)}"


def _field(field: ast.StateField) -> str:
    return f"{field.name}: {type_(field.type)}{_initial(field.initial)}"


def _initial(value: ast.Expr | None) -> str:
    return f" = {expression(value)}" if value is not None else ""


def _promise(node: ast.Promise) -> str:
    parts = [f"promise {node.kind}"]
    parts += [number(node.limit)] if node.limit else []
    parts += [f"within {number(node.within)}"] if node.within else []
    parts += [f"for {node.layer.text}"] if node.layer else []
    if node.assumption:
        parts.append(
            f"while {node.assumption.subject} <= {number(node.assumption.limit)} per {node.assumption.per}"
        )
    return " ".join(parts)


def block(node: ast.Block) -> str:
    return "{\n" + _lines(statement(each) for each in node.statements) + "}"


def _lines(statements: Iterable[str]) -> str:
    return "".join(f"{each}\n" for each in statements)


def statement(node: ast.Stmt) -> str:
    match node:
        case ast.Let():
            return f"let {node.name.text} = {expression(node.value)}"
        case ast.Var():
            return f"var {node.name.text}: {type_(node.type)} = {expression(node.value)}"
        case ast.Assign():
            return f"{expression(node.target, 3)} {node.operator} {expression(node.value)}"
        case ast.ExprStmt():
            return expression(node.value)
        case ast.Insert():
            at = f" at {expression(node.at, 1)}" if node.at else ""
            into = expression(node.into, 1)
            return f"insert {expression(node.task, 1)} into {into}{at} for {expression(node.slice, 1)}"
        case ast.Kick():
            return f"kick {expression(node.target)}" + (f" {node.mode}" if node.mode else "")
        case ast.If():
            otherwise = ""
            if node.otherwise is not None:
                other = node.otherwise
                otherwise = f" else {statement(other) if isinstance(other, ast.If) else block(other)}"
            return f"if {condition(node.condition)} {block(node.then)}{otherwise}"
        case ast.Match():
            arms = _lines(f"{arm.pattern} => {block(arm.block)}" for arm in node.arms)
            return f"match {expression(node.subject)} {{\n{arms}}}"
        case ast.For():
            return _for(node)
        case ast.Repeat():
            return f"repeat {expression(node.count, 1)} {block(node.body)}"
        case ast.Return():
            return "return" + (f" {expression(node.value)}" if node.value is not None else "")
        case ast.Break():
            return "break"
        case ast.Continue():
            return "continue"


def condition(node: ast.Condition) -> str:
    if isinstance(node, ast.IfLet):
        return f"let {node.name.text} = {expression(node.value)}"
    return expression(node)


def _for(node: ast.For) -> str:
    parts = [f"for {node.name.text} in {node.what}"]
    parts += [f"of {expression(node.of, 1)}"] if node.of else []
    parts += [f"nearest {expression(node.nearest, 1)}"] if node.nearest else []
    parts += [f"except {expression(node.excepted, 1)}"] if node.excepted else []
    parts += [f"where {expression(node.where)}"] if node.where else []
    return " ".join(parts) + f" {block(node.body)}"
