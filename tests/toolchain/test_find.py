"""Finding a clang: which one wins, and what is remembered."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from schedc.toolchain import NoClang, find_clang

SCRIPT = """#!/bin/sh
echo x >> "{log}"
case "$*" in
*--version*) echo "Some clang version {version} (build)" ;;
*--print-targets*) echo "  Registered Targets:"; echo "    {target}  - a target" ;;
esac
"""


def fake(folder: Path, name: str, version: str, target: str = "bpfel") -> Path:
    path = folder / name
    path.write_text(SCRIPT.format(log=folder / f"{name}.log", version=version, target=target))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def runs(path: Path) -> int:
    log = path.with_name(f"{path.name}.log")
    return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("sys.path", [])
    return tmp_path


def test_the_highest_version_wins(folder: Path) -> None:
    fake(folder, "clang", "18.1.0")
    fake(folder, "clang-19", "19.1.7")
    fake(folder, "clang-17", "17.0.6")
    assert find_clang().version == (19, 1, 7)


def test_plain_clang_wins_among_equals(folder: Path) -> None:
    fake(folder, "clang", "19.1.7")
    fake(folder, "clang-19", "19.1.7")
    assert find_clang().command == (str(folder / "clang"),)


def test_what_cannot_compile_for_bpf_is_passed_over(folder: Path) -> None:
    fake(folder, "clang-21", "21.1.0", target="x86-64")
    fake(folder, "clang-18", "18.1.0")
    assert find_clang().version == (18, 1, 0)


def test_none_at_all(folder: Path) -> None:
    fake(folder, "clang", "14.0.6")
    with pytest.raises(NoClang, match="pip install ziglang"):
        find_clang()


@pytest.mark.parametrize(
    ("version", "target", "why"),
    [
        ("16.0.0", "bpfel", "too old"),
        ("19.0.0", "arm", "without the bpf target"),
        ("x", "bpfel", "not a clang"),
    ],
)
def test_an_explicit_one_is_never_replaced(folder: Path, version: str, target: str, why: str) -> None:
    fake(folder, "clang-19", "19.1.7")
    mine = fake(folder, "mine", version, target)
    with pytest.raises(NoClang, match=why):
        find_clang(str(mine))


def test_an_explicit_one_that_is_not_there(folder: Path) -> None:
    with pytest.raises(NoClang, match="no such program"):
        find_clang("/nonexistent/clang")
    with pytest.raises(NoClang, match="not found on PATH"):
        find_clang("clang-nowhere")


def test_answers_are_remembered_until_the_binary_changes(folder: Path) -> None:
    path = fake(folder, "clang", "19.1.7")
    find_clang()
    asked = runs(path)
    assert asked == 2 and find_clang().version == (19, 1, 7) and runs(path) == asked
    fake(folder, "clang", "20.1.10")
    assert find_clang().version == (20, 1, 10)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\0", b"schedc clang probes 1\nx\n\t\t\t\t\n", b"other\n" * 9]
)
def test_a_broken_cache_is_ignored(folder: Path, content: bytes) -> None:
    fake(folder, "clang", "19.1.7")
    cache = folder / "cache" / "schedc" / "clang-probes"
    cache.parent.mkdir(parents=True)
    cache.write_bytes(content)
    assert find_clang().version == (19, 1, 7)


def test_a_cache_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(folder, "clang", "19.1.7")
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nonexistent")
    assert find_clang().version == (19, 1, 7)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.delenv("HOME", raising=False)
    assert find_clang().version == (19, 1, 7)
    assert not os.path.exists("relative")
