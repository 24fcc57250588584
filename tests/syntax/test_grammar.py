from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lark import Lark

from schedc import table_cache
from schedc.syntax import grammar, tables
from schedc.syntax.tokens import Token, Tree

from .derive import sentence


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, and a process that has not loaded the parser yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    grammar.load_tables.cache_clear()
    yield tmp_path / "schedc"
    grammar.load_tables.cache_clear()


def parses() -> bool:
    grammar.load_tables.cache_clear()
    return grammar.load_tables().words["LANGUAGE"] == "language"


def test_the_grammar_is_strictly_lalr() -> None:
    Lark(grammar.grammar_text(), parser="lalr", lexer="basic", strict=True)


def shape(tree: Any) -> Any:
    """A tree of lark, or of ours, as plain values."""
    if isinstance(tree, str):
        return str(tree), tree.type, tree.start_pos, tree.end_pos  # type: ignore[attr-defined]
    meta = tree if isinstance(tree, Tree) else tree.meta
    place = (getattr(meta, "start_pos", None), getattr(meta, "end_pos", None))
    return str(tree.data), place, [shape(child) for child in tree.children]


@pytest.mark.parametrize("seed", range(30))
def test_what_is_read_is_what_lark_reads(seed: int) -> None:
    text = grammar.grammar_text()
    lark = Lark(text, parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=False)
    text = sentence(random.Random(seed))
    parser = grammar.load_parser()
    for token in grammar.load_lexer().lex(text, 0):
        assert token.type in parser.accepts()
        parser.feed(token)
    assert shape(parser.feed(Token("$END", ""))) == shape(lark.parse(text))


def test_tables_are_stored_and_read_back(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parses()
    (stored,) = cache.iterdir()
    assert stored.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(tables, "make", lambda text: pytest.fail("built again"))
    assert parses()


@pytest.mark.parametrize("damage", [b"", b"x" * 40, None])
def test_a_damaged_file_is_replaced(cache: Path, damage: bytes | None) -> None:
    assert parses()
    (stored,) = cache.iterdir()
    whole = stored.read_bytes()
    stored.write_bytes(whole[:-1] if damage is None else damage)
    assert parses()
    assert table_cache.read(stored.name) is not None


def test_sound_bytes_that_are_no_tables_are_replaced(cache: Path) -> None:
    assert parses()
    (stored,) = cache.iterdir()
    key = stored.name
    table_cache.write(key, b"N")
    assert parses()
    assert table_cache.read(key) != b"N"


def test_a_file_that_others_may_write_is_not_believed(cache: Path) -> None:
    assert parses()
    (stored,) = cache.iterdir()
    stored.chmod(0o666)
    assert table_cache.read(stored.name) is None


def test_a_link_is_not_followed(cache: Path) -> None:
    assert parses()
    (stored,) = cache.iterdir()
    elsewhere = cache.parent / "elsewhere"
    stored.rename(elsewhere)
    stored.symlink_to(elsewhere)
    assert table_cache.read(stored.name) is None


def test_an_unwritable_cache_is_no_fault(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody makes a directory in /proc, root neither."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc")
    assert parses()
    assert not cache.exists()


def test_a_file_where_the_directory_should_be_is_no_fault(cache: Path) -> None:
    cache.write_text("")
    assert parses()
