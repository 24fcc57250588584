"""What fuzzing and replaying found, as text and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schedc.verifier.fuzz.contract import grace
from schedc.verifier.fuzz.harness import Outcome
from schedc.verifier.fuzz.run import Judged
from schedc.verifier.fuzz.subject import Subject
from schedc.verifier.fuzz.tell import tell
from schedc.verifier.fuzz.words import duration, plural

SCHEMA = 1


def text(outcome: Outcome) -> str:
    return "\n".join(_lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    name = outcome.subject.name
    if outcome.failure is not None:
        yield tell(outcome.subject, outcome.failure)
        yield ""
        yield f"{name}: broken by story {outcome.stories}, after {outcome.seconds:.1f} s"
        if outcome.path is not None:
            yield f"  kept as {outcome.path}: `schedc replay {outcome.path} --policy FILE` shows it again"
    else:
        yield f"{name}: {plural(outcome.stories, 'story').replace('storys', 'stories')}, no property broken"
    if outcome.interrupted:
        yield "  interrupted before the budget was spent"
    yield f"  {_speed(outcome)}"
    gone, ways = outcome.coverage.ways()
    yield f"  {gone} of {ways} ways through the policy's branches were gone"
    for each in outcome.coverage.unreached():
        yield f"  never: line {each.line}, {each.what}: {each.text}"
    if grace(outcome.subject) is None and outcome.longest_idle:
        idle = duration(outcome.longest_idle)
        yield f"  a CPU was idle for up to {idle} while a task waited for it; the policy promises nothing of that"
    yield from (f"  left out: {each}" for each in outcome.skipped)


def _speed(outcome: Outcome) -> str:
    rate = outcome.stories / outcome.seconds if outcome.seconds else 0.0
    kept = f", {outcome.kept} of them kept ones" if outcome.kept else ""
    long = f"; {outcome.too_long} were too long to be run" if outcome.too_long else ""
    return f"{outcome.stories} in {outcome.seconds:.1f} s, {rate:.0f} a second on one CPU{kept}{long}"


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    gone, ways = outcome.coverage.ways()
    return {
        "schema": SCHEMA,
        "policy": {"name": outcome.subject.name, "sha256": outcome.subject.sha256},
        "stories": outcome.stories,
        "kept": outcome.kept,
        "too_long": outcome.too_long,
        "interrupted": outcome.interrupted,
        "seconds": round(outcome.seconds, 3),
        "ways": {"gone": gone, "all": ways},
        "unreached": [{"line": u.line, "what": u.what, "text": u.text} for u in outcome.coverage.unreached()],
        "longest_idle_ns": outcome.longest_idle,
        "left_out": outcome.skipped,
        "failure": judged_json(outcome.subject, outcome.failure) if outcome.failure is not None else None,
        "file": str(outcome.path) if outcome.path is not None else None,
    }


def judged_json(subject: Subject, judged: Judged) -> dict[str, Any]:
    """A run with its trace."""
    return {
        "schema": SCHEMA,
        "broken": [{"property": each.name, "what": each.what} for each in judged.broken],
        "told": tell(subject, judged).splitlines(),
        "story": judged.story.to_json(),
        "tasks": [
            {
                "pid": task.pid, "name": task.name, "place": task.place, "ran_ns": task.ran, "runs": task.runs,
                "worst_wait_ns": task.worst_wait, "weight": task.weight,
            }
            for task in judged.result.tasks
        ],
    }  # fmt: skip
