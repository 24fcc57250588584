"""Lines to text, with what belongs below each other below each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from schedc.syntax.spacing import joined
from schedc.syntax.tokens import Token

if TYPE_CHECKING:
    from schedc.syntax.layout import Line

COMMENT_COLUMN = 50
_TYPED = ("PARAM", "LIVE", "CONST", "GLOBAL", "QUEUE")


def align(lines: list[Line]) -> Iterator[str]:
    """The lines of the text, without line ends."""
    texts = _codes(lines)
    columns = _comment_columns(lines, texts)
    for line, text, column in zip(lines, texts, columns, strict=True):
        if line.blank:
            yield ""
        if not line.comment:
            yield text
        elif text or line.hanging:
            yield f"{text:<{column}}{line.comment}"
        else:
            yield " " * line.indent + line.comment


def _codes(lines: list[Line]) -> list[str]:
    """Each line's code with its indent; empty for one that only has a comment."""
    texts: list[str] = []
    for _, group in groupby(enumerate(lines), _run_key(lines)):
        members = [line for _, line in group]
        places = [_split(line.tokens) for line in members]
        width = max(
            (len(_head(line, place)) for line, place in zip(members, places, strict=True) if place), default=0
        )
        for line, place in zip(members, places, strict=True):
            if place:
                texts.append(f"{_head(line, place):<{width}} {joined(line.tokens[place:])}")
            else:
                texts.append(" " * line.indent + joined(line.tokens) if line.tokens else "")
    return texts


def _run_key(lines: list[Line]) -> Callable[[tuple[int, Line]], tuple[int, str, int]]:
    """Lines of one kind that follow each other without a blank line have the same key."""
    run = 0

    def key(numbered: tuple[int, Line]) -> tuple[int, str, int]:
        nonlocal run
        index, line = numbered
        kind = _kind(line.tokens)
        if index and (
            line.blank or kind != _kind(lines[index - 1].tokens) or line.indent != lines[index - 1].indent
        ):
            run += 1
        return run, kind, line.indent

    return key


def _kind(tokens: list[Token]) -> str:
    """What is aligned in a line: '' for nothing."""
    place = _split(tokens)
    return (
        (tokens[0].type if tokens[0].type not in ("NAME", "LAYER") or place == 2 else "ARM") if place else ""
    )


def _split(tokens: list[Token]) -> int:
    """The index of the token that stands below those of the lines around; 0 if nothing is aligned."""
    place = _place([token.type for token in tokens])
    return place if place < len(tokens) else 0


def _place(kinds: list[str]) -> int:
    if not kinds:
        return 0
    if kinds[0] in _TYPED and "COLON" in kinds:
        return kinds.index("COLON") + 1
    if kinds[0] == "LAYER" and len(kinds) > 2 and kinds[2] in ("WHEN", "OTHERWISE"):
        return 2
    if kinds[0] == "COUNTER" and len(kinds) > 2:
        return 2
    if kinds[1:2] == ["COLON"] and "LBRACE" not in kinds:  # a field
        return 2
    return 1 if kinds[1:2] == ["ARROW"] and kinds[-1] != "LBRACE" else 0


def _head(line: Line, place: int) -> str:
    return " " * line.indent + joined(line.tokens[:place])


def _comment_columns(lines: list[Line], texts: list[str]) -> list[int]:
    """Where the comment behind each line begins: the same in lines that follow each other."""
    columns = [0] * len(lines)
    run: list[int] = []
    for index, line in enumerate(lines):
        if run and (line.blank or not (texts[index] or line.hanging)):
            _set_columns(columns, run, texts, lines)
            run = []
        run.append(index)
    _set_columns(columns, run, texts, lines)
    return columns


def _set_columns(columns: list[int], run: list[int], texts: list[str], lines: list[Line]) -> None:
    longest = max((len(texts[i]) for i in run if lines[i].comment), default=0)
    for index in run:
        columns[index] = max(COMMENT_COLUMN, longest + 2)
