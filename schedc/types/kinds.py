"""Types are units. A `Type` is a kind, possibly optional; a `cpu` may be a claim that has to be used.

How values are represented in a policy program (all 64 bits):

- duration, time: unsigned nanoseconds; they saturate.
- vtime: nanoseconds of weighted run time, modular; only ever compared by signed difference.
- difference: signed nanoseconds; saturates.
- ratio: unsigned, `RATIO_ONE` is 1.0.  rate: unsigned, `RATE_ONE` is one event a second.
- count, weight: unsigned. nice: signed.
- cpu, core, llc, node, layer, cgroup: an index, -1 for `none`.
"""

from __future__ import annotations

from enum import Enum

from schedc.record import changed, record

RATIO_ONE = 1 << 20
RATE_ONE = 1 << 10
NS_PER_SECOND = 1_000_000_000
U64_MAX = (1 << 64) - 1
S64_MAX = (1 << 63) - 1
S64_MIN = -(1 << 63)


class Kind(Enum):
    BOOL = "bool"
    COUNT = "count"
    WEIGHT = "weight"
    NICE = "nice"
    RATIO = "ratio"
    RATE = "rate"
    DURATION = "duration"
    TIME = "time"
    VTIME = "vtime"
    DIFFERENCE = "difference"
    TASK = "task"
    CPU = "cpu"
    CORE = "core"
    LLC = "llc"
    NODE = "node"
    LAYER = "layer"
    CGROUP = "cgroup"
    COMM = "command name"
    QUEUE = "queue"
    NOTHING = "nothing"
    ERROR = "unknown"


UNSIGNED = frozenset({Kind.COUNT, Kind.WEIGHT, Kind.RATIO, Kind.RATE, Kind.DURATION, Kind.TIME})
SIGNED = frozenset({Kind.DIFFERENCE, Kind.NICE})
NUMERIC = UNSIGNED | SIGNED | {Kind.VTIME}
PLACES = frozenset({Kind.CPU, Kind.CORE, Kind.LLC, Kind.NODE})
# What is kept as an index.
INDEXED = PLACES | {Kind.LAYER, Kind.CGROUP}
ENTITIES = INDEXED | {Kind.TASK}
# What a policy may name as the type of a param, a field, a global or a value of its functions.
DECLARABLE = {
    kind.value: kind
    for kind in (
        *NUMERIC - {Kind.NICE}, Kind.BOOL, Kind.CPU, Kind.CORE, Kind.LLC, Kind.NODE, Kind.LAYER, Kind.CGROUP, Kind.TASK,
    )
}


@record
class Type:
    """A kind, `optional` when it may be none; `claimed` for a CPU whose idleness was taken."""

    kind: Kind
    optional: bool = False
    claimed: bool = False

    def __str__(self) -> str:
        return self.kind.value + ("?" if self.optional else "")

    @property
    def some(self) -> Type:
        """This type without the possibility of none."""
        return changed(self, optional=False)

    @property
    def maybe(self) -> Type:
        return changed(self, optional=True)

    @property
    def is_error(self) -> bool:
        return self.kind is Kind.ERROR


ERROR = Type(Kind.ERROR)
NOTHING = Type(Kind.NOTHING)
BOOL = Type(Kind.BOOL)


@record
class Interval:
    """All integers from `low` to `high`, in the representation of the kind; `low <= high`."""

    low: int
    high: int

    def contains(self, other: Interval) -> bool:
        return self.low <= other.low and other.high <= self.high

    def join(self, other: Interval) -> Interval:
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def clamp(self, bounds: Interval) -> Interval:
        """Where values of this interval land when each is moved to the nearest value inside `bounds`."""
        low = min(max(self.low, bounds.low), bounds.high)
        return Interval(low, max(low, min(max(self.high, bounds.low), bounds.high)))


def full_range(kind: Kind) -> Interval:
    """All that a value of this kind can be when nothing more is known of it."""
    match kind:
        case Kind.BOOL:
            return Interval(0, 1)
        case Kind.WEIGHT:
            return Interval(0, U64_MAX)
        case Kind.NICE:
            return Interval(-20, 19)
        case Kind.DIFFERENCE:
            return Interval(S64_MIN + 1, S64_MAX)
        case _ if kind in INDEXED:
            return Interval(-1, (1 << 31) - 1)
        case _:
            return Interval(0, U64_MAX)
