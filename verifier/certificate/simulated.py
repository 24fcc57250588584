"""The simulator's gate: stories that are drawn, and the first that breaks something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from schedc.api import CompileResult
from schedc.verifier.certificate.errors import CertificateError
from schedc.verifier.certificate.model import Claim
from schedc.verifier.sim import Broken, Program, Scenario, broken, simulate
from schedc.verifier.sim.scenario import SECOND

# The watchdog is the policy's own, of 30 s, which it sees after half as long again at most.
_END = 47 * SECOND
_SAID_EVERY = 50
PROPERTIES = {
    "no_trap": "no callback does what is undefined in C, and each ends",
    "no_abort": "the kernel does not end the scheduler",
    "no_task_lost": "each enqueue puts its task into a queue",
    "allowed_cpus": "no task runs on a CPU where it may not",
    "no_bad_cpu": "the kernel never has to replace a CPU that the policy chose",
}
WORK_CONSERVING = "no CPU is idle for longer than the policy promises while a task waits that may run there"
ASSUMED = (
    "callbacks are atomic, and the simulated core is right about the kernel",
    "machines, tasks and events are such as are drawn",
)


@dataclass(frozen=True)
class Simulated:
    """`count` stories were run. `broken` is what did not hold, of `story`; None where all did."""

    count: int
    claims: tuple[Claim, ...]
    broken: Broken | None = None
    story: Scenario | None = None


def stories(
    compiled: CompileResult, wanted: Mapping[str, str], count: int, number: int, progress: Callable[[str], None]
) -> Simulated:
    """The same `count` stories for the same `number`."""
    program, grace = Program.of(compiled, wanted), _grace(compiled)
    ran = 0
    failed: list[tuple[Broken, Scenario]] = []

    def holds(story: Scenario) -> bool:
        nonlocal ran
        ran += 1
        found = broken(simulate(program, story), story, grace=grace)
        failed.extend((each, story) for each in found)
        if ran % _SAID_EVERY == 0:
            progress(f"{ran} of {count} stories")
        return not found

    _draw(count, number, holds)
    claims = tuple(Claim(name, "tested", what, ran, ASSUMED) for name, what in PROPERTIES.items())
    if grace is not None:
        claims += (Claim("work_conserving", "tested", WORK_CONSERVING, ran, ASSUMED),)
    return Simulated(ran, claims, *failed[0]) if failed else Simulated(ran, claims)


def _grace(compiled: CompileResult) -> int | None:
    """How long the policy lets a CPU be idle while a task waits for it, where it promises that."""
    proven = compiled.check.proven
    promises = proven.policy.promises if proven is not None else ()
    return min((each.limit for each in promises if each.kind == "work_conserving"), default=None)


def _draw(count: int, number: int, holds: Callable[[Scenario], bool]) -> None:
    """Stops at the first story that does not hold."""
    try:
        from hypothesis import HealthCheck, Phase, given, seed, settings

        from schedc.verifier.sim.stories import stories as drawn
    except ImportError:
        raise CertificateError(
            "stories are drawn by the Python package `hypothesis`, which is not here", "pip install hypothesis"
        ) from None

    class Stop(Exception):
        pass

    done: list[Scenario] = []

    @seed(number)
    @settings(
        max_examples=count, phases=[Phase.generate], database=None, deadline=None, derandomize=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(drawn())
    def each(story: Scenario) -> None:
        if done or not holds(replace(story, end=_END, timeout=0)):
            done.append(story)
            raise Stop

    try:
        each()
    except Stop:
        return
