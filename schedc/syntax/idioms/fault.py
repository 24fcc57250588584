"""A token that does not fit, with all that a recogniser may want to look at around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from schedc.diagnostics import Diagnostic, Edit
from schedc.record import record
from schedc.source import Source, Span
from schedc.syntax.tokens import Token

_OPEN = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}


@record
class Repair:
    """Read `tokens` in place of those from `start` up to `end`; None: say so, but do not go on from here."""

    diagnostic: Diagnostic
    start: int
    end: int
    tokens: tuple[Token, ...] | None


@record
class Fault:
    """The fault is at `tokens[at]`. Offsets of all methods are relative to it: -1 is the token before."""

    source: Source
    tokens: list[Token]
    at: int
    accepted: frozenset[str]
    stack: Sequence[Any]  # what the parser has open: tokens, and trees of what is complete
    fits: Callable[[Sequence[Token]], bool]

    def token(self, offset: int = 0) -> Token:
        index = self.at + offset
        if 0 <= index < len(self.tokens):
            return self.tokens[index]
        end = len(self.source.text) if index > 0 else 0
        return Token("$END", "", start_pos=end, end_pos=end)

    def kind(self, offset: int = 0) -> str:
        return self.token(offset).type

    def kinds(self, first: int, *kinds: str) -> bool:
        """The tokens from `first` on are of these types."""
        return all(self.kind(first + i) == kind for i, kind in enumerate(kinds))

    def text(self, first: int = 0, last: int | None = None) -> str:
        """The text as written from one token to another, both included."""
        span = self.span(first, last)
        return self.source.text[span.start : span.end]

    def span(self, first: int = 0, last: int | None = None) -> Span:
        start, end = self.token(first), self.token(first if last is None else last)
        return Span(start.start_pos or 0, end.end_pos or 0)

    def line(self, offset: int = 0) -> int:
        return self.source.line_column(self.token(offset).start_pos or 0)[0]

    def indent(self, offset: int = 0) -> int:
        """How far the line of a token is indented."""
        text = self.source.line(self.line(offset)).expandtabs(8)
        return len(text) - len(text.lstrip())

    def first_on_line(self, offset: int = 0) -> int:
        """The offset of the first token on the line of this one."""
        line = self.line(offset)
        while self.at + offset > 0 and self.line(offset - 1) == line:
            offset -= 1
        return offset

    def starts_line(self, offset: int = 0) -> bool:
        return self.first_on_line(offset) == offset

    def phrase_end(self, offset: int = 0) -> int:
        """One past the last token of the line of this one that is not behind a bracket closed from outside,
        a `;` or an `else`."""
        line, depth = self.line(offset), 0
        while self.kind(offset) != "$END" and self.line(offset) == line:
            kind = self.kind(offset)
            depth += (kind in _OPEN) - (kind in _OPEN.values())
            if depth < 0 or (depth == 0 and kind in ("SEMICOLON", "ELSE")):
                break
            offset += 1
        return offset

    def closing(self, offset: int) -> int | None:
        """The offset of the bracket that closes the one at `offset`."""
        depth = 0
        while self.kind(offset) != "$END":
            kind = self.kind(offset)
            depth += (kind in _OPEN) - (kind in _OPEN.values())
            if depth == 0:
                return offset
            offset += 1
        return None

    def inside(self, *kinds: str) -> str:
        """The innermost of these words that the parser has open in the present statement; '' if none."""
        for value in reversed(self.stack):
            if isinstance(value, Token):
                if value.type in kinds:
                    return value.type
                if value.type == "LBRACE":
                    return ""
        return ""

    def opened(self, kind: str) -> Token | None:
        """The innermost open token of a type, also through blocks."""
        for value in reversed(self.stack):
            if isinstance(value, Token) and value.type == kind:
                return value
        return None

    # ---- edits on the text

    def replace(self, text: str, first: int = 0, last: int | None = None) -> Edit:
        return Edit(self.span(first, last), text)

    def before(self, text: str, offset: int = 0) -> Edit:
        start = self.span(offset).start
        return Edit(Span(start, start), text)

    def after(self, text: str, offset: int = 0) -> Edit:
        end = self.span(offset).end
        return Edit(Span(end, end), text)

    def remove(self, first: int = 0, last: int | None = None) -> Edit:
        """Without the blanks behind it where others stand before it, or where it ends its line."""
        span, text = self.span(first, last), self.source.text
        end, start = span.end, span.start
        if start > 0 and not text[start - 1].isspace() and text[start - 1] not in "([{":
            return Edit(span, "")
        while end < len(text) and text[end] in " \t":
            end += 1
        if end == len(text) or text[end] in "\r\n":
            while start > 0 and text[start - 1] in " \t":
                start -= 1
        return Edit(Span(start, end), "")

    # ---- tokens to read instead

    def make(self, kind: str, text: str, offset: int = 0, last: int | None = None) -> Token:
        """A token that stands for those from `offset` to `last`."""
        span = self.span(offset, last)
        return Token(kind, text, start_pos=span.start, end_pos=span.end)

    def insertion(self, kind: str, text: str, offset: int = 0) -> Token:
        """A token that stands for nothing written, before `offset`."""
        start = self.span(offset).start
        return Token(kind, text, start_pos=start, end_pos=start)

    def copy(self, first: int, end: int) -> tuple[Token, ...]:
        return tuple(self.token(i) for i in range(first, end))

    def instead(
        self, diagnostic: Diagnostic, tokens: Sequence[Token] | None, first: int = 0, end: int = 1
    ) -> Repair:
        """Read `tokens` for those from `first` up to `end`, exclusive."""
        return Repair(diagnostic, self.at + first, self.at + end, None if tokens is None else tuple(tokens))
