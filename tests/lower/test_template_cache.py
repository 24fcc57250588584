"""The code of the templates is stored, and only believed where nobody else could have put it."""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType

import pytest

from schedc import table_cache
from schedc.lower import templates


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, and a process that has not loaded the templates yet."""
    base = tmp_path / "cache"
    base.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_CACHE_HOME", str(base))
    templates.environment.cache_clear()
    yield base / "schedc"
    templates.environment.cache_clear()


def load() -> None:
    """Load a template in a process that has none."""
    templates.environment.cache_clear()
    templates.environment().get_template("callbacks.j2")


def stored_file(cache: Path) -> Path:
    load()
    (stored,) = cache.iterdir()
    return stored


def test_code_is_stored_and_read_back(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = stored_file(cache)
    assert stored.stat().st_mode & 0o777 == 0o600
    assert cache.stat().st_mode & 0o777 == 0o700
    templates.environment.cache_clear()
    monkeypatch.setattr(templates.Environment, "compile", lambda *_: pytest.fail("compiled again"))
    templates.environment().get_template("callbacks.j2")


@pytest.mark.parametrize("damage", [b"", b"x" * 40, None])
def test_a_damaged_file_is_replaced(cache: Path, damage: bytes | None) -> None:
    stored = stored_file(cache)
    whole = stored.read_bytes()
    stored.write_bytes(whole[:-1] if damage is None else damage)
    assert stored_file(cache).read_bytes() == whole


@pytest.mark.parametrize("content", [b"", b"N", marshal.dumps({"callbacks.j2": 1}), marshal.dumps([1])])
def test_sound_bytes_that_are_no_code_are_replaced(cache: Path, content: bytes) -> None:
    stored = stored_file(cache)
    table_cache.write(stored.name, content)
    load()
    found = marshal.loads(table_cache.read(stored.name, code=True) or b"")
    assert all(isinstance(code, CodeType) for code in found.values())


def test_code_that_others_may_write_is_not_believed(cache: Path) -> None:
    stored = stored_file(cache)
    assert table_cache.read(stored.name, code=True) is not None
    stored.chmod(0o620)
    assert table_cache.read(stored.name, code=True) is None


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777, 0o1777])
def test_code_in_a_folder_that_others_may_write_is_not_believed(cache: Path, mode: int) -> None:
    stored = stored_file(cache)
    cache.chmod(mode)
    assert table_cache.read(stored.name, code=True) is None


def test_code_below_a_folder_that_others_may_write_is_not_believed(cache: Path) -> None:
    stored = stored_file(cache)
    cache.parent.chmod(0o777)
    assert table_cache.read(stored.name, code=True) is None
    assert table_cache.read(stored.name) is not None
    cache.parent.chmod(0o1777)
    assert table_cache.read(stored.name, code=True) is not None


def as_if_of_another_user(place: Path, patch: pytest.MonkeyPatch) -> None:
    """Only root can give a file away; what the system says of its owner is changed instead."""
    wanted = place.lstat()
    for name in ("lstat", "fstat"):
        ask = getattr(os, name)

        def answer(asked: object, ask: Callable[[object], os.stat_result] = ask) -> os.stat_result:
            found = ask(asked)
            owner = 4711 if os.path.samestat(found, wanted) else found.st_uid
            return os.stat_result((*found[:4], owner, *found[5:]))

        patch.setattr(table_cache.os, name, answer)


def test_code_of_another_user_is_not_believed(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = stored_file(cache)
    for place in (stored, cache, cache.parent):
        with monkeypatch.context() as patch:
            as_if_of_another_user(place, patch)
            assert table_cache.read(stored.name, code=True) is None
    assert table_cache.read(stored.name, code=True) is not None


def test_a_link_is_not_followed(cache: Path) -> None:
    stored = stored_file(cache)
    elsewhere = cache.parent / "elsewhere"
    stored.rename(elsewhere)
    stored.symlink_to(elsewhere)
    assert table_cache.read(stored.name, code=True) is None


def test_a_file_where_the_directory_should_be_is_no_fault(cache: Path) -> None:
    cache.write_text("")
    load()


def test_the_files_that_were_written_last_are_kept(cache: Path) -> None:
    table_cache.write("grammar-0.tables", b"of another kind")
    for number in range(12):
        table_cache.write(f"templates-{number:02}.code", b"code")
        os.utime(cache / f"templates-{number:02}.code", ns=(number, number))
    names = sorted(entry.name for entry in cache.iterdir())
    assert names == ["grammar-0.tables", *(f"templates-{number:02}.code" for number in range(4, 12))]
