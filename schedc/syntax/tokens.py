"""What the lexer and the parser make: tokens, and the parse tree over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias


class Token(str):
    """The text of a token, with its type and its place."""

    __slots__ = ("end_pos", "start_pos", "type")

    type: str
    start_pos: int
    end_pos: int

    def __new__(cls, type: str, text: str, start_pos: int = 0, end_pos: int = 0) -> Token:
        made = super().__new__(cls, text)
        made.type = type
        made.start_pos = start_pos
        made.end_pos = end_pos
        return made

    def __repr__(self) -> str:
        return f"Token({self.type!r}, {str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return not (isinstance(other, Token) and self.type != other.type) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class Tree:
    """A rule of the grammar as it was read: `data` is its name, places are offsets.

    `outer` is the text that was read for it, which has more than `start_pos` to `end_pos` where a rule stands
    for its only part: the parentheses of a group. All are None for a rule that read nothing.
    """

    __slots__ = ("children", "data", "end_pos", "outer_end", "outer_start", "start_pos")

    def __init__(self, data: str, children: list[Child]) -> None:
        self.data = data
        self.children = children
        self.start_pos: int | None = None
        self.end_pos: int | None = None
        self.outer_start: int | None = None
        self.outer_end: int | None = None

    def place(self, parts: Sequence[Child]) -> None:
        """Take the place of what was read for it."""
        for part in parts:
            start = part.outer_start if isinstance(part, Tree) else part.start_pos
            if start is not None:
                self.outer_start = start
                if self.start_pos is None:
                    self.start_pos = start
                break
        for part in reversed(parts):
            end = part.outer_end if isinstance(part, Tree) else part.end_pos
            if end is not None:
                self.outer_end = end
                if self.end_pos is None:
                    self.end_pos = end
                break


Child: TypeAlias = Token | Tree
