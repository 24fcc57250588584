"""Policies drawn at random: the compiler accepts each of them, and so do the verifiers of real kernels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from schedc import api
from schedc.diagnostics import Diagnostics, Severity
from schedc.source import Source
from schedc.syntax.parser import parse
from schedc.syntax.printer import print_policy
from schedc.verifier.generate import draw_policy, seeded
from schedc.verifier.generate.campaign import Drawn, compile_seeds, compile_text, verify
from schedc.verifier.generate.shrink import shrink
from schedc.verifier.generate.strategy import policies

KERNELS = ("6.18", "7.3")
# The first forty seeds of the long run, and few enough to be compiled each time.
SEEDS = range(40)
REGRESSIONS = sorted((Path(__file__).parents[2] / "regressions").glob("*.sched"))
STDLIB = Path(__file__).parents[3] / "stdlib_policies" / "fair.sched"
slow = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), print_blob=True
)


def faults(text: str) -> list[str]:
    found = api.check(text).diagnostics
    return [f"{each.code}: {each.title}" for each in found if each.severity is Severity.ERROR]


@given(policies())
@slow
def test_what_is_drawn_is_accepted(text: str) -> None:
    assert faults(text) == []


@given(policies())
@slow
def test_what_is_drawn_is_printed_as_it_is_read(text: str) -> None:
    parsed = parse(Source("drawn", text), Diagnostics())
    assert parsed is not None
    assert print_policy(parsed.policy) == text


def test_the_same_seed_draws_the_same_policy() -> None:
    assert draw_policy(seeded(7)) == draw_policy(seeded(7)) != draw_policy(seeded(8))


@pytest.fixture(scope="module")
def compiled() -> list[Drawn]:
    return list(compile_seeds(SEEDS))


def test_what_is_drawn_compiles(compiled: list[Drawn]) -> None:
    """Through clang and both audits; only the cost on a large machine may be held against it, and rarely."""
    assert [(each.name, each.fault) for each in compiled if each.object is None and not each.costly] == []
    assert sum(each.costly for each in compiled) <= len(compiled) // 10


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.stem)
def test_what_once_failed_compiles(path: Path) -> None:
    assert compile_text(path.stem, path.read_text()).fault == ""


@pytest.mark.vm
@pytest.mark.parametrize("kernel", KERNELS)
def test_kernels_take_what_is_drawn_and_what_once_failed(compiled: list[Drawn], kernel: str) -> None:
    old = [compile_text(path.stem, path.read_text()) for path in REGRESSIONS]
    rejected = verify([*compiled, *old], kernel)
    assert [(each.drawn.name, each.why) for each in rejected] == []


def test_a_failing_policy_is_made_small() -> None:
    """Whatever still kicks: what is left is little else."""

    def kicks(texts: Sequence[str]) -> list[bool]:
        return ["kick idle_cpu" in text for text in texts]

    small = shrink(STDLIB.read_text(encoding="utf-8"), kicks, rounds=30)
    assert "kick idle_cpu" in small and len(small.splitlines()) < 8
