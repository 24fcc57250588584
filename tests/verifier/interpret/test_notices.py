"""A mistake in either of the two is noticed, and told by the policy's line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from schedc.verifier.fuzz import Story
from schedc.verifier.interpret import Subject, frame, inserts, pulls
from schedc.verifier.interpret.differ import Compared, replayed
from schedc.verifier.interpret.memory import Memory
from schedc.verifier.interpret.policy import PolicyRun
from schedc.verifier.interpret.recording import Call

Recorded = Callable[[str], tuple[Subject, tuple[Call, ...]]]
Mutation = Callable[[pytest.MonkeyPatch], None]


def mean(node: str, changed: Callable[[Any], Any]) -> Mutation:
    """A node of the tree gives another value."""

    def mutate(patch: pytest.MonkeyPatch) -> None:
        meanings = frame._MEANINGS
        kind = next(each for each in meanings if each.__name__ == node)
        old = meanings[kind]
        patch.setitem(meanings, kind, lambda inside, each: changed(old(inside, each)))

    return mutate


def without(node: str) -> Mutation:
    """A statement does nothing."""

    def mutate(patch: pytest.MonkeyPatch) -> None:
        kind = next(each for each in frame._MEANINGS if each.__name__ == node)
        patch.setitem(frame._MEANINGS, kind, lambda inside, each: None)

    return mutate


def swap(owner: object, name: str, new: object) -> Mutation:
    return lambda patch: patch.setattr(owner, name, new)


MUTATIONS: dict[str, tuple[str, Mutation]] = {
    "charged one more": ("fair", mean("Scaled", lambda value: value + 1)),
    "comparisons turned": ("priority", mean("Compare", lambda value: not value)),
    "a pull's answer turned": ("desk", mean("PullChain", lambda value: not value)),
    "products are quotients": ("field_beside_clock", mean("Binary", lambda value: value // 2)),
    "no rebasing": ("desk", swap(inserts, "rebased", lambda inside, task, queue: inside.run.memory["vtime", task.pid])),
    "no window": ("fair", swap(inserts, "_into_window", lambda inside, vtime, queue: vtime)),
    "clocks stand": ("fair", swap(PolicyRun, "_advance_clock", lambda self, task: None)),
    "layers are not decided": ("desk", swap(PolicyRun, "_decide_layer", lambda self, task: None)),
    "prev stands behind": ("deadlines_only", swap(pulls, "_is_before", lambda inside, prev, queue, first: first is None)),
    "memory forgets": ("desk", swap(Memory, "word", lambda self, key: 0 if key[0] == "clock" else None)),
    "assignments are lost": ("fair", without("Assign")),
}  # fmt: skip


@pytest.mark.parametrize("what", MUTATIONS)
def test_a_wrong_interpreter_is_noticed(
    what: str, recorded: Recorded, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, mutate = MUTATIONS[what]
    subject, calls = recorded(name)
    mutate(monkeypatch)
    try:
        result = replayed(subject, story, calls)
    except TypeError:
        return  # a value where there can be none
    assert result.disagreement is not None


def wrong(calls: tuple[Call, ...], letter: str, place: int) -> list[Call]:
    """The recording with one number of its last such decision changed."""
    at = max(number for number, call in enumerate(calls) if any(step[0] == letter for step in call.steps))
    steps = [list(step) for step in calls[at].steps]
    step = next(step for step in steps if step[0] == letter)
    step[place] = str(int(step[place]) ^ 1)
    return [*calls[:at], replace(calls[at], steps=steps), *calls[at + 1 :]]


@pytest.mark.parametrize(
    ("letter", "place"), [("i", 2), ("i", 3), ("i", 4), ("i", 5), ("k", 1), ("k", 2), ("S", 2), ("l", 1)]
)
def test_a_wrong_decision_of_the_compiled_policy_is_noticed(
    letter: str, place: int, recorded: Recorded, story: Story
) -> None:
    subject, calls = recorded("fair")
    result: Compared = replayed(subject, story, wrong(calls, letter, place))
    assert result.disagreement is not None
    assert result.disagreement.line in range(1, subject.proven.policy.source.line_count + 1)
