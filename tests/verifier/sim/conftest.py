"""The library's policies, compiled once; and this folder's helper beside its tests (tests are no package)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from schedc import api
from schedc.verifier.sim import Program

sys.path.insert(0, str(Path(__file__).parent))


@cache
def _program(name: str, settings: tuple[tuple[str, str], ...]) -> Program:
    text = (resources.files("schedc.stdlib_policies") / f"{name}.sched").read_text()
    return Program.of(api.compile(text, f"{name}.sched"), dict(settings))


@pytest.fixture(scope="session")
def library() -> Callable[..., Program]:
    """A policy of the library by its name, with values for its params."""

    def get(name: str, **settings: str) -> Program:
        return _program(name, tuple(sorted(settings.items())))

    return get
