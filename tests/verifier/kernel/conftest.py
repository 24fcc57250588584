"""Policies, compiled once for all tests of this folder."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from schedc import api
from schedc.verifier.kernel import Subject

LIBRARY = sorted(
    Path(str(item))
    for item in resources.files("schedc.stdlib_policies").iterdir()
    if item.name.endswith(".sched")
)
# Those that between them have queues of all orders and places, layers, timers, moves and infinite slices.
FEW = ("central", "chaos", "desk", "fair", "fifo", "priority")


def compiled(path: Path) -> Subject:
    """A policy of the library."""
    result = api.compile(path.read_text(encoding="utf-8"), path.name)
    assert result.accepted, [diagnostic.title for diagnostic in result.diagnostics]
    return Subject.of(result)


@pytest.fixture(scope="session")
def library() -> dict[str, Subject]:
    """A few policies of the library by name: each boot and run of one takes its time."""
    return {path.stem: compiled(path) for path in LIBRARY if path.stem in FEW}


@pytest.fixture(scope="session")
def whole_library() -> list[Subject]:
    """All policies of the library."""
    return [compiled(path) for path in LIBRARY]
