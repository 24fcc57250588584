"""The fields that tasks and places have without being declared."""

from __future__ import annotations

from schedc.record import record
from schedc.types.kinds import Interval, Kind, Type, full_range


@record
class BuiltinField:
    """`events` restricts a field to handlers in which the kernel says it (empty: anywhere).

    `stable` fields change only by an act of user space (nice, exec, a move), so that a layer may be
    decided by them.
    """

    owner: Kind
    name: str
    type: Type
    range: Interval
    text: str
    writable: bool = False
    stable: bool = False
    events: frozenset[str] = frozenset()


def _field(
    owner: Kind,
    name: str,
    kind: Kind,
    text: str,
    low: int | None = None,
    high: int | None = None,
    *,
    writable: bool = False,
    stable: bool = False,
) -> BuiltinField:
    whole = full_range(kind)
    range_ = Interval(whole.low if low is None else low, whole.high if high is None else high)
    return BuiltinField(owner, name, Type(kind), range_, text, writable, stable)


_PLACE_MAX = (1 << 20) - 1
# Control groups that have a place of their own, the root's included, where all others are as well.
MAX_CGROUPS = 64
# scx weights: sched_weight_to_cgroup() of the weight that a nice level has; SCHED_IDLE is 1.
MIN_WEIGHT, MAX_WEIGHT = 1, 10_000

_ALL = (
    _field(Kind.TASK, "weight", Kind.WEIGHT, "scheduling weight; 100 is nice 0", MIN_WEIGHT, MAX_WEIGHT, stable=True),
    _field(Kind.TASK, "nice", Kind.NICE, "nice level, -20 to 19", stable=True),
    _field(Kind.TASK, "uid", Kind.COUNT, "the user's number", 0, (1 << 32) - 1, stable=True),
    _field(Kind.TASK, "kthread", Kind.BOOL, "it is a kernel thread", stable=True),
    _field(Kind.TASK, "pinned", Kind.BOOL, "it may run on one CPU only", stable=True),
    _field(Kind.TASK, "comm", Kind.COMM, "command name, for patterns", stable=True),
    _field(Kind.TASK, "cgroup", Kind.CGROUP, "control group; also for patterns", 0, MAX_CGROUPS - 1),
    _field(Kind.TASK, "vtime", Kind.VTIME, "virtual time", writable=True),
    _field(Kind.TASK, "slice_left", Kind.DURATION, "what is left of its slice"),
    _field(Kind.TASK, "cpu", Kind.CPU, "the CPU it is on or was on last", 0, _PLACE_MAX),
    _field(Kind.TASK, "core", Kind.CORE, "the core of its CPU", 0, _PLACE_MAX),
    _field(Kind.TASK, "llc", Kind.LLC, "the last-level cache of its CPU", 0, _PLACE_MAX),
    _field(Kind.TASK, "node", Kind.NODE, "the NUMA node of its CPU", 0, _PLACE_MAX),
    _field(Kind.TASK, "layer", Kind.LAYER, "the first layer whose condition it meets", 0, _PLACE_MAX),
    BuiltinField(
        Kind.TASK, "woken", Type(Kind.BOOL), full_range(Kind.BOOL), "this is a wakeup",
        events=frozenset({"enqueue", "runnable"}),
    ),
    _field(Kind.CPU, "core", Kind.CORE, "its core", 0, _PLACE_MAX),
    _field(Kind.CPU, "llc", Kind.LLC, "its last-level cache", 0, _PLACE_MAX),
    _field(Kind.CPU, "node", Kind.NODE, "its NUMA node", 0, _PLACE_MAX),
    _field(Kind.CPU, "idle", Kind.BOOL, "it has nothing to run (looking does not claim it)"),
    _field(Kind.CORE, "llc", Kind.LLC, "its last-level cache", 0, _PLACE_MAX),
    _field(Kind.LLC, "node", Kind.NODE, "its NUMA node", 0, _PLACE_MAX),
    _field(Kind.LLC, "cpus", Kind.COUNT, "how many CPUs share it", 1, _PLACE_MAX),
    _field(Kind.NODE, "cpus", Kind.COUNT, "how many CPUs it has", 1, _PLACE_MAX),
    _field(Kind.CGROUP, "weight", Kind.WEIGHT, "its `cpu.weight`, 100 if nobody set it", MIN_WEIGHT, MAX_WEIGHT),
    BuiltinField(
        Kind.CGROUP, "parent", Type(Kind.CGROUP, optional=True), Interval(-1, MAX_CGROUPS - 1),
        "the one that it is in; none for the root",
    ),
)  # fmt: skip

FIELDS: dict[tuple[Kind, str], BuiltinField] = {(field.owner, field.name): field for field in _ALL}


def names_of(owner: Kind) -> list[str]:
    return [field.name for field in _ALL if field.owner is owner]
