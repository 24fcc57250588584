"""What is kept of what was built: what was used last."""

from __future__ import annotations

import os
import time
from pathlib import Path

from schedc.verifier.vm import cache

HOUR = 3600


def built(folder: Path, name: str, hours: float) -> Path:
    """Used last that many hours ago."""
    entry = folder / name
    entry.mkdir(parents=True)
    (entry / "simulate").write_bytes(b"x")
    os.utime(entry, times=(time.time() - hours * HOUR,) * 2)
    return entry


def test_what_was_not_used_for_long_goes_when_there_is_much(tmp_path: Path) -> None:
    for hours in range(2, 8):
        built(tmp_path, f"old{hours}", hours)
    cache.used(tmp_path / "old7")
    cache.forget_unused(tmp_path, 3)
    assert {entry.name for entry in tmp_path.iterdir()} == {"old7", "old2", "old3"}


def test_what_was_used_within_an_hour_stays(tmp_path: Path) -> None:
    """Another process may be about to run it."""
    for at in range(6):
        built(tmp_path, f"new{at}", 0.5)
    cache.forget_unused(tmp_path, 3)
    assert len(list(tmp_path.iterdir())) == 6


def test_what_is_gone_is_no_error(tmp_path: Path) -> None:
    cache.used(tmp_path / "nothing")
    cache.forget_unused(tmp_path, 3)
    assert list(tmp_path.iterdir()) == []
