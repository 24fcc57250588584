"""The grammar file as a parser: tables made once, then read back from the user's cache.

Making the tables takes about half a second, reading them a hundredth.
"""

from __future__ import annotations

import marshal
import os
import sys
from functools import lru_cache
from importlib.util import find_spec

from schedc import table_cache
from schedc.syntax import tables
from schedc.syntax.automaton import Lexer, Parser
from schedc.syntax.tables import Tables

_PACKAGE = os.path.dirname(os.path.dirname(__file__))


def grammar_text() -> str:
    """The grammar of the language, in lark's notation."""
    with open(os.path.join(_PACKAGE, "grammar", "sched.lark"), encoding="utf-8") as file:
        return file.read()


@lru_cache(maxsize=1)
def load_tables() -> Tables:
    text = grammar_text()
    name = _name(text)
    stored = table_cache.read(name)
    if stored is not None and (found := _thaw(stored)) is not None:
        return found
    made = tables.make(text)
    table_cache.write(name, marshal.dumps(tables.freeze(made)))
    return made


def load_parser() -> Parser:
    """A parser that has read nothing."""
    return Parser(load_tables())


@lru_cache(maxsize=1)
def load_lexer() -> Lexer:
    return Lexer(load_tables())


def words() -> dict[str, str]:
    """For each token type the way it is written, for those written in one way only."""
    return load_tables().words


@lru_cache(maxsize=1)
def keywords() -> dict[str, str]:
    """For each reserved word its token type."""
    return {text: name for name, text in words().items() if text.isalpha()}


def _name(text: str) -> str:
    """Of the stored tables: made from whatever changes them or how they are read."""
    lark = find_spec("lark")
    stamps = (table_cache.stamp(lark.origin if lark else None), table_cache.stamp(tables.__file__))
    return f"grammar-{table_cache.key(text, *stamps, sys.version)}.tables"


def _thaw(stored: bytes) -> Tables | None:
    try:
        return tables.thaw(marshal.loads(stored))
    except Exception:  # whatever is wrong with a stored table, the grammar itself is at hand
        return None
