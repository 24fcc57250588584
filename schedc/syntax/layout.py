"""`schedc fmt`: one layout for all policies. Only blanks, line breaks and needless `;` and `,` change.

- A block is on one line as `{ a; b }`, or has its braces at the ends of lines and a statement on each of its own.
- Four blanks a level; a line that goes on from the one before stands eight further in.
- Blank lines keep their place, at most one at a time, none at the ends of a block.
- In lines of the same kind that follow each other, types, conditions, texts and `=>` stand below each other; so do
  comments behind code, at column 50 or two blanks behind the longest line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from schedc.diagnostics import Diagnostics
from schedc.source import Source
from schedc.syntax.columns import align
from schedc.syntax.elements import Element, elements
from schedc.syntax.lexer import tokenize
from schedc.syntax.parser import parse
from schedc.syntax.tokens import Token

INDENT = 4
FURTHER = 8

_OPEN = {"LBRACE": "RBRACE", "LPAR": "RPAR", "LSQB": "RSQB"}


@dataclass
class Line:
    """One line to write: its indent, its tokens, the comment behind them; `blank`: an empty line before it.

    A line that only has a comment and goes on from the comment behind the line above is `hanging`."""

    indent: int
    blank: bool
    tokens: list[Token] = field(default_factory=list)
    comment: str = ""
    hanging: bool = False


def format_source(source: Source) -> str | None:
    """The policy in the one layout; None if it has syntax errors."""
    found = Diagnostics()
    parsed = parse(source, found)
    tokens = tokenize(source, found)
    if parsed is None or tokens is None:
        return None
    stream = elements(source, tokens, parsed.policy)
    _set_breaks(stream)
    stream = _without_needless(stream)
    return "".join(f"{line}\n" for line in align(_lines(stream)))


# ---- line breaks


def _pairs(stream: list[Element]) -> dict[int, int]:
    """For each opening bracket the index of the closing one."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for index, element in enumerate(stream):
        kind = element.token.type
        if kind in _OPEN:
            stack.append(index)
        elif kind in _OPEN.values() and stack:
            pairs[stack.pop()] = index
    return pairs


def _set_breaks(stream: list[Element]) -> None:
    _join_braces(stream)
    pairs = _pairs(stream)
    enclosing = _enclosing(stream, pairs)
    for index, element in enumerate(stream):
        if element.is_comment or index == 0:
            continue
        around = enclosing[index]
        in_block = around is not None and stream[around].token.type == "LBRACE"
        open_block = around is None or (in_block and _is_broken(stream, around, pairs[around]))
        if element.starts and open_block and element.breaks == 0:
            element.breaks = 1
    for start, end in pairs.items():
        if stream[start].token.type == "LBRACE" and _is_broken(stream, start, end):
            _break_block(stream, start, end)


def _join_braces(stream: list[Element]) -> None:
    """`{` goes behind what it belongs to, `else` behind the brace before it."""
    for before, element in pairwise(stream):
        if before.is_comment:
            continue
        kind = element.token.type
        if kind in ("LBRACE", "SEMICOLON", "COMMA") or (kind == "ELSE" and before.token.type == "RBRACE"):
            element.breaks = 0


def _enclosing(stream: list[Element], pairs: dict[int, int]) -> list[int | None]:
    """For each element the index of the innermost bracket that is open around it."""
    found: list[int | None] = []
    stack: list[int] = []
    for index, element in enumerate(stream):
        if element.token.type in _OPEN.values() and stack:
            stack.pop()
        found.append(stack[-1] if stack else None)
        if index in pairs:
            stack.append(index)
    return found


def _is_broken(stream: list[Element], start: int, end: int) -> bool:
    """A block over several lines: one whose first statement, or closing brace, is not on the opening line."""
    inner = stream[start + 1 : end + 1]
    return any(each.breaks for each in inner if each.starts or each is stream[end]) or any(
        e.is_comment for e in inner
    )


def _break_block(stream: list[Element], start: int, end: int) -> None:
    first, last = stream[start + 1], stream[end]
    if end == start + 1:
        last.breaks = 0
        return
    if not (first.is_comment and first.breaks == 0):
        first.breaks = 1
    last.breaks = 1


def _without_needless(stream: list[Element]) -> list[Element]:
    """Without `;` at the end of a line or a block, and without `,` there between arms."""
    enclosing = _enclosing(stream, _pairs(stream))
    kept: list[Element] = []
    for index, element in enumerate(stream):
        around = enclosing[index]
        in_block = around is not None and stream[around].token.type == "LBRACE"
        separates = element.token.type == "SEMICOLON" or (element.token.type == "COMMA" and in_block)
        following = stream[index + 1] if index + 1 < len(stream) else None
        if separates and _ends_line(following):
            if following is not None and element.breaks:
                following.breaks = max(following.breaks, element.breaks)
            continue
        kept.append(element)
    return kept


def _ends_line(following: Element | None) -> bool:
    return (
        following is None
        or bool(following.breaks)
        or following.is_comment
        or following.token.type == "RBRACE"
    )


# ---- lines


def _lines(stream: list[Element]) -> list[Line]:
    lines: list[Line] = []
    depth = 0
    for index, element in enumerate(stream):
        if index == 0 or element.breaks:
            lines.append(_new_line(stream, index, depth, lines[-1] if lines else None))
        line = lines[-1]
        if element.is_comment:
            line.comment = str(element.token)
        else:
            line.tokens.append(element.token)
        depth += (element.token.type == "LBRACE") - (element.token.type == "RBRACE")
    return lines


def _new_line(stream: list[Element], index: int, depth: int, above: Line | None) -> Line:
    element = stream[index]
    closes = element.token.type == "RBRACE"
    indent = INDENT * (depth - closes)
    opened = above is not None and bool(above.tokens) and above.tokens[-1].type == "LBRACE"
    blank = element.breaks > 1 and not closes and not opened
    if element.is_comment:
        hanging = above is not None and bool(above.comment) and element.breaks == 1
        hanging = hanging and (above.hanging or bool(above.tokens)) if above else False
        hanging = hanging and element.column > indent + INDENT
        return Line(indent, blank, hanging=hanging)
    if not element.starts and not closes and index:
        return Line(indent + FURTHER, False)
    return Line(indent, blank)
