"""The interpreter and the compiled C decide the same: the library, what was once wrong, and what is drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schedc.verifier.fuzz import Story
from schedc.verifier.interpret import Subject
from schedc.verifier.interpret.campaign import compare_seed
from schedc.verifier.interpret.differ import replayed
from schedc.verifier.interpret.recording import Call

Recorded = Callable[[str], tuple[Subject, tuple[Call, ...]]]
LIBRARY = ("central", "chaos", "desk", "edf", "fair", "fifo", "priority")
# A lone queue of deadlines compares the previous task's deadline with the first one's.
ONCE_WRONG = ("deadlines_only", "keep_beside_deadlines", "field_beside_clock", "drawn_twice", "keep_beside_aging",
              "refused_claims", "signed_beside_unsigned", "state_beside_charge", "keep_charges")  # fmt: skip
SEEDS = range(1, 9)


@pytest.mark.parametrize("name", [*LIBRARY, *ONCE_WRONG])
def test_they_agree(name: str, recorded: Recorded, story: Story) -> None:
    subject, calls = recorded(name)
    result = replayed(subject, story, calls)
    assert result.disagreement is None
    assert result.callbacks == len(calls) > 50


@pytest.mark.parametrize("seed", SEEDS)
def test_they_agree_on_what_is_drawn(seed: int) -> None:
    outcome = compare_seed(seed, traces=2)
    assert (outcome.fault, outcome.disagreement) == ("", None)
    assert outcome.callbacks


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 400))
def test_they_agree_on_many(seed: int) -> None:
    outcome = compare_seed(seed, traces=2)
    assert (outcome.fault, outcome.disagreement) == ("", None)
