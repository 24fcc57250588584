"""What an exploration found, as text and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schedc.verifier.exhaust.explore import Explored, Outcome
from schedc.verifier.exhaust.properties import claimed
from schedc.verifier.fuzz.show import judged_json
from schedc.verifier.fuzz.tell import scene as told
from schedc.verifier.fuzz.tell import tell
from schedc.verifier.sim import Scenario

SCHEMA = 1
_WIDTH = 60


def text(outcome: Outcome) -> str:
    return "\n".join(_lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    name = outcome.subject.name
    if outcome.failure is not None and outcome.scene is not None:
        yield tell(outcome.subject, outcome.failure)
        yield ""
        yield f"{name}: broken in the scene `{outcome.scene.title}` of {_machine(outcome.scene.scenario)}"
        if outcome.path is not None:
            yield f"  kept as {outcome.path}: `schedc replay {outcome.path} --policy FILE` shows it again"
        return
    yield f"{name}: {outcome.level}"
    yield f"  {', '.join(claimed(outcome.subject))}"
    yield f"  {outcome.states} states in {len(outcome.explored)} scenes; {outcome.orders:.3g} orders of so many steps"
    yield f"  {'scene':{_WIDTH}} {'machine':24} {'depth':>5} {'states':>8} {'orders':>12}"
    for each in outcome.explored:
        depth = "all" if each.depth is None else str(each.depth)
        title, machine = each.scene.title, _machine(each.scene.scenario)
        yield f"  {title:{_WIDTH}} {machine:24} {depth:>5} {each.states:>8} {each.orders:>12.4g}"


def _machine(scenario: Scenario) -> str:
    return told.machine(scenario)


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    failure = outcome.failure
    return {
        "schema": SCHEMA,
        "policy": {"name": outcome.subject.name, "sha256": outcome.subject.sha256},
        "bound": {"cpus": outcome.bound.cpus, "tasks": outcome.bound.tasks, "depth": outcome.depth},
        "level": outcome.level if failure is None else None,
        "properties": list(claimed(outcome.subject)) if failure is None else [],
        "scenes": [_explored_json(each) for each in outcome.explored],
        "failure": judged_json(outcome.subject, failure) if failure is not None else None,
        "file": str(outcome.path) if outcome.path is not None else None,
    }


def _explored_json(each: Explored) -> dict[str, Any]:
    """A depth of null: there are no more orders."""
    return {
        "title": each.scene.title, "cpus": [[cpu.core, cpu.llc, cpu.node] for cpu in each.scene.scenario.cpus],
        "depth": each.depth, "states": each.states, "orders": each.orders, "steps": each.steps,
    }  # fmt: skip
