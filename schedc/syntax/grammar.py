"""The grammar file as a parser: tables made once, then read back from the user's cache.

Making the tables takes about half a second, reading them a hundredth.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from functools import lru_cache
from importlib.util import find_spec

from schedc.syntax import table_cache, tables
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
    key = _key(text)
    stored = table_cache.read(key)
    if stored is not None and (found := _thaw(stored)) is not None:
        return found
    made = tables.make(text)
    table_cache.write(key, marshal.dumps(tables.freeze(made)))
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


def _key(text: str) -> str:
    """Whatever changes the tables or how they are read."""
    lark = find_spec("lark")
    parts = (text, _stamp(lark.origin if lark else None), _stamp(tables.__file__), sys.version)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _stamp(path: str | None) -> str:
    """Which version of a module is installed, without loading it."""
    try:
        status = os.stat(path or "")
    except OSError:
        return ""
    return f"{path} {status.st_size} {status.st_mtime_ns}"


def _thaw(stored: bytes) -> Tables | None:
    try:
        return tables.thaw(marshal.loads(stored))
    except Exception:  # whatever is wrong with a stored table, the grammar itself is at hand
        return None
