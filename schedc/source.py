"""Source text and places in it.

A `Span` is a half-open range of character offsets into one source text; lines and columns are derived
from it only where something is shown to a person.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from schedc.record import record


@record
class Span:
    """Characters `start` (inclusive) to `end` (exclusive) of a source text."""

    start: int
    end: int

    def __lt__(self, other: Span) -> bool:
        return (self.start, self.end) < (other.start, other.end)

    def __le__(self, other: Span) -> bool:
        return (self.start, self.end) <= (other.start, other.end)

    def to(self, other: Span) -> Span:
        """The smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


@record
class Source:
    """A policy's text with the name under which it is reported."""

    name: str
    text: str

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        starts.extend(i + 1 for i, c in enumerate(self.text) if c == "\n")
        return starts

    def line_column(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column (in characters) of an offset; one past the end is allowed."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its newline; empty beyond the end."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]

    def line_span(self, number: int) -> Span:
        """The span of a 1-based line, without its newline."""
        number = max(1, min(number, len(self._starts)))
        start = self._starts[number - 1]
        return Span(start, start + len(self.line(number)))

    @property
    def line_count(self) -> int:
        return len(self._starts)
