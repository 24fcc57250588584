"""A mutant through the gates: who catches it, with which story, and in how many seconds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace

from schedc.verifier.mutate import orders
from schedc.verifier.mutate.drawn import first_broken
from schedc.verifier.mutate.gates import refused
from schedc.verifier.mutate.judge import judge
from schedc.verifier.mutate.mutation import Mutation, Texts, mutated
from schedc.verifier.mutate.outcome import Outcome
from schedc.verifier.mutate.record import Record
from schedc.verifier.mutate.stories import STORIES
from schedc.verifier.mutate.subjects import Subject
from schedc.verifier.sim import Broken, Program, Scenario, SimError, build, simulate

# For a mutant's simulations, from the first story that is told by hand to the last that is drawn.
SECONDS = 10.0
# Of processor time for one story, which takes some hundredths of it.
LONGEST = 2
DRAWN, ORDERS = "drawn", "all orders"


class Unsound(Exception):
    """The policy itself breaks what its mutants are to be caught by: no verdict on any of them would mean a thing."""


def run(
    subject: Subject, mutations: tuple[Mutation, ...], seconds: float = SECONDS, record: Record | None = None
) -> Iterator[Outcome]:
    """One outcome for each mutation of this policy, those of the record as they are there.

    `Unsound` if the policy itself breaks a story told by hand.
    """
    record = record or Record()
    for name in STORIES:
        found = _breaks(subject, subject.program, name, STORIES[name])
        if found:
            raise Unsound(f"{subject.name} itself, under `{name}`: {found[0].name}: {found[0].what}")
    for each in mutations:
        if subject.name in each.policies:
            texts = mutated(subject.texts, each)
            outcome = record.known(texts)
            if outcome is None:
                outcome = _outcome(subject, each, texts, seconds)
                record.add(texts, outcome)
            yield replace(outcome, mutation=each.name)


def _outcome(subject: Subject, mutation: Mutation, texts: Texts, seconds: float) -> Outcome:
    start = spent()
    gate = refused(subject, texts)
    if gate:
        by, _, what = gate.partition(": ")
        return Outcome(mutation.name, subject.name, by, what, seconds=spent() - start)
    program = replace(subject.program, c_source=texts.alone())
    try:
        found = _simulated(subject, program, start + seconds)
    finally:
        shutil.rmtree(build.executable(program).parent)
    return replace(found, mutation=mutation.name, seconds=spent() - start)


def spent() -> float:
    """Seconds of processor time so far, of this process and of those that it waited for."""
    return sum(os.times()[:4])


def _simulated(subject: Subject, program: Program, until: float) -> Outcome:
    """The stories told by hand, all orders of small scenes, drawn stories: those that the policy itself stands."""
    tried = 0
    for name, story in STORIES.items():
        tried += 1
        found = _breaks(subject, program, name, story)
        if found:
            return Outcome("", subject.name, found[0].name, found[0].what, name, tried)
    order = orders.first_broken(subject, program, until - spent())
    if order is not None:
        return Outcome("", subject.name, order.name, order.what, ORDERS, tried)
    seen: list[Broken] = []

    def breaks(story: Scenario) -> bool:
        nonlocal tried
        tried += 1
        seen[:] = _breaks(subject, program, "", story)
        return bool(seen) and not _breaks(subject, subject.program, "", story)

    left = until - spent()
    drawn = first_broken(breaks, own=subject.promise.own, seconds=left) if left > 0 else None
    if drawn is None:
        return Outcome("", subject.name, "", stories=tried)
    return Outcome("", subject.name, seen[0].name, seen[0].what, DRAWN, tried)


def _breaks(subject: Subject, program: Program, name: str, story: Scenario) -> tuple[Broken, ...]:
    try:
        result = simulate(program, story, deadline=LONGEST)
    except SimError as error:
        return (Broken("comes_to_an_end", error.message),)
    return judge(result, story, name, subject.promise)
