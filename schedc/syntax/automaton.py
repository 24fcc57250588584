"""Drives the tables: text to tokens, and tokens, one by one, to a parse tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from schedc.syntax.tables import Reduction, Tables
from schedc.syntax.tokens import Child, Token, Tree

END = "$END"


class BadCharacter(Exception):
    """Nothing that the lexer knows begins at `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class UnexpectedToken(Exception):
    """A token that does not fit what was read before it."""


class Lexer:
    """Words are reserved everywhere, and adjacent words have to be apart."""

    def __init__(self, tables: Tables) -> None:
        self._patterns = [re.compile(pattern) for pattern in tables.patterns]
        self._ignored = tables.ignored
        self._reserved = tables.reserved

    def lex(self, text: str, offset: int) -> Iterator[Token]:
        """The tokens from an offset on; raises `BadCharacter` where there is none."""
        end, nothing = len(text), dict[str, str]()
        while offset < end:
            for pattern in self._patterns:
                if match := pattern.match(text, offset):
                    break
            else:
                raise BadCharacter(offset)
            kind, start = match.lastgroup or "", offset
            offset = match.end()
            if kind not in self._ignored:
                word = match.group()
                yield Token(self._reserved.get(kind, nothing).get(word, kind), word, start, offset)


class Parser:
    """A parse under way: the states it went through, and what was read in each."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.states = [tables.start]
        self.values: list[Child] = []

    def copy(self) -> Parser:
        """The same parse, on stacks of its own."""
        made = Parser(self._tables)
        made.states = self.states[:]
        made.values = self.values[:]
        return made

    def feed(self, token: Token) -> Tree | None:
        """Take a token; the whole tree for the `END`. One that does not fit changes nothing."""
        states, values = self.states, self.values
        table, reductions, end = self._tables.states, self._tables.reductions, self._tables.end
        before: tuple[list[int], list[Child]] | None = None
        while True:
            target = table[states[-1]].get(token.type)
            if target is None:
                if before is not None:
                    self.states, self.values = before
                raise UnexpectedToken
            if target >= 0:
                states.append(target)
                values.append(token)
                return None
            before = before or (states[:], values[:])
            reduction = reductions[~target]
            parts: list[Child] = []
            if count := reduction.parts:
                parts = values[-count:]
                del states[-count:]
                del values[-count:]
            value = _reduce(reduction, parts)
            states.append(table[states[-1]][reduction.origin])
            values.append(value)
            if token.type == END and states[-1] == end:
                assert isinstance(value, Tree)
                return value

    def takes(self, types: Iterable[str]) -> bool:
        """Whether tokens of these types would fit; nothing is read."""
        states = self.states[:]
        return all(self._step(states, kind) for kind in types)

    def accepts(self) -> frozenset[str]:
        """The types of the tokens that fit next."""
        return frozenset(
            kind for kind in self._tables.states[self.states[-1]] if kind.isupper() and self.takes((kind,))
        )

    def _step(self, states: list[int], kind: str) -> bool:
        table, reductions = self._tables.states, self._tables.reductions
        while True:
            target = table[states[-1]].get(kind)
            if target is None:
                return False
            if target >= 0:
                states.append(target)
                return True
            reduction = reductions[~target]
            if reduction.parts:
                del states[-reduction.parts :]
            states.append(table[states[-1]][reduction.origin])
            if kind == END and states[-1] == self._tables.end:
                return True


def _reduce(reduction: Reduction, parts: list[Child]) -> Child:
    children = parts
    if reduction.kept is not None:
        children = []
        for place, is_list in reduction.kept:
            part = parts[place]
            if is_list and isinstance(part, Tree):
                # A list grows at its end, and what it was before is not used again: take it over.
                children = children + part.children if children else part.children
            else:
                children.append(part)
    value = children[0] if reduction.single and len(children) == 1 else Tree(reduction.name, children)
    if isinstance(value, Tree):
        value.place(parts)
    return value
