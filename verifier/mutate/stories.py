"""Stories that each put one thing under strain: what random ones need many draws for."""

from __future__ import annotations

from collections.abc import Iterable

from schedc.verifier.sim.scenario import MS, SECOND, Event, Phase, Scenario, Task, machine

# Long enough for the watchdog to see a task that is left waiting in the middle.
END, TIMEOUT = 5 * SECOND, 2 * SECOND

_HOG = (Phase("run", 10 * MS),)
_NAP = (Phase("run", 2 * MS), Phase("sleep", 3 * MS))
_BRIEF = (Phase("run", MS), Phase("sleep", 30 * MS))
_INPUT, _BUILD = "/user.slice/one/app-gnome-shell-1", "/build.slice/make"


def _on(*cpus: int) -> frozenset[int]:
    return frozenset(cpus)


def _hogs(nices: Iterable[int], name: str = "hog") -> tuple[Task, ...]:
    return tuple(Task(_HOG, f"{name}{at}", nice=nice) for at, nice in enumerate(nices))


def _many(count: int, phases: tuple[Phase, ...], name: str) -> tuple[Task, ...]:
    return tuple(Task(phases, f"{name}{at}", start=at * MS) for at in range(count))


def _story(cpus: int, tasks: tuple[Task, ...], *events: Event, smt: int = 1, llc: int = 0, node: int = 0) -> Scenario:
    return Scenario(machine(cpus, smt=smt, per_llc=llc, per_node=node), tasks, events, END, TIMEOUT)


def _freed(count: int, cpus: frozenset[int], smt: int = 1) -> Scenario:
    """Tasks that may run on one CPU only, and then on more, which are idle: nobody asks select_cpu about them."""
    tasks = tuple(Task(_HOG, f"hog{at}", cpus=_on(3)) for at in range(count))
    return _story(4, tasks, *(Event(100 * MS, "affinity", at, cpus=cpus) for at in range(count)), smt=smt)


_FORKER = (
    Task((Phase("run", MS), Phase("fork", 1), Phase("sleep", 15 * MS)), "forker"),
    Task((Phase("run", 12 * MS),), "child", start=None, repeat=1),
)
_PINNED = tuple(Task(_HOG, f"on{cpu}", cpus=_on(cpu)) for cpu in range(3))
_KERNEL = tuple(Task(_BRIEF, f"kworker{cpu}", cpus=_on(cpu), kthread=True) for cpu in range(2))

