"""Recordings: a policy's compiled C under one story, made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from schedc.verifier.fuzz import Story
from schedc.verifier.interpret import Subject
from schedc.verifier.interpret.recording import Call, calls
from schedc.verifier.sim import Event, Phase, Scenario, Task, machine
from schedc.verifier.sim.run import told
from schedc.verifier.sim.scenario import MS

REGRESSIONS = Path(__file__).parents[2] / "regressions"
NAP = (Phase("run", 3 * MS), Phase("sleep", 2 * MS))
HOG = (Phase("run", 100 * MS),)
STORY = Story(Scenario(
    machine(4, smt=2, per_llc=2),
    (
        Task(NAP, "nap"), Task(HOG, "hog"), Task(HOG, "light", nice=5), Task(HOG, "heavy", nice=-5),
        Task(HOG, "here", cpus=frozenset({0}), cgroup="/build.slice/make"),
    ),
    (Event(60 * MS, "off", 1), Event(100 * MS, "nice", 1, 19), Event(150 * MS, "on", 1)),
    end=300 * MS,
))  # fmt: skip


@cache
def _recorded(name: str) -> tuple[Subject, tuple[Call, ...]]:
    library = resources.files("schedc.stdlib_policies") / f"{name}.sched"
    text = library.read_text() if library.is_file() else (REGRESSIONS / f"{name}.sched").read_text()
    subject = Subject.of(text, f"{name}.sched")
    return subject, tuple(calls(told(subject.program, STORY.scenario)))


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], tuple[Subject, tuple[Call, ...]]]:
    """A policy of the library, or of the regressions, and what was recorded of it under `STORY`."""
    return _recorded


@pytest.fixture(scope="session")
def story() -> Story:
    return STORY
