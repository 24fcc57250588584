"""Policies of the library on the oldest, the middle and the newest kernel: one boot a kernel for all."""

from __future__ import annotations

import pytest

from schedc.verifier.kernel import Options, Outcome, Subject, verify
from schedc.verifier.kernel.show import text
from schedc.verifier.kernel.verify import BOUNDED, MATRIX


@pytest.fixture(scope="module")
def short(library: dict[str, Subject]) -> Outcome:
    """Three guest seconds each."""
    return verify(list(library.values()), Options(BOUNDED, seconds=3))


@pytest.mark.vm
@pytest.mark.parametrize("kernel", BOUNDED)
def test_the_library_runs_on(short: Outcome, kernel: str) -> None:
    mine = [each for each in short.verdicts if each.result.kernel.startswith(f"{kernel}.")]
    assert len(mine) == len(short.verdicts) // len(BOUNDED)
    assert all(each.ok for each in mine), "\n".join(text(short))


@pytest.mark.vm
def test_all_is_told_of_each(short: Outcome, library: dict[str, Subject]) -> None:
    assert len(short.verdicts) == len(library) * len(BOUNDED)
    for each in short.verdicts:
        callbacks = {program.callback for program in each.result.programs}
        assert {"select_cpu", "enqueue", "dispatch", "cpu_offline", "init", "exit"} <= callbacks
        assert set(each.result.counters) == set(each.subject.report.counters)
        assert each.result.layer_groups >= len(each.subject.groups())
    assert list(text(short))[-1].startswith(f"{len(library)} policies on ")


@pytest.mark.slow
@pytest.mark.vm
def test_the_whole_library_runs_on_the_matrix(whole_library: list[Subject]) -> None:
    outcome = verify(whole_library, Options(MATRIX, seconds=3))
    assert outcome.ok, "\n".join(text(outcome))


@pytest.mark.slow
@pytest.mark.vm
@pytest.mark.parametrize("seed", range(3))
def test_half_a_minute_of_each(library: dict[str, Subject], seed: int) -> None:
    outcome = verify(list(library.values()), Options(MATRIX, seconds=30, seed=seed))
    assert outcome.ok, "\n".join(text(outcome))
