"""Machines, workloads and events, drawn by hypothesis: small enough to be read, biased to what broke schedulers."""

from __future__ import annotations

from hypothesis import strategies as st

from schedc.verifier.sim.scenario import MS, SECOND, US, Cpu, Event, Phase, Scenario, Task, machine

# A story is long enough for the watchdog to see a task that was left waiting from the last event on.
END, TIMEOUT, LAST_EVENT = 5 * SECOND, 2 * SECOND, SECOND
_GROUPS = ("/", "/build.slice/make", "/user.slice/one/app-gnome-shell-1")

_machines = st.builds(
    lambda cores, smt, cores_per_llc, llcs_per_node: machine(
        cores * smt, smt=smt, per_llc=cores_per_llc * smt, per_node=llcs_per_node * cores_per_llc * smt
    ),
    st.sampled_from([1, 2, 1, 3, 4, 8]),
    st.sampled_from([1, 2]),
    st.sampled_from([2, 4, 8]),
    st.sampled_from([1, 2]),
)
_short = st.integers(50 * US, 3 * MS)
_long = st.integers(4 * MS, 60 * MS)
_run = st.builds(Phase, st.just("run"), st.one_of(_short, _long))
_nap = st.builds(Phase, st.just("sleep"), st.one_of(_short, st.integers(3 * MS, 300 * MS)))
_pinned_run = st.builds(lambda ns: (Phase("pin"), Phase("run", ns), Phase("unpin")), _short)
_pinned_nap = st.builds(
    lambda run, nap: (Phase("pin"), Phase("run", run), Phase("sleep", nap), Phase("unpin")), _short, _short
)
_rest = st.builds(Phase, st.just("sleep"), st.integers(30 * MS, 300 * MS))
_plain = st.one_of(st.tuples(_run), st.tuples(_run, _nap), st.tuples(_run, st.just(Phase("yield"))))
_short_run = st.builds(Phase, st.just("run"), _short)
_pin, _unpin = Phase("pin"), Phase("unpin")
# What bypasses the policy leaves it most of the time.
_pinned = st.one_of(
    st.builds(lambda run, rest: (_pin, run, _unpin, rest), _short_run, _rest),
    st.builds(lambda run, rest: (_pin, run, rest, _unpin), _short_run, _rest),
)
_kernel = st.tuples(_short_run, _rest)


def _behaviours(*steps: st.SearchStrategy[tuple[Phase, ...]]) -> st.SearchStrategy[tuple[Phase, ...]]:
    drawn = st.lists(st.one_of(*steps), min_size=1, max_size=3)
    return drawn.map(lambda chosen: tuple(phase for step in chosen for phase in step))


def _sets(cpus: tuple[Cpu, ...]) -> st.SearchStrategy[frozenset[int] | None]:
    """Everywhere, on one CPU, or on some."""
    some = st.sets(st.integers(0, len(cpus) - 1), min_size=1).map(frozenset)
    one = st.integers(0, len(cpus) - 1).map(lambda cpu: frozenset({cpu}))
    return st.one_of(st.none(), one, some)


@st.composite
def _tasks(draw: st.DrawFn, cpus: tuple[Cpu, ...], name: str, own: bool) -> Task:
    kthread = own and draw(st.sampled_from([False, False, False, True]))
    return Task(
        draw(_behaviours(_kernel) if kthread else _behaviours(_plain, _pinned) if own else _behaviours(_plain)),
        name,
        nice=draw(st.sampled_from([0, 0, 0, -5, 5, 10, 19])),
        cpus=draw(_sets(cpus)),
        kthread=kthread,
        uid=draw(st.sampled_from([0, 1000])),
        cgroup=draw(st.sampled_from(_GROUPS)),
        start=draw(st.sampled_from([0, 0, 0, 7 * MS, 100 * MS])),
        repeat=draw(st.sampled_from([0, 0, 0, 3])),
    )


def _storm(child: int) -> tuple[Task, Task]:
    """A task that forks and the template of what it forks."""
    parent = Task((Phase("run", 200 * US), Phase("fork", child), Phase("sleep", 50 * US)), "forker", repeat=8)
    return parent, Task((Phase("run", 2 * MS), Phase("sleep", MS)), "child", start=None, repeat=2)


@st.composite
def _events(draw: st.DrawFn, cpus: tuple[Cpu, ...], tasks: int) -> Event:
    time = draw(st.integers(0, LAST_EVENT))
    task, cpu = draw(st.integers(0, tasks - 1)), draw(st.integers(0, len(cpus) - 1))
    match draw(st.sampled_from(["affinity", "affinity", "nice", "cgroup", "off", "on", "higher"])):
        case "affinity":
            chosen: frozenset[int] | None = draw(_sets(cpus))
            return Event(time, "affinity", task, cpus=chosen or frozenset(range(len(cpus))))
        case "nice":
            return Event(time, "nice", task, draw(st.sampled_from([-5, 0, 5, 19])))
        case "cgroup":
            return Event(time, "cgroup", task, group=draw(st.sampled_from(_GROUPS)))
        case "higher":
            return Event(time, "higher", cpu, draw(st.integers(100 * US, 100 * MS)))
        case kind:
            # x86 has no way to take its first CPU off.
            return Event(time, kind, min(max(cpu, 1), len(cpus) - 1))


@st.composite
def stories(draw: st.DrawFn, own: bool = True) -> Scenario:
    """One scenario. Shrinks to few CPUs, few tasks, few events.

    `own`: with tasks that go to their CPU's own queue past the policy: its kernel threads, and those that must not
    migrate at the moment.
    """
    cpus = draw(_machines)
    tasks = [draw(_tasks(cpus, f"t{index}", own)) for index in range(draw(st.integers(1, 8)))]
    if draw(st.booleans()):
        tasks += _storm(len(tasks) + 1)
    events = draw(st.lists(_events(cpus, len(tasks)), max_size=8))
    return Scenario(
        cpus,
        tuple(tasks),
        tuple(sorted(events, key=lambda event: event.time)),
        END,
        TIMEOUT,
        draw(st.integers(1, 1000)),
    )
