"""What happens to tasks and CPUs, in few draws each."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from schedc.verifier.fuzz.draw import machines
from schedc.verifier.fuzz.draw.tasks import GROUPS, NICES
from schedc.verifier.sim.scenario import MS, SECOND, US, Cpu, Event

LAST = SECOND
_WEIGHTS = (1, 20, 100, 500, 10_000)
_BYPASS = (30 * MS, US, MS, 300 * MS)
_HIGHER = (100 * US, 3 * MS, 30 * MS, 200 * MS)


@st.composite
def events(draw: st.DrawFn, kinds: Sequence[str], most: int, cpus: tuple[Cpu, ...], tasks: int) -> tuple[Event, ...]:
    found = [event for _ in range(draw(st.integers(0, most))) for event in draw(_events(kinds, cpus, tasks))]
    return tuple(sorted(found, key=lambda event: event.time))


@st.composite
def _events(draw: st.DrawFn, kinds: Sequence[str], cpus: tuple[Cpu, ...], tasks: int) -> tuple[Event, ...]:
    """One event, or one and its end."""
    time = draw(st.integers(0, LAST // 100 // US)) * 100 * US
    kind = draw(st.sampled_from(kinds))
    if kind == "bypass":
        return Event(time, kind), Event(time + draw(st.sampled_from(_BYPASS)), "resume")
    return (_event(draw, time, kind, cpus, tasks),)


def _event(draw: st.DrawFn, time: int, kind: str, cpus: tuple[Cpu, ...], tasks: int) -> Event:
    if kind in ("off", "on", "higher"):
        return _of_cpu(draw, time, kind, len(cpus))
    if kind in ("weight", "mkcgroup", "rmcgroup"):
        weight = draw(st.sampled_from(_WEIGHTS)) if kind == "weight" else 0
        return Event(time, kind, value=weight, group=draw(st.sampled_from(GROUPS[1:])))
    task = draw(st.integers(0, tasks - 1))
    if kind == "affinity":
        chosen = draw(machines.sets(cpus))
        return Event(time, kind, task, cpus=chosen or frozenset(range(len(cpus))))
    if kind == "nice":
        return Event(time, kind, task, draw(st.sampled_from(NICES)))
    return Event(time, "cgroup", task, group=draw(st.sampled_from(GROUPS)))


def _of_cpu(draw: st.DrawFn, time: int, kind: str, cpus: int) -> Event:
    cpu = draw(st.integers(0, cpus - 1))
    if kind == "higher":
        return Event(time, kind, cpu, draw(st.sampled_from(_HIGHER)))
    # x86 has no way to take its first CPU off.
    return Event(time, kind, min(max(cpu, 1), cpus - 1))
