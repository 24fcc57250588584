"""How long a task waits in a queue at most (law 7), where that follows from the policy's text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from schedc.record import record
from schedc.typed import tree as t
from schedc.typed.ranges import Ranges
from schedc.typed.walk import walk
from schedc.types.kinds import Kind

_INFINITE = (1 << 64) - 1
# The kernel's own: for who goes on because a dispatch found nobody else.
_KERNEL_SLICE = 20_000_000
_DEFAULTS: Mapping[t.Param, int] = MappingProxyType({})


@record
class Bound:
    """The longest wait in a queue (ns, None if there is no bound) at the params' defaults and in their range."""

    at_defaults: int | None
    in_range: int | None


@record
class _Figures:
    """The figures of a policy in the worst case: the longest slice, by how much the first turn may be longer, the times
    after which sources are aged, those of the queue itself, the longest and the shortest, and how wide its window is
    (None for a queue without)."""

    slice: int
    longer: int
    agings: tuple[int, ...]
    own_aging: int | None
    least_aging: int
    window: int | None

    def bound(self, others: int) -> int | None:
        if self.slice >= _INFINITE:
            return None
        part, whole = _served_first(self.agings, self.slice)
        if part >= whole:
            return None
        if self.own_aging is not None:
            if self.window is not None:
                return None  # each time that another task runs, however shortly, takes an aging
            turns = others * (self.own_aging + _up((len(self.agings) + 1) * self.slice * whole, whole - part))
            return turns + self.longer
        served = others * ((self.window or 0) + self.slice) + len(self.agings) * self.slice
        return _up(served * whole, whole - part) + self.longer

    def among(self, weights: Sequence[int], tick: int) -> int | None:
        """The bound for these others: each moves through the window as slowly as it is heavy."""
        if self.own_aging is not None:
            return None
        turn = self.slice + tick
        part, whole = _served_first(self.agings, turn)
        if self.slice >= _INFINITE or part >= whole:
            return None
        through = sum((self.window or 0) * weight // 100 + turn for weight in weights)
        return _up((through + len(self.agings) * turn) * whole, whole - part) + self.longer


def _served_first(agings: tuple[int, ...], turn: int) -> tuple[int, int]:
    """The part of its time, as a fraction, that a CPU may spend on sources that are served first by age."""
    part, whole = 0, 1
    for aging in agings:
        part, whole = part * aging + whole * turn, whole * aging
    return part, whole


def at_values(
    policy: t.Policy, queue: t.Queue, weights: Sequence[int], values: Mapping[t.Param, int], tick: int
) -> int | None:
    """The longest wait (ns) among others of these weights, with params at `values`; None if there is no bound.

    `tick`: how much longer than its slice a turn may last.
    """
    return None if not _slices(policy) else _figures(policy, queue, False, values).among(weights, tick)


def through_window(
    policy: t.Policy, weights: Sequence[int], values: Mapping[t.Param, int], shortest: int
) -> int:
    """The time (ns) that tasks of these weights, on one CPU, take to move the clock of a queue of virtual time from one
    end of its window to the other, for the slowest queue with params at `values`; 0 without such a queue.

    Where the queue is aged, each of their runs, of which the shortest lasts `shortest`, takes an aging.
    """
    slowest = 0
    for queue in policy.queues:
        window = window_at(queue, values) if queue.order is Kind.VTIME else None
        if window is not None:
            run = (window[1] - window[0]) * sum(weights) // 100
            turns = _up(run, max(shortest, 1))
            slowest = max(slowest, run, turns * _figures(policy, queue, False, values).least_aging)
    return slowest


def longest_slice(policy: t.Policy, values: Mapping[t.Param, int]) -> int | None:
    """The longest slice (ns) that the policy gives with params at `values`; None if it is infinite."""
    longest = max((_at_values(each, Ranges(), True, values) for each in _slices(policy)), default=0)
    return None if longest >= _INFINITE else longest


def window_at(queue: t.Queue, values: Mapping[t.Param, int]) -> tuple[int, int] | None:
    """How far from the queue's clock a task may stand, with params at `values`; None for a queue without a window."""
    if queue.window is None:
        return None
    low, high = queue.window
    return _at_values(low, Ranges(), False, values), _at_values(high, Ranges(), True, values)


def bound(policy: t.Policy, queue: t.Queue, runnable: int) -> Bound:
    """A task waits while each of the others of its CPU runs through the window once, and one slice more. A source
    that is aged takes a slice from the others each time; it is itself served at least that often.

    Who is not kept where nobody waits goes on with the kernel's slice, which the next one then waits for.

    For tasks of weight 100. A heavier task moves through the window more slowly, in proportion.
    """
    if not _slices(policy):  # no handler inserts, which law 1 has reported
        return Bound(None, None)
    others = max(1, runnable - 1)
    return Bound(_figures(policy, queue, False).bound(others), _figures(policy, queue, True).bound(others))


def _figures(
    policy: t.Policy, queue: t.Queue, in_range: bool, values: Mapping[t.Param, int] = _DEFAULTS
) -> _Figures:
    ranges = Ranges()

    def most(expr: t.Expr) -> int:
        return ranges.of(expr).high if in_range else _at_values(expr, ranges, True, values)

    def least(expr: t.Expr) -> int:
        return ranges.of(expr).low if in_range else _at_values(expr, ranges, False, values)

    aged = [(source.queue.queue, source.aging) for source in sources(policy) if source.aging is not None]
    window = None if queue.window is None else most(queue.window[1]) - least(queue.window[0])
    own = [most(aging) for aged_queue, aging in aged if aged_queue is queue]
    longest = max(most(each) for each in _slices(policy))
    return _Figures(
        longest,
        0 if _keeps_at_last(policy) else max(0, _KERNEL_SLICE - longest),
        tuple(least(aging) for _, aging in aged),
        max(own) if own else None,
        min((least(aging) for aged_queue, aging in aged if aged_queue is queue), default=0),
        window,
    )


def sources(policy: t.Policy) -> list[t.PullSource]:
    """Everything that `dispatch` pulls from."""
    return [node for node in walk(policy.handlers["dispatch"].body) if isinstance(node, t.PullSource)]


def _keeps_at_last(policy: t.Policy) -> bool:
    """True if who runs is kept, with a slice of the policy's, where `dispatch` finds nobody else."""
    statements = policy.handlers["dispatch"].body.statements
    if not statements:
        return False
    return any(isinstance(node, t.PullChain) and node.keep is not None for node in walk(statements[-1]))


def _slices(policy: t.Policy) -> list[t.Expr]:
    """Every slice that a task can be given."""
    found: list[t.Expr] = []
    for handler in policy.handlers.values():
        for node in walk(handler.body):
            if isinstance(node, t.Insert):
                found.append(node.slice)
            elif isinstance(node, t.PullChain) and node.keep is not None:
                found.append(node.keep)
    return found


def _at_values(expr: t.Expr, ranges: Ranges, most: bool, values: Mapping[t.Param, int]) -> int:
    """The largest or smallest value with params at `values`, else at their defaults, for the simple expressions that
    slices, windows and agings are; of any other one, that in the params' ranges."""
    match expr:
        case t.ParamRef():
            return values.get(expr.param, expr.param.default)
        case t.Negative():
            return -_at_values(expr.operand, ranges, not most, values)
        case t.Convert():
            return _at_values(expr.operand, ranges, most, values)
        case _:
            return ranges.of(expr).high if most else ranges.of(expr).low


def _up(value: int, by: int) -> int:
    return -(-value // by)


def is_charged(policy: t.Policy) -> bool:
    """True if tasks stand where their virtual time says, and that grows with what they run whenever they stop, and by
    nothing else: what keeps a task from being first for ever."""
    nodes = [node for handler in policy.handlers.values() for node in walk(handler.body)]
    positions = [
        node.at for node in nodes if isinstance(node, t.Insert) and node.queue and node.queue.queue.order is Kind.VTIME
    ]
    changes = [node for node in nodes if isinstance(node, t.Assign) and _is_vtime(node.target)]
    stopping = policy.handlers.get("stopping")
    if stopping is None or len(changes) != 1 or changes[0] not in stopping.body.statements:
        return False
    if any(isinstance(node, t.Return) for node in walk(stopping.body)):
        return False
    return _charges(changes[0], stopping) and all(_is_vtime(position) for position in positions)


def _charges(change: t.Assign, stopping: t.Handler) -> bool:
    """True for `task.vtime += ran scaled by task.weight`."""
    value = change.value
    if change.operator != "+" or not isinstance(value, t.Scaled) or len(stopping.formals) != 2:
        return False
    ran, weight = value.amount, value.weight
    is_ran = isinstance(ran, t.LocalRef) and ran.local is stopping.formals[1]
    return is_ran and isinstance(weight, t.FieldRef) and weight.field.name == "weight"


def _is_vtime(expr: object) -> bool:
    return isinstance(expr, t.FieldRef) and expr.field.owner is Kind.TASK and expr.field.name == "vtime"
