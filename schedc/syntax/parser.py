"""From text to tree, with recovery: one run reports every syntax fault that is not a consequence of another.

The grammar is `grammar/sched.lark`; `recovery` feeds its LALR parser token by token.
"""

from __future__ import annotations

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s0_syntax as messages
from schedc.diagnostics.merge import merge
from schedc.record import record
from schedc.source import Source, Span
from schedc.syntax import ast
from schedc.syntax.build import build, token_span
from schedc.syntax.lexer import tokenize
from schedc.syntax.limits import MAX_CHARACTERS, MAX_DEPTH, MAX_TOKENS
from schedc.syntax.plain import mend_tokens
from schedc.syntax.recovery import Run
from schedc.syntax.tokens import Token, Tree


@record
class Parsed:
    """A tree that stands for the whole text; only made when there was no syntax error."""

    source: Source
    policy: ast.Policy


@record
class Fragments:
    """The declarations that were read, or mended, where the text has syntax errors."""

    source: Source
    items: tuple[ast.Item, ...]


def parse(source: Source, diagnostics: Diagnostics) -> Parsed | None:
    """Parse a policy; None if a syntax error was reported."""
    found = parse_what_can_be(source, diagnostics)
    return found if isinstance(found, Parsed) else None


def parse_what_can_be(source: Source, diagnostics: Diagnostics) -> Parsed | Fragments | None:
    """Parse a policy, or what is left of it beside the syntax errors that were reported."""
    found = Diagnostics()
    tree = _tree(source, found)
    diagnostics.extend(merge(found))
    if tree is None:
        return None
    policy: ast.Policy = build(tree)
    return Fragments(source, policy.items) if found.has_errors else Parsed(source, policy)


def _tree(source: Source, found: Diagnostics) -> Tree | None:
    if len(source.text) > MAX_CHARACTERS:
        found.add(messages.too_long(source, MAX_CHARACTERS))
        return None
    tokens = tokenize(source, found)
    if tokens is None or _other_version(tokens, found):
        return None
    if len(tokens) > MAX_TOKENS:
        found.add(messages.too_many_tokens(token_span(tokens[MAX_TOKENS]), MAX_TOKENS))
        return None
    tokens = mend_tokens(source, tokens, found)
    deep = _too_deep(tokens)
    tree = Run(source, tokens, found).parse() if deep is None else None
    deep = deep or (_deep_node(tree) if tree is not None else None)
    if deep is not None:
        found.add(messages.too_deep(deep, MAX_DEPTH))
        return None
    return tree


def _other_version(tokens: list[Token], found: Diagnostics) -> bool:
    """A policy of another version is not read on: its words may mean something else."""
    if len(tokens) < 2 or (tokens[0].type, tokens[1].type) != ("LANGUAGE", "NUMBER") or tokens[1] == "1":
        return False
    certain = str(tokens[1]).rstrip("0") == "1."
    found.add(messages.version_unknown(token_span(tokens[1]), str(tokens[1]), certain))
    return True


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


def _deep_node(tree: Tree) -> Span | None:
    """The first node below `MAX_DEPTH` levels: later stages walk the tree recursively."""
    level: list[Tree] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.children if isinstance(child, Tree)]
    for node in level:
        return Span(node.start_pos or 0, node.end_pos or 0)
    return None
