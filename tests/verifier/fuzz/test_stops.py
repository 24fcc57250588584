"""Races: found where callbacks stop in the middle, told by where they stopped, and not there where none does."""

from __future__ import annotations

from dataclasses import replace

from seeded import Bug

from schedc.verifier.fuzz import Budget, Subject, fuzz, tell
from schedc.verifier.fuzz import run as judged
from schedc.verifier.fuzz.draw import THEMES

STOPPING = [theme for theme in THEMES if theme.stops]
OTHERS = [theme for theme in THEMES if not theme.stops]
_INSERT = "insert(p, QUEUE_ready, param_slice, enq_flags);"
_BEGIN = "void policy_enqueue(u64 *ctx)\n{"
# Whoever finds the door shut goes away: nobody ever does, as long as callbacks are atomic.
DOOR = Bug(
    "fifo", ("no_task_lost",), ("an access to door", "went through `enqueue`"), "", _INSERT,
    f"if (!door) {{ door = 1; {_INSERT} door = 0; }}",
)  # fmt: skip


def raced() -> Subject:
    subject = DOOR.subject()
    text = subject.program.c_source.replace(_BEGIN, f"extern u64 door;\n{_BEGIN}", 1)
    return replace(subject, program=replace(subject.program, c_source=f"{text}\nu64 door;\n"))


def test_a_race_is_found_and_told() -> None:
    subject = raced()
    outcome = fuzz(subject, Budget(stories=150), themes=STOPPING)
    assert outcome.failure is not None
    assert outcome.failure.story.broken in DOOR.breaks
    scenario = outcome.failure.story.scenario
    assert 0 < len(scenario.stops) <= 4
    assert len(scenario.tasks) <= 6
    told = tell(subject, outcome.failure)
    assert [words for words in DOOR.says if words not in told] == []
    calm = replace(outcome.failure.story, scenario=replace(scenario, stops=()))
    assert judged(subject, calm).broken == ()


def test_without_stops_it_is_not_found() -> None:
    assert fuzz(raced(), Budget(stories=100), themes=OTHERS).failure is None
