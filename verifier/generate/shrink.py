"""A failing policy made small: parts of its tree are left out as long as it fails in the same way.

Works on trees, not on the decisions that drew them, so that many smaller policies are tried in one boot.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from schedc.diagnostics import Diagnostics
from schedc.source import Source
from schedc.syntax import ast
from schedc.syntax.parser import parse
from schedc.syntax.printer import print_policy

# Given texts, says of each whether it still fails in the way that is looked for.
Fails = Callable[[Sequence[str]], list[bool]]
_LISTS = ("statements", "items", "fields", "arms", "dimensions")


def shrink(text: str, fails: Fails, rounds: int = 12, width: int = 60) -> str:
    """The smallest policy found in so many rounds of at most `width` candidates each."""
    for _ in range(rounds):
        candidates = sorted(set(_smaller(text)) - {text}, key=len)[:width]
        failing = [each for each, bad in zip(candidates, fails(candidates), strict=True) if bad]
        if not failing:
            return text
        text = min(failing, key=len)
    return text


def _smaller(text: str) -> Iterator[str]:
    parsed = parse(Source("policy.sched", text), Diagnostics())
    if parsed is None:
        return
    for tree in _without(parsed.policy):
        yield print_policy(tree)


def _without(node: Any) -> Iterator[Any]:
    """Copies of a tree with one part left out, or one block in the place of the statement around it."""
    for name, value in vars(node).items():
        if isinstance(value, tuple):
            for place, item in enumerate(value):
                before, after = value[:place], value[place + 1 :]
                if name in _LISTS:
                    for instead in ((), *_blocks(item)):
                        yield _changed(node, name, before + instead + after)
                if isinstance(item, ast.Node):
                    for smaller in _without(item):
                        yield _changed(node, name, (*before, smaller, *after))
        elif isinstance(value, ast.Node):
            for simpler in (*_simpler(value), *_without(value)):
                yield _changed(node, name, simpler)


def _changed(node: Any, name: str, value: Any) -> Any:
    """A copy of a node with another value in one field."""
    other = copy.copy(node)
    vars(other)[name] = value
    return other


def _blocks(statement: Any) -> list[tuple[ast.Stmt, ...]]:
    match statement:
        case ast.If():
            other = statement.otherwise
            return [statement.then.statements, *([other.statements] if isinstance(other, ast.Block) else [])]
        case ast.Match():
            return [arm.block.statements for arm in statement.arms]
        case ast.For() | ast.Repeat():
            return [statement.body.statements]
        case _:
            return []


def _simpler(value: Any) -> list[Any]:
    """An operand in the place of an expression."""
    match value:
        case ast.Binary() | ast.Logic() | ast.Compare():
            return [value.left, value.right]
        case ast.IfValue():
            return [value.then, value.otherwise]
        case ast.MatchValue():
            return [arm.value for arm in value.arms]
        case ast.Call():
            return [argument.value for argument in value.arguments]
        case ast.Scaled():
            return [value.amount]
        case ast.Not() | ast.Negative():
            return [value.operand]
        case _:
            return []
