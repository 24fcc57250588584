"""A mutant in all orders of events on small machines."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache

from schedc.verifier.exhaust import Bound, Scene, scenes
from schedc.verifier.exhaust.explore import broken_by, gone_through
from schedc.verifier.exhaust.program import explored
from schedc.verifier.mutate.subjects import Subject, subject
from schedc.verifier.sim import Broken, Program, SimError, broken, build, simulate
from schedc.verifier.sim.result import Rows

# A mutant that only few orders show is for `schedc exhaust` itself.
BOUND = Bound(states=500)


def first_broken(policy: Subject, program: Program, seconds: float) -> Broken | None:
    """In the first scene that the mutant breaks and the policy itself stands; None also when the time is over."""
    made, until = explored(program), _spent() + seconds
    try:
        for scene in _stood(policy.name):
            if _spent() > until:
                return None
            found = _broken(policy, program, scene, _rows(policy, made, scene))
            if found is not None:
                return found
    finally:
        shutil.rmtree(build.executable(made).parent, ignore_errors=True)
    return None


def _spent() -> float:
    return sum(os.times()[:4])


def _every(policy: Subject) -> Iterator[Scene]:
    for scene in scenes(BOUND.cpus, BOUND.tasks, policy.built.report.params):
        if policy.promise.own or not any(_is_own(phase.kind) for task in scene.scenario.tasks for phase in task.phases):
            yield scene


def _is_own(phase: str) -> bool:
    return phase == "pin"


@cache
def _stood(name: str) -> tuple[Scene, ...]:
    policy = subject(name)
    made = explored(policy.program)
    return tuple(scene for scene in _every(policy) if "broken" not in _rows(policy, made, scene))


def _rows(policy: Subject, made: Program, scene: Scene) -> Rows:
    grace = policy.promise.grace
    try:
        return gone_through(made, scene, BOUND, () if grace is None else (f"grace {grace}",))
    except SimError:
        return {"broken": [[]]}


def _broken(policy: Subject, program: Program, scene: Scene, rows: Rows) -> Broken | None:
    """What breaks, as the run of these steps alone says it."""
    if "broken" not in rows:
        return None
    scenario = broken_by(scene, rows)
    found = broken(simulate(program, scenario, deadline=2), scenario, grace=policy.promise.grace)
    return found[0] if found else None