STORIES: dict[str, Scenario] = {
    "hogs": _story(1, _hogs([0, 5, -5])),
    "equal hogs": _story(1, _hogs([0, 0, 0, 0])),
    "more hogs than CPUs": _story(2, _hogs([0, 0, 5, -5, 0])),
    "alone": _story(1, _hogs([0])),
    "naps": _story(4, _many(10, _NAP, "nap")),
    "siblings": _story(4, _many(6, _NAP, "nap"), smt=2),
    "two on one of three": _story(3, (Task(_HOG, "a", cpus=_on(1)), Task(_NAP, "b", cpus=_on(1)), *_hogs([0, 0]))),
    "pinned": _story(3, (*_PINNED, *_many(3, _NAP, "nap"))),
    "kernel threads": _story(2, (*_hogs([0, 0, 0]), *_KERNEL)),
    "a kernel thread behind a hog": _story(2, (Task(_HOG, "hog", cpus=_on(1)), _KERNEL[1])),
    "a brief one before hogs": _story(1, (Task(_BRIEF, "brief", nice=-5), *_hogs([0, 5]))),
    "aged on one CPU": _story(
        2, (*(Task(_HOG, f"on{nice}", nice=nice, cpus=_on(1)) for nice in (-5, 5)), Task(_NAP, "nap", cpus=_on(0)))
    ),
    "some CPUs": _story(
        4,
        (
            Task(_NAP, "low", cpus=_on(0, 1)),
            Task(_HOG, "high", cpus=_on(2, 3)),
            Task(_NAP, "odd", cpus=_on(1, 3)),
            *_hogs([0, 0, 0]),
        ),
    ),
    "a CPU goes and comes": _story(
        3, (*_PINNED, *_hogs([0, 0])), Event(200 * MS, "off", 2), Event(900 * MS, "on", 2), Event(1500 * MS, "off", 1)
    ),
    "those of a CPU that goes": _story(
        2, (*(Task(_HOG, f"own{at}", cpus=_on(1)) for at in range(3)), *_hogs([0])), Event(100 * MS, "off", 1)
    ),
    "a cache goes": _story(
        4,
        (
            *(Task(_NAP, f"n{at}") for at in range(6)),
            *(Task(_HOG, f"h{at}", cpus=_on(2, 3)) for at in range(3)),
            *_hogs([0, 5, -5]),
        ),
        Event(100 * MS, "off", 2),
        Event(150 * MS, "off", 3),
        Event(SECOND, "on", 3),
        llc=2,
    ),
    "freed in another cache": _story(
        4,
        tuple(Task(_HOG, f"hog{at}", cpus=_on(0)) for at in range(4)),
        *(Event(100 * MS, "affinity", at, cpus=_on(0, 1, 2, 3)) for at in range(4)),
        llc=2,
    ),
    "freed": _freed(6, _on(0, 1, 2, 3)),
    "freed among siblings": _freed(6, _on(0, 1, 2, 3), smt=2),
    "freed to some": _freed(6, _on(2, 3)),
    "moved while asleep": _story(
        4,
        (*(Task(_HOG, f"on{cpu}", cpus=_on(cpu)) for cpu in range(4)), *(Task(_BRIEF, f"b{at}") for at in range(4))),
        *(Event(at * 41 * MS, "affinity", 4 + at % 4, cpus=(_on(0, 1), _on(2, 3))[at // 4 % 2]) for at in range(1, 30)),
    ),
    "caches": _story(4, (*_many(6, _NAP, "nap"), *_hogs([0, 0, 0])), llc=2, node=2),
    "nodes": _story(8, (*_many(12, _NAP, "nap"), *_hogs([0, 5, -5])), smt=2, llc=4, node=4),
    "two nodes": _story(4, _hogs([0] * 6), node=2, llc=2),
    "a long sleeper": Scenario(
        machine(1),
        (Task((Phase("run", MS), Phase("sleep", 7 * SECOND), Phase("run", 20 * SECOND)), "late"), *_hogs([0, 0])),
        (),
        12 * SECOND,
        TIMEOUT,
    ),
    "forks": _story(1, (*_FORKER, *_hogs([0]))),
    "a light one": _story(1, _hogs([15, 0, 0, 0])),
    "the lightest": _story(1, _hogs([19, *[1] * 10])),
    "one layer": _story(1, _hogs([1, 1, 3, 3])),
    "light ones": _story(1, _hogs([5, 5, 0])),
    "a heavy one": _story(1, _hogs([-5, 0, 0])),
    "other weights": _story(
        1, _hogs([0, 0, 0]), Event(300 * MS, "nice", 0, 10), Event(600 * MS, "nice", 1, -5), Event(SECOND, "nice", 0, 0)
    ),
    "other groups": _story(
        2,
        (Task(_HOG, "shell", cgroup=_INPUT, uid=1000), Task(_HOG, "make", cgroup=_BUILD, uid=1000), *_hogs([0, 0])),
        Event(300 * MS, "cgroup", 0, group=_BUILD),
        Event(600 * MS, "cgroup", 1, group=_INPUT),
    ),
    "a higher class": _story(
        2,
        (*_hogs([0, 0]), *_many(2, _NAP, "nap")),
        *(Event(at * 300 * MS, "higher", at % 2, 100 * MS) for at in range(5)),
    ),
    "yields": _story(1, (Task((Phase("run", MS), Phase("yield")), "polite"), *_hogs([0]))),
    "sent about": _story(
        3,
        (*_hogs([0, 0, 0, 0]), *_many(2, _NAP, "nap")),
        *(Event(at * 50 * MS, "affinity", at % 6, cpus=_on(at % 3)) for at in range(1, 15)),
        *(Event(900 * MS, "affinity", at, cpus=_on(0, 1, 2)) for at in range(6)),
    ),
    "a CPU comes and goes again and again": _story(
        3,
        (*_many(8, _NAP, "nap"), *_hogs([0, 0])),
        *(Event(at * 25 * MS, ("off", "on")[at % 2], 1 + at // 2 % 2) for at in range(4, 44)),
    ),
    "a crowd": _story(2, (*_many(20, _NAP, "nap"), *_hogs([0, 5, -5]))),
    "the first CPU goes": _story(3, (*_hogs([0] * 4), *_many(2, _NAP, "nap")), Event(100 * MS, "off", 0)),
    "a CPU is back": _story(2, _hogs([0, 0, 0]), Event(50 * MS, "off", 1), Event(100 * MS, "on", 1)),
    "one of two freed to some": _story(
        4, tuple(Task(_HOG, f"hog{at}", cpus=_on(3)) for at in range(2)), Event(100 * MS, "affinity", 0, cpus=_on(2, 3))
    ),
    "freed to half a core": _story(
        8,
        (
            *(Task(_HOG, f"on{cpu}", cpus=_on(cpu)) for cpu in (0, 1, 2, 3, 4, 6)),
            *(Task(_HOG, f"hog{at}", cpus=_on(0)) for at in range(2)),
        ),
        *(Event(100 * MS, "affinity", at, cpus=_on(*range(8))) for at in (6, 7)),
        smt=2,
        llc=4,
    ),
}
