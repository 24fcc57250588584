"""The parser, fed token by token.

At a fault it is mended where it is clear what was meant (`idioms`), else taken back to where the statement, or
failing that the declaration, began; what follows is read on from there. After a fault only the reports count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s0_syntax as messages
from schedc.source import Source
from schedc.syntax.automaton import END, Parser, UnexpectedToken
from schedc.syntax.grammar import load_parser, words
from schedc.syntax.limits import MAX_MENDS, MAX_SYNTAX_ERRORS
from schedc.syntax.tokens import Token, Tree

if TYPE_CHECKING:
    from schedc.syntax import idioms

# Words that begin a declaration; a state block begins with a name (or `layer`) and a brace.
_ITEM_STARTS = frozenset(
    {"PARAM", "LIVE", "CONST", "LAYER", "QUEUE", "COUNTER", "GLOBAL", "PROMISE", "FN", "ON", "EVERY"}
)
_STATEMENT_STARTS = frozenset(
    [
        "NAME",
        "LET",
        "VAR",
        "INSERT",
        "KICK",
        "IF",
        "MATCH",
        "FOR",
        "REPEAT",
        "PULL",
        "KEEP",
        "RETURN",
        "BREAK",
        "CONTINUE",
        "RBRACE",
    ]
)
_BEFORE_STATEMENT = frozenset({"LBRACE", "RBRACE", "SEMICOLON"})


class Run:
    """One parse: the parser's state, its states at the starts of lines and statements, and what is left."""

    def __init__(self, source: Source, tokens: list[Token], diagnostics: Diagnostics) -> None:
        self.source = source
        self.tokens = tokens
        self.diagnostics = diagnostics
        self.parser = load_parser()
        self.item = self.item_before = (0, self.parser.copy())
        self.checkpoints: list[tuple[int, Parser]] = []
        self.errors = 0
        self.mends = 0
        self.seen: set[tuple[str, int, int]] = set()

    def parse(self) -> Tree | None:
        at = 0
        while True:
            token = self.tokens[at] if at < len(self.tokens) else self._end()
            self._note(at)
            try:
                result = self.parser.feed(token)
            except UnexpectedToken:
                going_on = self._recover(at)
                if going_on is None:
                    return None
                at = going_on
                continue
            if token.type == END:
                return result
            at += 1

    def _end(self) -> Token:
        length = len(self.source.text)
        return Token(END, "", start_pos=length, end_pos=length)

    def _note(self, at: int) -> None:
        """Remember the state where a declaration, a line or a statement begins."""
        if at >= len(self.tokens):
            return
        if self._at_margin(at) and self._open_braces() == 0:
            self.item_before = self.item
            self.item = (at, self.parser.copy())
            self.checkpoints.clear()
        elif self._starts_statement(at):
            self.checkpoints.append((at, self.parser.copy()))

    def _starts_statement(self, at: int) -> bool:
        before = self.tokens[at - 1] if at else None
        if before is None or before.type in _BEFORE_STATEMENT:
            return True
        return "\n" in self.source.text[before.end_pos or 0 : self.tokens[at].start_pos or 0]

    def _at_margin(self, at: int) -> bool:
        start = self.tokens[at].start_pos or 0
        return start == 0 or self.source.text[start - 1] == "\n"

    def _starts_item(self, at: int) -> bool:
        """True for a token that begins a line, without indent, and can begin a declaration."""
        if at >= len(self.tokens):
            return False
        token = self.tokens[at]
        if not self._at_margin(at):
            return False
        if token.type in _ITEM_STARTS:
            return True
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        return token.type == "NAME" and following is not None and following.type == "LBRACE"

    def _open_braces(self) -> int:
        return sum(
            (value.type == "LBRACE") - (value.type == "RBRACE")
            for value in self.parser.values
            if isinstance(value, Token)
        )

    def _close_braces(self, at: int) -> int | None:
        """A declaration begins, or the text ends, while blocks are open: close them, and go on there."""
        opened = self._open_braces()
        # A state block begins with a name, which fits; its brace is the fault.
        start = at - 1 if not self._starts_item(at) and at < len(self.tokens) else at
        if opened <= 0 or not (start == len(self.tokens) or self._starts_item(start)):
            return None
        self.errors += 1
        from schedc.syntax.braces import missing_brace

        if (report := missing_brace(self.source, self.tokens, self.item[0], start)) is not None:
            self.diagnostics.add(report)
        place = self.tokens[start - 1].end_pos or 0
        closing = (Token("RBRACE", "", start_pos=place, end_pos=place),) * opened
        self.tokens[start:start] = closing
        return at if start == at else self._go_back(start)

    # ---- faults

    def _recover(self, at: int) -> int | None:
        """Report the fault at a token, and the index from which to go on; None to give up."""
        if self.errors < MAX_SYNTAX_ERRORS and (closed := self._close_braces(at)) is not None:
            return closed
        from schedc.syntax import idioms

        fault = self._fault(at)
        found = idioms.repair(fault)
        if found is not None and self._is_new(found):
            self.diagnostics.add(found.diagnostic)
            if found.tokens is not None and self.mends < MAX_MENDS:
                self.mends += 1
                return self._mend(found, at)
        elif found is None or self.errors == 0:
            self._report(fault)
        self.errors += 1
        if self.errors >= MAX_SYNTAX_ERRORS:
            return None
        return self._after_statement(at) or self._after_item(at)

    def _fault(self, at: int) -> idioms.Fault:
        from schedc.syntax import idioms

        accepted = self.parser.accepts()
        values: Sequence[Any] = tuple(self.parser.values)
        return idioms.Fault(self.source, self.tokens, at, accepted, values, self._fits)

    def _fits(self, tokens: Sequence[Token]) -> bool:
        """Whether the parser, as it is, would take these tokens."""
        return self.parser.takes(token.type for token in tokens)

    def _is_new(self, found: idioms.Repair) -> bool:
        """The same repair at the same place would go round in circles."""
        key = (found.diagnostic.title, found.diagnostic.primary.span.start, found.start)
        new = key not in self.seen
        self.seen.add(key)
        return new

    def _report(self, fault: idioms.Fault) -> None:
        from schedc.syntax.idioms.general import value_alone

        if (apart := value_alone(fault)) is not None:
            self.diagnostics.add(apart)
            return
        token = fault.token() if fault.kind() != "$END" else None
        before = self.tokens[max(fault.at - 1, 0) : fault.at]
        self.diagnostics.add(messages.unexpected(self.source, token, fault.accepted, words(), before))

    def _mend(self, found: idioms.Repair, at: int) -> int:
        """Put the tokens in; where they begin before the fault, go back to the last remembered state."""
        self.tokens[found.start : found.end] = list(found.tokens or ())
        if found.start >= at:
            return at
        return self._go_back(found.start)

    def _go_back(self, to: int) -> int:
        """Take up the last remembered state at or before a token; gives the token that it is before."""
        while self.checkpoints and self.checkpoints[-1][0] > to:
            self.checkpoints.pop()
        index, state = self.checkpoints.pop() if self.checkpoints else self.item
        self.parser = state.copy()
        return index

    def _after_statement(self, at: int) -> int | None:
        """Past the statement that holds the fault, in the state where it began; None outside of blocks."""
        while self.checkpoints:
            index, state = self.checkpoints.pop()
            self.parser = state.copy()
            if (
                index <= at
                and self._fits([Token("INSERT", "insert")])
                and not self._fits([Token("PARAM", "param")])
            ):
                return self._end_of_statement(index, at)
        return None

    def _end_of_statement(self, start: int, at: int) -> int:
        """The first token after `at` that begins a line or ends the block, outside of braces opened since."""
        depth = 0
        for index in range(start, len(self.tokens)):
            token = self.tokens[index]
            if index >= at and self._starts_item(index):
                return index
            if (
                index >= at
                and depth == 0
                and (token.type == "RBRACE" or (index > at and self._starts_line(index)))
            ):
                return index
            depth = max(0, depth + (token.type == "LBRACE") - (token.type == "RBRACE"))
        return len(self.tokens)

    def _starts_line(self, index: int) -> bool:
        between = self.source.text[self.tokens[index - 1].end_pos or 0 : self.tokens[index].start_pos or 0]
        return "\n" in between and self.tokens[index].type in _STATEMENT_STARTS

    def _after_item(self, at: int) -> int | None:
        """Past the declaration that holds the fault; None while the header is not complete."""
        begun, state = self.item
        if "PARAM" not in state.accepts():  # the declaration before it lacks its end
            begun, state = self.item_before
        self.parser = state.copy()
        if "PARAM" not in self.parser.accepts():
            return None
        for index in range(at + (1 if begun == at and self._starts_item(at) else 0), len(self.tokens)):
            if self._starts_item(index):
                return index
        return len(self.tokens)
