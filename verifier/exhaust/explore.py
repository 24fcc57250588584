"""Goes through scenes in all orders, and brings what is broken as a story."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from schedc.verifier.exhaust.program import explored
from schedc.verifier.exhaust.scenes import MAX_CPUS, MAX_TASKS, Scene, scenes
from schedc.verifier.fuzz import Corpus
from schedc.verifier.fuzz.contract import cost_limits, grace, slice_limit
from schedc.verifier.fuzz.harness import shorten
from schedc.verifier.fuzz.run import Judged, run
from schedc.verifier.fuzz.story import Policy, Story
from schedc.verifier.fuzz.subject import Subject
from schedc.verifier.sim import build
from schedc.verifier.sim.check import check
from schedc.verifier.sim.program import Program
from schedc.verifier.sim.result import Rows, rows_of
from schedc.verifier.sim.run import run as run_lines
from schedc.verifier.sim.run import script
from schedc.verifier.sim.scenario import Scenario, Step
from schedc.verifier.trouble import Trouble

# Seconds of processor time for a scene.
_DEADLINE = 600
DEEPEST, MOST_STATES = 200, 4_000_000


class ExhaustError(Trouble):
    """What is asked for cannot be explored."""


@dataclass(frozen=True)
class Bound:
    """Machines of up to `cpus` CPUs, up to `tasks` tasks. Each scene is gone through layer by layer, up to `depth`
    steps or to the last layer before `states` states: both are the same on every machine."""

    cpus: int = MAX_CPUS
    tasks: int = MAX_TASKS
    depth: int | None = None
    states: int = 20_000


@dataclass(frozen=True)
class Explored:
    """`depth`: to which all orders were gone through, None if there are no more; `orders`: how many sequences of that
    many steps there are; `steps` were taken from `states` different states."""

    scene: Scene
    depth: int | None
    states: int
    orders: int
    steps: int


@dataclass
class Outcome:
    """`failure` is the shortened story of the first scene that breaks a property, with its trace; None if none does."""

    subject: Subject
    bound: Bound
    explored: list[Explored] = field(default_factory=list)
    failure: Judged | None = None
    scene: Scene | None = None
    path: Path | None = None

    @property
    def states(self) -> int:
        return sum(each.states for each in self.explored)

    @property
    def orders(self) -> int:
        return sum(each.orders for each in self.explored)

    @property
    def depth(self) -> int:
        """To which every scene was gone through."""
        return min((each.depth for each in self.explored if each.depth is not None), default=0)

    @property
    def level(self) -> str:
        bound = self.bound
        return f"checked(cpus<={bound.cpus}, tasks<={bound.tasks}, depth {self.depth}, callbacks atomic)"


Progress = Callable[[Outcome], None]


def exhaust(
    subject: Subject, bound: Bound | None = None, *, corpus: Corpus | None = None, progress: Progress | None = None
) -> Outcome:
    """Until a scene breaks a property; its story is kept in `corpus`. `ExhaustError` for a bound that is too large."""
    bound = bound or Bound()
    _check(bound)
    outcome = Outcome(subject, bound)
    every = list(scenes(bound.cpus, bound.tasks, subject.report.params))
    build.executable(explored(subject.program))
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        jobs = [pool.submit(_explore, subject, scene, bound) for scene in every]
        for scene, job in zip(every, jobs, strict=True):
            rows = job.result()
            if "broken" in rows:
                outcome.scene, outcome.failure = scene, _failure(subject, _story(subject, scene, rows))
                outcome.path = corpus.keep(outcome.failure.story) if corpus is not None else None
                pool.shutdown(cancel_futures=True)
                break
            outcome.explored.append(_explored(scene, rows))
            if progress is not None:
                progress(outcome)
    return outcome


def _check(bound: Bound) -> None:
    ranges = {
        "cpus": (1, bound.cpus, MAX_CPUS), "tasks": (1, bound.tasks, MAX_TASKS),
        "depth": (1, bound.depth or 1, DEEPEST), "states": (1, bound.states, MOST_STATES),
    }  # fmt: skip
    for name, (low, value, high) in ranges.items():
        if not low <= value <= high:
            raise ExhaustError(f"{name} of {value} cannot be explored", f"give {low} to {high}")


def _explore(subject: Subject, scene: Scene, bound: Bound) -> Rows:
    program = explored(subject.program_for(Story(scene.scenario)))
    return gone_through(program, scene, bound, _limits(subject, scene))


def gone_through(program: Program, scene: Scene, bound: Bound, limits: Iterable[str]) -> Rows:
    """What the exploration of an `explored` program says; there is a row `broken` where it broke off."""
    check(scene.scenario)
    lines = [*script(program, scene.scenario), f"states {bound.states}", f"depth {bound.depth or DEEPEST}", *limits]
    return rows_of(run_lines(program, lines, _DEADLINE))


def broken_by(scene: Scene, rows: Rows) -> Scenario:
    """The scene in the order that broke it."""
    steps = tuple(Step(kind, int(number)) for kind, number in rows.get("path", ()))
    return replace(scene.scenario, steps=steps)


def _limits(subject: Subject, scene: Scene) -> Iterator[str]:
    """What the properties of this policy compare with."""
    scenario = scene.scenario
    idle, longest = grace(subject), slice_limit(subject, Story(scenario))
    if idle:
        yield f"grace {idle}"
    if longest:
        yield f"slice_limit {longest}"
    forks = sum(phase.kind == "fork" for task in scenario.tasks for phase in task.phases)
    for name, limit in cost_limits(subject, scenario, len(scenario.tasks) + forks).items():
        yield f"limit {name} {limit}"


def _explored(scene: Scene, rows: Rows) -> Explored:
    depth, states, steps, _ = map(int, rows["explored"][0])
    return Explored(scene, None if rows["over"][0][0] == "1" else depth, states, int(rows["orders"][0][0]), steps)


def _story(subject: Subject, scene: Scene, rows: Rows) -> Story:
    return Story(broken_by(scene, rows), policy=Policy(subject.name, subject.sha256))


def _failure(subject: Subject, story: Story) -> Judged:
    found = run(subject, story)
    if not found.broken:
        raise ExhaustError(f"the exploration did not end, or broke off, behind {_said(story.scenario.steps)}")
    return run(subject, shorten(subject, found), trace=True)


def _said(steps: Sequence[Step]) -> str:
    return ", ".join(f"{step.kind} {step.on}" for step in steps) or "nothing"
