"""Expressions and types as text. A level says how tightly an expression has to hold together where it stands:
0 anything, then each level of the grammar's expression rules."""

from __future__ import annotations

from schedc.syntax import ast

OR, AND, NOT, COMPARE, SUM, PRODUCT, UNARY, ATOM, PATH = range(9)
# The places of other modules: anything; a sum; a path.
_PLACES = {0: OR, 1: SUM, 3: PATH}
_PRODUCT_SIGNS = frozenset("*/%")


def expression(node: ast.Expr, place: int = 0) -> str:
    """The text of an expression: at place 0 anything may stand, at 1 a sum, at 3 a path."""
    return _at(node, _PLACES[place])


def type_(node: ast.TypeExpr) -> str:
    over = ""
    if node.over is not None:
        over = f" over {_at(node.over, SUM)}" + (" samples" if node.samples else "")
    name = f"average of {node.name}{over}" if node.average else node.name
    if node.low is not None and node.high is not None:
        return f"{name} in {_at(node.low, SUM)}..{_at(node.high, SUM)}"
    return name + (" per layer" if node.per_layer else "?" if node.optional else "")


def number(node: ast.NumberLit) -> str:
    return node.text


def text(content: str) -> str:
    """A string; what cannot stand in one is left out."""
    return '"' + "".join(c for c in content if c not in '"\\\n') + '"'


def _at(node: ast.Expr, level: int) -> str:
    own, written = _write(node)
    return written if own >= level else f"({written})"


def _write(node: ast.Expr) -> tuple[int, str]:
    """The level of an expression and its text."""
    match node:
        case ast.NumberLit() | ast.BoolLit() | ast.NoneLit() | ast.IfValue() | ast.MatchValue():
            return ATOM, _atom(node)
        case ast.NameRef() | ast.Member() | ast.Index() | ast.Call():
            return PATH, _path(node)
        case ast.Negative():
            return UNARY, f"-{_at(node.operand, UNARY)}"
        case ast.Binary():
            level = PRODUCT if node.operator in _PRODUCT_SIGNS else SUM
            return level, f"{_at(node.left, level)} {node.operator} {_at(node.right, level + 1)}"
        case ast.Scaled():
            return PRODUCT, f"{_at(node.amount, PRODUCT)} scaled by {_at(node.weight, UNARY)}"
        case ast.Compare():
            return COMPARE, f"{_at(node.left, SUM)} {node.operator} {_at(node.right, SUM)}"
        case ast.Logic():
            level = OR if node.operator == "or" else AND
            return level, f"{_at(node.left, level)} {node.operator} {_at(node.right, level + 1)}"
        case ast.Not():
            return NOT, f"not {_at(node.operand, NOT)}"
        case ast.Matches():
            return COMPARE, f"{_at(node.subject, SUM)} in {_patterns(node.patterns)}"
        case ast.Contains():
            return COMPARE, f"{_at(node.item, SUM)} in {_at(node.container, SUM)}"
        case ast.Pull():
            return COMPARE, _pull(node)
        case ast.Aged():
            return COMPARE, f"{_at(node.source, PATH)} aging {_at(node.aging, UNARY)}"
        case ast.Keep():
            return COMPARE, f"keep {node.task.text} for {_at(node.slice, SUM)}"


def _atom(node: ast.NumberLit | ast.BoolLit | ast.NoneLit | ast.IfValue | ast.MatchValue) -> str:
    match node:
        case ast.NumberLit():
            return node.text
        case ast.BoolLit():
            return "true" if node.value else "false"
        case ast.NoneLit():
            return "none"
        case ast.IfValue():
            return f"if {_condition(node.condition)} {{ {_at(node.then, OR)} }} else {_else(node.otherwise)}"
        case ast.MatchValue():
            arms = ", ".join(f"{arm.pattern} => {_at(arm.value, OR)}" for arm in node.arms)
            return f"match {_at(node.subject, OR)} {{ {arms} }}"


def _else(node: ast.Expr) -> str:
    return _atom(node) if isinstance(node, ast.IfValue) else f"{{ {_at(node, OR)} }}"


def _condition(node: ast.Condition) -> str:
    if isinstance(node, ast.IfLet):
        return f"let {node.name.text} = {_at(node.value, OR)}"
    return _at(node, OR)


def _path(node: ast.NameRef | ast.Member | ast.Index | ast.Call) -> str:
    match node:
        case ast.NameRef():
            return node.text
        case ast.Member():
            return f"{_at(node.base, PATH)}.{node.name}"
        case ast.Index():
            indices = ", ".join("*" if isinstance(i, ast.Star) else _at(i, OR) for i in node.indices)
            return f"{_at(node.base, PATH)}[{indices}]"
        case ast.Call():
            return f"{_at(node.callee, PATH)}({', '.join(_argument(each) for each in node.arguments)})"


def _argument(node: ast.Argument) -> str:
    if not node.kind:
        return _at(node.value, OR)
    return f"{node.kind} {_at(node.value, OR if node.kind == 'where' else SUM)}"


def _patterns(patterns: tuple[ast.Pattern, ...]) -> str:
    written = [text(pattern.text) for pattern in patterns]
    return written[0] if len(written) == 1 else f"[{', '.join(written)}]"


def _pull(node: ast.Pull) -> str:
    aging = f" aging {_at(node.aging, UNARY)}" if node.aging is not None else ""
    into = f" into {_at(node.into, SUM)}" if node.into is not None else ""
    return f"pull {_at(node.source, PATH)}{aging}{into}"
