"""The grammar file as a parser: built once, then read back from the user's cache.

Building the tables takes about half a second, reading them a few hundredths.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from functools import lru_cache
from pathlib import Path

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import BasicLexer, TerminalDef

from schedc.syntax import table_cache


def grammar_text() -> str:
    """The grammar of the language, in lark's notation."""
    return (Path(__file__).parents[1] / "grammar" / "sched.lark").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def load_parser() -> Lark:
    text = grammar_text()
    key = _key(text)
    stored = table_cache.read(key)
    if stored is not None and (parser := _thaw(stored)) is not None:
        return parser
    parser = _build(text)
    if (frozen := _freeze(parser)) is not None:
        table_cache.write(key, frozen)
    return parser


def load_lexer() -> BasicLexer:
    """The lexer of the parser: words are reserved everywhere, and adjacent words have to be apart."""
    lexer = load_parser().parser.lexer
    assert isinstance(lexer, BasicLexer)
    return lexer


@lru_cache(maxsize=1)
def words() -> dict[str, str]:
    """For each token type the way it is written, for those written in one way only."""
    return {t.name: t.pattern.value for t in load_parser().terminals if t.pattern.type == "str"}


@lru_cache(maxsize=1)
def keywords() -> dict[str, str]:
    """For each reserved word its token type."""
    return {text: name for name, text in words().items() if text.isalpha()}


def _build(text: str) -> Lark:
    return Lark(text, parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=False)


def _key(text: str) -> str:
    """Whatever changes the tables or how they are read."""
    parts = (text, lark.__version__, sys.version, str(marshal.version))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _freeze(parser: Lark) -> bytes | None:
    """The tables as plain data, not as pickled objects: reading them can then run no code."""
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    try:
        return marshal.dumps({"data": data, "memo": memo})
    except ValueError:
        return None


def _thaw(stored: bytes) -> Lark | None:
    try:
        return Lark.load(marshal.loads(stored))
    except Exception:  # whatever is wrong with a stored table, the grammar itself is at hand
        return None
