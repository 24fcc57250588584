"""From text to tree, with recovery: one run reports every syntax fault that is not a consequence of another.

The grammar is `grammar/sched.lark`. Its LALR parser is fed token by token, so that at a fault it can be
mended (`idioms`, when it is clear what was meant) or taken back to where the present declaration began.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lark import Token, Tree, UnexpectedToken

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s0_syntax as messages
from schedc.source import Source, Span
from schedc.syntax import ast, idioms
from schedc.syntax.build import build, token_span
from schedc.syntax.grammar import load_parser
from schedc.syntax.lexer import tokenize
from schedc.syntax.limits import MAX_CHARACTERS, MAX_DEPTH, MAX_SYNTAX_ERRORS, MAX_TOKENS

if TYPE_CHECKING:
    from lark.parsers.lalr_interactive_parser import InteractiveParser

# Words that begin a declaration; a state block begins with a name (or `layer`) and a brace.
_ITEM_STARTS = frozenset(
    {"PARAM", "LIVE", "CONST", "LAYER", "QUEUE", "COUNTER", "GLOBAL", "PROMISE", "FN", "ON", "EVERY"}
)


@dataclass(frozen=True)
class Parsed:
    """A tree that stands for the whole text; only made when there was no syntax error."""

    source: Source
    policy: ast.Policy


def parse(source: Source, diagnostics: Diagnostics) -> Parsed | None:
    """Parse a policy; None if a syntax error was reported."""
    if len(source.text) > MAX_CHARACTERS:
        diagnostics.add(messages.too_long(source, MAX_CHARACTERS))
        return None
    tokens = tokenize(source, diagnostics)
    if tokens is None:
        return None
    if len(tokens) > MAX_TOKENS:
        diagnostics.add(messages.too_many_tokens(token_span(tokens[MAX_TOKENS]), MAX_TOKENS))
        return None
    if (deep := _too_deep(tokens)) is not None:
        diagnostics.add(messages.too_deep(deep, MAX_DEPTH))
        return None
    tree = _Run(source, tokens, diagnostics).parse()
    if tree is None or diagnostics.has_errors:
        return None
    if (deep := _deep_node(tree)) is not None:
        diagnostics.add(messages.too_deep(deep, MAX_DEPTH))
        return None
    return Parsed(source, build(tree))


def _too_deep(tokens: list[Token]) -> Span | None:
    depth = 0
    for token in tokens:
        if token.type in ("LBRACE", "LPAR", "LSQB"):
            depth += 1
        elif token.type in ("RBRACE", "RPAR", "RSQB"):
            depth -= 1
        if depth > MAX_DEPTH:
            return token_span(token)
    return None


def _deep_node(tree: Tree[Token]) -> Span | None:
    """The first node below `MAX_DEPTH` levels: later stages walk the tree recursively."""
    level: list[Tree[Token]] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.children if isinstance(child, Tree)]
    for node in level:
        return Span(node.meta.start_pos, node.meta.end_pos) if not node.meta.empty else Span(0, 0)
    return None


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    """For each token type the way it is written, for those written in one way only."""
    return {
        terminal.name: terminal.pattern.value
        for terminal in load_parser().terminals
        if terminal.pattern.type == "str"
    }


class _Run:
    """One parse: the parser's state, the state at the last declaration, and what is left."""

    def __init__(self, source: Source, tokens: list[Token], diagnostics: Diagnostics) -> None:
        self.source = source
        self.tokens = tokens
        self.diagnostics = diagnostics
        self.parser: InteractiveParser = load_parser().parse_interactive("")
        self.item: InteractiveParser = self._snapshot()
        self.errors = 0

    def _snapshot(self) -> InteractiveParser:
        copy: InteractiveParser = self.parser.copy(deepcopy_values=False)
        return copy

    def parse(self) -> Tree[Token] | None:
        at = 0
        while True:
            token = self.tokens[at] if at < len(self.tokens) else self._end()
            if self._starts_item(at):
                self.item = self._snapshot()
            try:
                result = self.parser.feed_token(token)
            except UnexpectedToken:
                recovered = self._recover(at)
                if recovered is None:
                    return None
                at = recovered
                continue
            if token.type == "$END":
                return result
            at += 1

    def _end(self) -> Token:
        length = len(self.source.text)
        return Token("$END", "", start_pos=length, end_pos=length)

    def _recover(self, at: int) -> int | None:
        """Report the fault at a token, and the index from which to go on; None to give up."""
        accepted = self.parser.accepts()
        self.errors += 1
        repair = idioms.repair(self.source, self.tokens, at, accepted)
        if repair is not None:
            self.diagnostics.add(repair.diagnostic)
            if repair.tokens is not None and self.errors < MAX_SYNTAX_ERRORS:
                self.tokens[at : at + repair.consumed] = repair.tokens
                return at
        else:
            token = self.tokens[at] if at < len(self.tokens) else None
            self.diagnostics.add(
                messages.unexpected(self.source, token, accepted, _words(), previous=self.tokens[at - 1 : at])
            )
        following = self._next_item(at)
        if self.errors >= MAX_SYNTAX_ERRORS or following is None:
            return None
        self.parser = self.item
        self.item = self._snapshot()
        return following

    def _next_item(self, at: int) -> int | None:
        """The next token that begins a declaration, or the end; None while the header is not complete."""
        if "PARAM" not in self.item.accepts():
            return None
        for index in range(at + (1 if self._starts_item(at) else 0), len(self.tokens)):
            if self._starts_item(index):
                return index
        return len(self.tokens)

    def _starts_item(self, at: int) -> bool:
        """True for a token that begins a line, without indent, and can begin a declaration."""
        if at >= len(self.tokens):
            return False
        token = self.tokens[at]
        start = token.start_pos or 0
        if start > 0 and self.source.text[start - 1] != "\n":
            return False
        if token.type in _ITEM_STARTS:
            return True
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        return token.type == "NAME" and following is not None and following.type == "LBRACE"
