"""A parsed text as its tokens and comments, each with the line breaks before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schedc.source import Source
from schedc.syntax import ast
from schedc.syntax.node import fields
from schedc.syntax.tokens import Token

_COMMENT = re.compile(r"#[^\n]*")
_STARTS = (
    *(ast.Param, ast.Const, ast.Layer, ast.Queue, ast.State, ast.Counter, ast.Global, ast.Promise),
    *(ast.Function, ast.Handler, ast.Timer, ast.StateField, ast.MatchArm, ast.MatchBlock),
    *(ast.Let, ast.Var, ast.Assign, ast.ExprStmt, ast.Insert, ast.Kick, ast.If, ast.Match, ast.For),
    *(ast.Repeat, ast.Return, ast.Break, ast.Continue),
)


@dataclass
class Element:
    """A token, or a comment (`token.type` is COMMENT). `breaks`: line breaks before it, 2 for blank lines;
    `column`: where it stood; `starts`: a declaration, statement, field or arm begins with it."""

    token: Token
    breaks: int
    column: int
    starts: bool = False

    @property
    def is_comment(self) -> bool:
        return self.token.type == "COMMENT"


def elements(source: Source, tokens: list[Token], policy: ast.Policy) -> list[Element]:
    starts = set(_starts(policy))
    found: list[Element] = []
    at = 0
    for token in tokens:
        start = token.start_pos or 0
        at = _comments(source, at, start, found)
        begins = start in starts or token.type in ("LANGUAGE", "POLICY")
        found.append(Element(token, _breaks(source, at, start), source.line_column(start)[1] - 1, begins))
        at = token.end_pos or start
    _comments(source, at, len(source.text), found)
    _not_after_else(found)
    if found:
        found[0].breaks = 0
    return found


def _comments(source: Source, start: int, end: int, found: list[Element]) -> int:
    """Add the comments between two tokens; gives where the last one ends."""
    at = start
    for match in _COMMENT.finditer(source.text, start, end):
        text = match[0].rstrip()
        if len(text) > 1 and text[1] not in " !#":
            text = f"# {text[1:]}"
        column = source.line_column(match.start())[1] - 1
        found.append(Element(Token("COMMENT", text), _breaks(source, at, match.start()), column))
        at = match.end()
    return at


def _breaks(source: Source, start: int, end: int) -> int:
    return min(source.text.count("\n", start, end), 2)


def _not_after_else(found: list[Element]) -> None:
    """The `if` of `else if` begins nothing of its own."""
    last = None
    for element in found:
        if element.is_comment:
            continue
        if last == "ELSE":
            element.starts = False
        last = element.token.type


def _starts(node: Any) -> Iterator[int]:
    """Where declarations, statements, fields and arms begin."""
    if isinstance(node, _STARTS):
        yield node.span.start
    if isinstance(node, tuple):
        for each in node:
            yield from _starts(each)
    elif isinstance(node, ast.Node):
        for name in fields(type(node)):
            yield from _starts(getattr(node, name))
