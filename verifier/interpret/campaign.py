"""Many policies under many stories."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial

from hypothesis import HealthCheck, Phase, given, seed, settings

from schedc.verifier.generate import draw_policy, seeded
from schedc.verifier.interpret.differ import Disagreement, compare
from schedc.verifier.interpret.errors import InterpretError
from schedc.verifier.interpret.subject import Subject
from schedc.verifier.sim import build
from schedc.verifier.sim.scenario import MS, Scenario
from schedc.verifier.sim.stories import stories

# A story's events are brought closer together: what is compared are decisions, not waits.
END, SOONER = 400 * MS, 4
POOL = 40


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


@cache
def pool(number: int) -> tuple[Scenario, ...]:
    """Stories, the same for the same number."""
    drawn: list[Scenario] = []

    @seed(number)
    @settings(
        max_examples=POOL, phases=(Phase.generate,), database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(stories())
    def draw(story: Scenario) -> None:
        drawn.append(shortened(story))

    draw()
    return tuple(drawn)


def shortened(story: Scenario) -> Scenario:
    events = tuple(replace(event, time=event.time // SOONER) for event in story.events)
    return replace(story, events=events, end=END)


def compare_text(name: str, text: str, scenarios: Iterable[Scenario]) -> Outcome:
    """The policy under each of them, until one shows a disagreement; its executable is not kept."""
    try:
        subject = Subject.of(text, name)
    except InterpretError as error:
        return Outcome(name, text, fault=str(error))
    try:
        return _compared(Outcome(name, text), subject, scenarios)
    except Exception:
        return Outcome(name, text, fault=traceback.format_exc(limit=-3))
    finally:
        shutil.rmtree(build.executable(subject.program).parent, ignore_errors=True)


def _compared(outcome: Outcome, subject: Subject, scenarios: Iterable[Scenario]) -> Outcome:
    for scenario in scenarios:
        found = compare(subject, scenario)
        outcome = replace(
            outcome, traces=outcome.traces + 1, callbacks=outcome.callbacks + found.callbacks,
            decisions=outcome.decisions + found.decisions, disagreement=found.disagreement,
        )  # fmt: skip
        if found.disagreement is not None:
            break
    return outcome


def compare_seed(number: int, traces: int) -> Outcome:
    """The policy that is drawn from a number, under stories that the number chooses."""
    drawn = pool(number // 1000)
    chosen = [drawn[(number * traces + each) % len(drawn)] for each in range(traces)]
    return compare_text(f"drawn-{number}", draw_policy(seeded(number)), chosen)


def compare_seeds(numbers: Iterable[int], traces: int, workers: int) -> Iterator[Outcome]:
    """One after the other, in their order."""
    with ProcessPoolExecutor(workers) as executor:
        yield from executor.map(partial(compare_seed, traces=traces), numbers)
