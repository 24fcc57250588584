"""A workload: groups of tasks, what each of them does, and for how long it is looked at. Times are in ns."""

from __future__ import annotations

from dataclasses import dataclass, field

MS = 1_000_000
SECOND = 1_000_000_000
MAX_TASKS = 2048
MAX_GROUPS = 32
ENDING = ("jobs", "program")


@dataclass(frozen=True)
class Draw:
    """A distribution of durations.

    constant: `a`; uniform: from `a` to `b`; exponential: with mean `a`; bimodal: `a`, or `b` in `per_mille` of
    1000 cases.
    """

    shape: str
    a: int
    b: int = 0
    per_mille: int = 0

    @property
    def mean(self) -> float:
        """What it is on average."""
        if self.shape == "uniform":
            return (self.a + self.b) / 2
        if self.shape == "bimodal":
            return (self.a * (1000 - self.per_mille) + self.b * self.per_mille) / 1000
        return float(self.a)


@dataclass(frozen=True)
class Group:
    """Tasks that do the same. `count` are tasks, for requests workers, for pairs pairs."""

    name: str
    kind: str
    count: int = 1
    messengers: int = 1
    service: Draw | None = None
    think: Draw | None = None
    arrival: Draw | None = None
    period: int = 0
    deadline: int = 0
    nice: int = 0
    idle: bool = False
    """SCHED_IDLE."""
    cpus: str = ""
    """A list such as 0-1,3; all CPUs when empty."""
    cgroup: str = ""
    program: str = ""
    """Of the distribution, by its name in `vm.programs`."""
    arguments: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """What the program finds in its folder: names and contents."""

    @property
    def ends(self) -> bool:
        """Whether its tasks have an end, which a run waits for."""
        return self.kind in ENDING

    @property
    def tasks(self) -> int:
        """How many tasks the guest starts for it."""
        if self.kind == "pairs":
            return 2 * self.count
        return self.count + (self.messengers if self.kind == "requests" else 0)


@dataclass(frozen=True)
class Workload:
    """What a file of `examples/workloads` says."""

    name: str
    about: str
    groups: tuple[Group, ...]
    time: int = 2 * SECOND
    """How long it is measured; where there are jobs or programs, at most."""
    warmup: int = 0
    """How long the tasks run before that."""
    shift: int = 1
    """An instruction takes 2^shift ns."""
    sha256: str = ""
    """Of the file, and of the files that its programs find, so that a report says which one it was."""
    weights: tuple[tuple[str, int], ...] = ()
    """`cpu.weight` of control groups, by their paths."""

    @property
    def cgroups(self) -> tuple[str, ...]:
        """Those that its groups are in or that have a weight, each once."""
        named = [group.cgroup for group in self.groups if group.cgroup]
        return tuple(dict.fromkeys([*named, *(path for path, _ in self.weights)]))

    @property
    def programs(self) -> tuple[str, ...]:
        """Those that its groups run, each once."""
        return tuple(dict.fromkeys(group.program for group in self.groups if group.program))

    @property
    def files(self) -> dict[str, bytes]:
        """What its programs find, as `group/name`."""
        return {f"{group.name}/{name}": content for group in self.groups for name, content in group.files}

    @property
    def highest_cpu(self) -> int:
        """The highest CPU that a group names; -1 where none does."""
        named = [int(part) for group in self.groups for part in group.cpus.replace("-", ",").split(",") if part]
        return max(named, default=-1)
