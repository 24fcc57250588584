"""One story under a policy: run and judged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from schedc.verifier.fuzz.contract import judge
from schedc.verifier.fuzz.errors import FuzzError
from schedc.verifier.fuzz.story import Story
from schedc.verifier.fuzz.subject import Subject
from schedc.verifier.sim import simulate
from schedc.verifier.sim.properties import Broken
from schedc.verifier.sim.result import Result

# Seconds of processor time: a drawn story takes a hundredth of one, a callback without end all of it.
DEADLINE = 20


@dataclass(frozen=True)
class Judged:
    """A story, what came out, and which properties do not hold of it."""

    story: Story
    result: Result = field(repr=False)
    broken: tuple[Broken, ...]


def run(subject: Subject, story: Story, *, trace: bool = False) -> Judged:
    """`FuzzError` if the story sets a param that the policy has not; `SimError` if it is too long to be run."""
    _check_params(subject, story)
    result = simulate(subject.program_for(story), story.scenario, trace=trace, deadline=DEADLINE)
    broken = judge(subject, story, result)
    return Judged(replace(story, broken=broken[0].name if broken else ""), result, broken)


def _check_params(subject: Subject, story: Story) -> None:
    known = {param.name: param for param in subject.report.params}
    events = [(e.group, e.value) for e in story.scenario.events if e.kind == "param"]
    for name, value in [*story.params.items(), *events]:
        param = known.get(name)
        if param is None:
            raise FuzzError(f"the story sets `{name}`, and {subject.name} has no such param")
        if not param.range.low <= value <= param.range.high:
            raise FuzzError(f"the story sets `{name}` to {value}, outside of its range")
