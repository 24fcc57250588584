"""What tasks do, in few draws each: a draw costs hypothesis as much as a millisecond of simulated time."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from schedc.verifier.fuzz.draw import machines
from schedc.verifier.sim.scenario import MS, SECOND, US, Cpu, Phase, Task

Phases = tuple[Phase, ...]
GROUPS = ("/", "/build.slice/make", "/user.slice/one/app-gnome-shell-1")
NICES = (0, 0, 0, 5, -5, 10, 19, -10, -20)
_PIN, _UNPIN, _YIELD = Phase("pin"), Phase("unpin"), Phase("yield")


def _run(ns: int) -> Phase:
    return Phase("run", ns)


def _sleep(ns: int) -> Phase:
    return Phase("sleep", ns)


_TIMES = (10 * MS, 3 * MS, 50 * US, 400 * US, 1 * MS, 2500 * US, 4 * MS, 7 * MS, 23 * MS, 60 * MS)
_NAPS = (5 * MS, MS, 100 * US, 777 * US, 3 * MS, 8 * MS, 20 * MS, 90 * MS, 300 * MS)
_times, _naps = st.sampled_from(_TIMES), st.sampled_from(_NAPS)
_rests = st.sampled_from([30 * MS, 100 * MS, 300 * MS])

HOG: st.SearchStrategy[Phases] = _times.map(lambda ns: (_run(ns),))
NAPPER: st.SearchStrategy[Phases] = st.builds(lambda run, nap: (_run(run), _sleep(nap)), _times, _naps)
YIELDER: st.SearchStrategy[Phases] = _times.map(lambda ns: (_run(ns), _YIELD))
# What bypasses the policy leaves it most of the time.
KERNEL: st.SearchStrategy[Phases] = st.builds(
    lambda run, rest: (_run(run), _sleep(rest)), st.sampled_from([50 * US, 400 * US, 3 * MS]), _rests
)
PINNED: st.SearchStrategy[Phases] = st.builds(
    lambda run, rest, inside: (_PIN, _run(run), *((_sleep(rest), _UNPIN) if inside else (_UNPIN, _sleep(rest)))),
    st.sampled_from([50 * US, 400 * US, 3 * MS]), _rests, st.booleans(),
)  # fmt: skip
MIXED: st.SearchStrategy[Phases] = st.one_of(HOG, NAPPER, st.builds(lambda a, b: a + b, NAPPER, YIELDER), YIELDER)
# All wake at once, again and again.
STORM: st.SearchStrategy[Phases] = st.sampled_from([20 * MS, 8 * MS, 100 * MS]).flatmap(
    lambda period: st.sampled_from([100 * US, MS, 2 * MS]).map(lambda run: (_run(run), _sleep(period - run)))
)
LONG_SLEEPER: st.SearchStrategy[Phases] = st.builds(
    lambda run, nap: (_run(run), _sleep(nap)), _times, st.sampled_from([SECOND, 2 * SECOND, 4 * SECOND])
)


@dataclass(frozen=True)
class Crowd:
    """Which tasks a theme has: how many at most, what they do, and in what they differ."""

    most: int = 6
    least: int = 1
    does: st.SearchStrategy[Phases] = MIXED
    weighed: bool = True
    placed: bool = False
    """Some may run on some CPUs only."""
    grouped: bool = False
    own: float = 0
    """How many of four are kernel threads or pinned for a while."""


@st.composite
def crowds(draw: st.DrawFn, crowd: Crowd, cpus: tuple[Cpu, ...]) -> tuple[Task, ...]:
    count = draw(st.integers(crowd.least, crowd.most))
    return tuple(draw(_tasks(crowd, cpus, f"t{index}")) for index in range(count))


@st.composite
def _tasks(draw: st.DrawFn, crowd: Crowd, cpus: tuple[Cpu, ...], name: str) -> Task:
    kind = draw(st.integers(0, 3)) if crowd.own else 0
    own = kind > 3 - crowd.own
    kthread = own and draw(st.booleans())
    return Task(
        draw(KERNEL if kthread else PINNED if own else crowd.does),
        name,
        nice=draw(st.sampled_from(NICES)) if crowd.weighed else 0,
        cpus=draw(machines.sets(cpus)) if crowd.placed else None,
        kthread=kthread,
        uid=draw(st.sampled_from((1000, 0))) if crowd.grouped else 0,
        cgroup=draw(st.sampled_from(GROUPS)) if crowd.grouped else "/",
        start=draw(st.sampled_from((0, 0, 0, 7 * MS, 100 * MS))) if crowd.placed else 0,
        repeat=draw(st.sampled_from((0, 0, 0, 3))) if crowd.placed else 0,
    )


def fork_storm(child: int, children: int, runs: bool) -> tuple[Task, ...]:
    """A task that forks and the template of what it forks, at the index `child`; as a shell does it, this `runs` a
    program, whose template comes next."""
    parent = Task((Phase("run", 200 * US), Phase("fork", child), Phase("sleep", 50 * US)), "forker", repeat=children)
    program = Task((_run(2 * MS), _sleep(MS)), "child", start=None, repeat=2)
    if not runs:
        return parent, program
    return parent, Task((_run(100 * US), Phase("exec", child + 1)), "shell", start=None), program
