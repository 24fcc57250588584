"""What is simulated: a machine, its tasks, what they do, and what happens to them. Times are in nanoseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

US, MS, SECOND = 1_000, 1_000_000, 1_000_000_000

# What the core has room for.
MAX_CPUS, MAX_TASKS, MAX_PHASES, MAX_STEPS, MAX_STOPS = 64, 16384, 32, 256, 4096
# Clocks of two CPUs are never as far apart as that.
MAX_SKEW = SECOND


@dataclass(frozen=True)
class Cpu:
    """Where a CPU is: numbers from 0 on, each used; and by how much its clock is ahead (`skew`, ns)."""

    core: int
    llc: int = 0
    node: int = 0
    skew: int = 0


def machine(cpus: int, *, smt: int = 1, per_llc: int = 0, per_node: int = 0) -> tuple[Cpu, ...]:
    """A regular machine: `smt` CPUs a core, `per_llc` CPUs a cache and `per_node` a node; 0 is all of them."""
    return tuple(
        Cpu(cpu // smt, cpu // (per_llc or cpus), cpu // (per_node or cpus)) for cpu in range(cpus)
    )


@dataclass(frozen=True)
class Phase:
    """One thing that a task does: `run`, `sleep` (ns), `yield`, `exit`, `pin`, `unpin`, `fork` and `exec`
    (the index of the task that is made, or whose program and name it goes on with)."""

    kind: str
    value: int = 0


@dataclass(frozen=True)
class Task:
    """`cpus`: where it may run, everywhere if None. `start` None: a template, which only `fork` makes tasks of.

    `phases` are gone through `repeat` times, for ever if 0; then the task ends.
    """

    phases: tuple[Phase, ...]
    name: str = "task"
    nice: int = 0
    cpus: frozenset[int] | None = None
    kthread: bool = False
    uid: int = 0
    cgroup: str = "/"
    start: int | None = 0
    repeat: int = 0


# What happens to a control group, or to a task with one.
GROUP_EVENTS = frozenset({"cgroup", "weight", "mkcgroup", "rmcgroup"})
# What happens to the machine as a whole.
MACHINE_EVENTS = frozenset({"bypass", "resume"})


@dataclass(frozen=True)
class Event:
    """At `time` something happens to the task or the CPU number `on`.

    affinity: the task gets `cpus`. nice: `value` is its level. cgroup: `group` is where it goes. off, on: the CPU.
    higher: a higher class has the CPU for `value` ns. param: the live param `group` becomes `value`.
    weight: the control group `group` gets the weight `value`, from 1 to 10000. rmcgroup: it goes, unless it is in use.
    mkcgroup: it is back. bypass, resume: the kernel schedules without the policy, as while the machine goes to sleep,
    and with it again.
    """

    time: int
    kind: str
    on: int = 0
    value: int = 0
    cpus: frozenset[int] = frozenset()
    group: str = ""


@dataclass(frozen=True)
class Step:
    """The event that comes next, whatever its time is; `on` is a CPU, a task, or the number of a timer or an event.

    wake, start: a task. choose: a CPU that was asked to chooses what it runs. done: what a CPU's task runs is over, and
    it does what comes then. tick: one ends the slice there. leave: the higher class leaves. offline, push: a CPU's next
    steps on its way down. bypass: that reaches a CPU, or leaves it. timer: one of the policy's. event: one of the
    scenario's, with params behind the others.
    """

    kind: str
    on: int = 0


@dataclass(frozen=True)
class Stop:
    """At the `access`-th access of callbacks to what CPUs share, from 1 on, the CPU stops for at most `ns`.

    Others go on meanwhile. It ends sooner where somebody needs that CPU, or a queue of runnable tasks that it locks.
    """

    access: int
    ns: int


@dataclass(frozen=True)
class Scenario:
    """`timeout` is the watchdog's, that of the policy if 0.

    `stops` are in the order of accesses.

    With `steps`, these are what happens, in this order; then nothing more comes from outside, and who is runnable runs.
    """

    cpus: tuple[Cpu, ...]
    tasks: tuple[Task, ...]
    events: tuple[Event, ...] = ()
    end: int = SECOND
    timeout: int = 0
    seed: int = 1
    steps: tuple[Step, ...] = ()
    stops: tuple[Stop, ...] = ()

    def groups(self) -> tuple[str, ...]:
        """The control groups that are spoken of; the index in here, from 1 on, is the id."""
        paths = [task.cgroup for task in self.tasks] + [e.group for e in self.events if e.kind in GROUP_EVENTS]
        return with_parents(paths)

    def lines(self, trace: bool) -> list[str]:
        """The text that the core reads, without what belongs to the policy."""
        lines = [f"end {self.end}", f"seed {self.seed}", *(["trace"] if trace else [])]
        lines += [f"timeout {self.timeout}"] if self.timeout else []
        lines += [*machine_lines(self.cpus), *group_lines(self.groups())]
        for task in self.tasks:
            lines += self._task(task)
        lines += [f"step {step.kind} {step.on}" for step in self.steps]
        lines += [f"stop {stop.access} {stop.ns}" for stop in self.stops]
        return lines + [self._event(event) for event in self.events if event.kind != "param"]

    def _task(self, task: Task) -> list[str]:
        every = range(len(self.cpus))
        start = "never" if task.start is None else str(task.start)
        kind = "k" if task.kthread else "-"
        head = (
            f"task {task.name} {task.nice} {_bits(every if task.cpus is None else task.cpus)} {kind} {task.uid} "
            f"{self._group(task.cgroup)} {start} {task.repeat}"
        )
        return [head, *(f"phase {phase.kind} {phase.value}" for phase in task.phases)]

    def _event(self, event: Event) -> str:
        words = event.kind if event.kind in MACHINE_EVENTS else f"{event.kind} {event.on}"
        if event.kind == "affinity":
            words += f" {_bits(event.cpus)}"
        elif event.kind in ("nice", "higher"):
            words += f" {event.value}"
        elif event.kind == "cgroup":
            words = f"group {event.on} {self._group(event.group)}"
        elif event.kind in GROUP_EVENTS:
            words = f"{event.kind} {self._group(event.group)}" + (f" {event.value}" if event.kind == "weight" else "")
        return f"at {event.time} {words}"

    def _group(self, path: str) -> int:
        return self.groups().index(path) + 1


def parent_of(path: str) -> str | None:
    """The control group that another one is in; None for the root."""
    return None if path == "/" else path.rpartition("/")[0] or "/"


def with_parents(paths: Iterable[str]) -> tuple[str, ...]:
    """Each control group once, behind all that it is in."""
    found: dict[str, None] = {"/": None}
    for path in paths:
        above = [path]
        while (parent := parent_of(above[-1])) is not None:
            above.append(parent)
        found.update(dict.fromkeys(reversed(above)))
    return tuple(found)


def group_lines(paths: Sequence[str], weights: Mapping[str, int] | None = None) -> list[str]:
    """The control groups, for the core; a group's id is its index, from 1 on."""
    ids = {path: number for number, path in enumerate(paths, 1)}
    weights = weights or {}
    return [
        f"cgroup {number} {ids.get(parent_of(path) or '', 0)} {weights.get(path, 100)}" for path, number in ids.items()
    ]


def machine_lines(cpus: Iterable[Cpu]) -> list[str]:
    """The machine, for the core."""
    return [f"cpu {cpu.core} {cpu.llc} {cpu.node} {cpu.skew}" for cpu in cpus]


def _bits(cpus: Iterable[int]) -> str:
    return f"{sum(1 << cpu for cpu in set(cpus)):x}"
