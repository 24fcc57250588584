"""The grammar file as a parser, built once a process."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from lark import Lark
from lark.lexer import BasicLexer


def grammar_text() -> str:
    """The grammar of the language, in lark's notation."""
    return resources.files("schedc.grammar").joinpath("sched.lark").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def load_parser() -> Lark:
    return Lark(grammar_text(), parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=False)


def load_lexer() -> BasicLexer:
    """The lexer of the parser: words are reserved everywhere, and adjacent words have to be apart."""
    lexer = load_parser().parser.lexer
    assert isinstance(lexer, BasicLexer)
    return lexer
