"""The lines and branches that the instrumented program tells are those of the policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

import pytest

from schedc import api
from schedc.verifier.fuzz import Story, Subject, run
from schedc.verifier.fuzz.coverage import Coverage
from schedc.verifier.sim import Phase, Scenario, Task, machine

MS = 1_000_000
LIBRARY = ("central", "desk", "fair", "fifo", "priority")
_OWN = re.compile(r"\b(if|match|pull|keep|idle_cpu|layer|else)\b")


def subject(name: str) -> Subject:
    text = (resources.files("schedc.stdlib_policies") / f"{name}.sched").read_text()
    return Subject.of(api.compile(text, f"{name}.sched"))


def told(name: str) -> Iterator[tuple[str, str]]:
    """What happened and the text of the line that is named for it."""
    policy = subject(name)
    tasks = (Task((Phase("run", 10 * MS),), "a"), Task((Phase("run", MS), Phase("sleep", MS)), "b"))
    result = run(policy, Story(Scenario(machine(1), tasks, end=200 * MS)), trace=True).result
    for line in result.trace:
        if line.line:
            yield line.what, policy.line(line.line)


@pytest.mark.parametrize("name", LIBRARY)
def test_a_line_that_is_named_says_what_happened(name: str) -> None:
    words = {"insert": "insert", "pull": "pull", "kick": "kick", "set_slice": "keep"}
    seen = [(what, text) for what, text in told(name) if what in words]
    assert seen
    # A statement over several lines is named by its first.
    assert all(words[what] in text or "pull" in text for what, text in seen)


@pytest.mark.parametrize("name", LIBRARY)
def test_every_branch_is_on_a_line_that_decides(name: str) -> None:
    policy = subject(name)
    assert policy.branches
    assert all(_OWN.search(policy.line(branch.line)) for branch in policy.branches)


def test_what_was_never_reached_is_named_once_and_goes_when_it_is() -> None:
    policy = subject("fair")
    coverage = Coverage(policy)
    everything = coverage.unreached()
    assert {each.what for each in everything} >= {"keep prev never kept a task", "an idle CPU was never found"}
    counts = [1] * (2 * len(policy.branches))
    assert coverage.add(counts) == len(counts)
    assert coverage.add(counts) == 0
    assert coverage.unreached() == ()
