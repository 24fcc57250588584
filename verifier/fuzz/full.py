"""Machines that are so fully loaded that who is forgotten shows: a policy stands them before stories are drawn."""

from __future__ import annotations

from collections.abc import Iterator

from schedc.verifier.fuzz.story import Story
from schedc.verifier.sim import Event, Phase, Scenario, Task, machine
from schedc.verifier.sim.scenario import MS, SECOND, US

# The watchdog of a policy has 30 s and looks every 15: what would be a stall is seen as one.
_END = 50 * SECOND
_HOG = (Phase("run", 10 * MS),)
_NAP = (Phase("run", 500 * US), Phase("sleep", 10 * MS))
_KERNEL = (Phase("run", 100 * US), Phase("sleep", 50 * MS))
_NICE = (-5, 0, 5, 10, 19)
_GROUPS = ("/", "/build.slice/make", "/user.slice/one/app-gnome-shell-1")


def full_machines() -> tuple[Story, ...]:
    """Each is 50 s long; the watchdog is the policy's own."""
    higher = (Event(SECOND, "higher", 0, SECOND),)
    return tuple(
        Story(scenario) for scenario in (
            Scenario(machine(1), (*_hogs(_NICE), Task(_NAP, "nap")), end=_END),
            Scenario(machine(1), tuple(_by_group()), end=_END),
            Scenario(machine(4, smt=2, per_llc=2), (*_hogs(2 * _NICE), *_bound(4)), tuple(_hotplug()), _END),
            Scenario(machine(2), (*_hogs((0, 10)), Task(_NAP, "nap", nice=-5)), higher, _END),
        )
    )  # fmt: skip


def _hogs(levels: tuple[int, ...]) -> Iterator[Task]:
    for number, nice in enumerate(levels):
        yield Task(_HOG, f"hog{number}", nice=nice)


def _by_group() -> Iterator[Task]:
    """One that always runs for each control group and each kind of user."""
    for number, group in enumerate(_GROUPS):
        for uid in (0, 1000):
            yield Task(_HOG, f"g{number}-{uid}", cgroup=group, uid=uid)


def _bound(cpus: int) -> Iterator[Task]:
    """Those that have no choice of a CPU, user's and kernel's."""
    for cpu in range(cpus):
        yield Task(_HOG, f"bound{cpu}", cpus=frozenset({cpu}))
        yield Task(_KERNEL, f"kthread{cpu}", cpus=frozenset({cpu}), kthread=True)


def _hotplug() -> Iterator[Event]:
    yield Event(2 * SECOND, "off", 3)
    yield Event(4 * SECOND, "on", 3)
    yield Event(5 * SECOND, "affinity", 0, cpus=frozenset({0}))
