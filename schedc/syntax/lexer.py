"""Text to tokens. A character that begins no token is mended where it is clear what was meant
(`idioms.mend_text`), reported otherwise; either way the rest is still read."""

from __future__ import annotations

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s0_syntax as messages
from schedc.source import Source, Span
from schedc.syntax.automaton import BadCharacter
from schedc.syntax.grammar import load_lexer
from schedc.syntax.hidden import ZERO_WIDTH, hidden_places, visible_text
from schedc.syntax.limits import MAX_MENDS, MAX_SYNTAX_ERRORS, MAX_TOKENS
from schedc.syntax.tokens import Token


def tokenize(source: Source, diagnostics: Diagnostics) -> list[Token] | None:
    """The tokens of a text, each with its place; None where the text cannot be read on."""
    for count, span in enumerate(hidden_places(source)):
        if count < MAX_SYNTAX_ERRORS:
            diagnostics.add(messages.hidden(source, span))
    return _Reading(source, diagnostics).tokens()


class _Reading:
    def __init__(self, source: Source, diagnostics: Diagnostics) -> None:
        self.source = source
        self.text = visible_text(source.text)
        self.diagnostics = diagnostics
        self.read: list[Token] = []
        self.offset = 0
        self.errors = 0
        self.mends = 0

    def tokens(self) -> list[Token] | None:
        while self.offset < len(self.text):
            if self._read_on():
                break
            self._mend()
            if self.errors > MAX_SYNTAX_ERRORS or self.mends > MAX_MENDS:
                return None
        return self.read

    def _read_on(self) -> bool:
        """Read tokens up to the end (true) or to a place where something else was meant."""
        try:
            for token in load_lexer().lex(self.text, self.offset):
                if self._foreign(token):
                    self.offset = token.start_pos
                    return False
                self.read.append(token)
                if len(self.read) > MAX_TOKENS:
                    return True
        except BadCharacter as stop:
            self.offset = stop.offset
            return False
        return True

    def _foreign(self, token: Token) -> bool:
        """A token that begins a comment of C; what is hidden in a string is reported."""
        if token.type == "SLASH":
            return self.text.startswith(("/", "*"), token.end_pos)
        if token.type == "STRING":
            self._look_into(token)
        return False

    def _look_into(self, token: Token) -> None:
        for at, character in enumerate(token, token.start_pos):
            if character in ZERO_WIDTH:
                self.diagnostics.add(messages.hidden(self.source, Span(at, at + 1)))

    def _mend(self) -> None:
        from schedc.syntax import idioms

        mended = idioms.mend_text(self.source, self.offset, self.read)
        if mended is None:
            self.errors += 1
            span = Span(self.offset, self.offset + 1)
            self.diagnostics.add(messages.bad_character(self.source, span))
            self.offset = span.end
            return
        self.mends += 1
        self.diagnostics.add(mended.diagnostic)
        if mended.replaces:
            del self.read[-mended.replaces :]
        self.read.extend(mended.tokens)
        self.offset = max(mended.resume, self.offset + 1)
