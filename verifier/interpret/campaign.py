"""Many policies under many stories."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from schedc.verifier.fuzz.draw import ATOMIC, some_stories
from schedc.verifier.fuzz.story import Story
from schedc.verifier.generate import draw_policy, seeded
from schedc.verifier.interpret.differ import Disagreement, compare
from schedc.verifier.interpret.errors import InterpretError
from schedc.verifier.interpret.subject import Subject
from schedc.verifier.sim import build

# How much closer together a story's events are: what is compared are decisions, not waits.
SOONER = 10


@dataclass(frozen=True)
class Outcome:
    """What became of one policy. `fault`: what went wrong apart from a disagreement."""

    name: str
    text: str
    traces: int = 0
    callbacks: int = 0
    decisions: int = 0
    disagreement: Disagreement | None = None
    fault: str = ""


def shortened(story: Story) -> Story:
    """Its events come while the recorder still writes."""
    events = tuple(replace(event, time=event.time // SOONER) for event in story.scenario.events)
    return replace(story, scenario=replace(story.scenario, events=events))


def compare_text(name: str, text: str, number: int, traces: int) -> Outcome:
    """The policy under so many stories, which a number chooses, until one shows a disagreement.

    Its executable is not kept.
    """
    try:
        subject = Subject.of(text, name)
    except InterpretError as error:
        return Outcome(name, text, fault=str(error))
    try:
        stories = some_stories(ATOMIC, subject.proven.policy.params, number, traces)
        return _compared(Outcome(name, text), subject, map(shortened, stories))
    except Exception:
        return Outcome(name, text, fault=traceback.format_exc(limit=-3))
    finally:
        shutil.rmtree(build.executable(subject.program).parent, ignore_errors=True)


def _compared(outcome: Outcome, subject: Subject, stories: Iterable[Story]) -> Outcome:
    for story in stories:
        found = compare(subject, story)
        outcome = replace(
            outcome, traces=outcome.traces + 1, callbacks=outcome.callbacks + found.callbacks,
            decisions=outcome.decisions + found.decisions, disagreement=found.disagreement,
        )  # fmt: skip
        if found.disagreement is not None:
            break
    return outcome


def compare_seed(number: int, traces: int) -> Outcome:
    """The policy and the stories that are drawn from a number."""
    return compare_text(f"drawn-{number}", draw_policy(seeded(number)), number, traces)


def compare_seeds(numbers: Iterable[int], traces: int, workers: int) -> Iterator[Outcome]:
    """One after the other, in their order."""
    each = partial(compare_seed, traces=traces)
    if workers == 1:
        yield from map(each, numbers)
        return
    with ProcessPoolExecutor(workers) as executor:
        yield from executor.map(each, numbers)
