"""Law 7: nobody starves unnoticed. A bound on waiting for queues that are first-in first-out or clamped on both
sides; strict priority without `aging` is warned of; anything else is left to the gates, and says so."""

from __future__ import annotations

from schedc.check.literals import duration_text
from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s5_queues as messages
from schedc.laws.verdict import Level, Verdict
from schedc.laws.waiting import Bound, bound, is_charged
from schedc.typed import tree as t
from schedc.typed.walk import walk
from schedc.types.kinds import Kind

# Runnable tasks for each CPU when a promise does not say how many it assumes.
DEFAULT_RUNNABLE = 20


def check(policy: t.Policy, always: frozenset[t.Queue], diagnostics: Diagnostics) -> list[Verdict]:
    """`always`: the queues that every CPU has tried which goes idle (law 2)."""
    runnable = next((p.runnable_per_cpu for p in policy.promises if p.runnable_per_cpu), DEFAULT_RUNNABLE)
    doubts = _doubts(policy, always, diagnostics)
    verdicts = [_queue(policy, queue, runnable, doubts.get(queue)) for queue in policy.queues]
    return [*verdicts, *(_promise(policy, promise, bool(doubts)) for promise in policy.promises)]


_Doubt = tuple[Level, str]


def _doubts(policy: t.Policy, always: frozenset[t.Queue], diagnostics: Diagnostics) -> dict[t.Queue, _Doubt]:
    """Why no bound on waiting follows for a queue, where that is so."""
    order = _Order()
    order.block(policy.handlers["dispatch"].body, ())
    unfair = _strict(policy, order, diagnostics)
    charged = is_charged(policy)
    doubts: dict[t.Queue, _Doubt] = {}
    for queue in policy.queues:
        if queue in unfair:
            doubts[queue] = Level.ASSUMED, "served only while others are empty, without aging"
        elif queue.order is Kind.TIME or queue.dimensions:
            # A deadline of the policy's own is not ordered by what tasks ran; a place's queue is its own CPUs'.
            doubts[queue] = Level.TESTED, "no bound is computed for deadlines and for queues of places or layers"
        elif queue not in always:
            doubts[queue] = Level.TESTED, "a CPU may go idle without having looked there: no bound can be computed"
        elif any(key[0] is queue for key in order.places):
            doubts[queue] = Level.TESTED, "on some paths others come first: no bound on waiting can be computed"
        elif queue.order is Kind.VTIME and not charged:
            doubts[queue] = Level.TESTED, "tasks are not charged for just what they run: no bound can be computed"
    return doubts


# ---- strict priority


def _strict(policy: t.Policy, order: _Order, diagnostics: Diagnostics) -> set[t.Queue]:
    """Queues with a source that is never served first and has no aging."""
    unfair: set[t.Queue] = set()
    for key, (source, higher) in order.places.items():
        if not order.first[key] and not _covered(key, order.first):
            unfair.add(key[0])
            text = policy.source.text[source.queue.span.start : source.queue.span.end]
            diagnostics.add(messages.starves(source.span, text, higher.span))
    return unfair


_Sources = tuple[t.PullSource, ...]


class _Order:
    """Along each path of dispatch, which sources are tried after others: `places` has those that are so somewhere
    without aging, and what is tried before."""

    def __init__(self) -> None:
        self.first: dict[tuple[t.Queue, str], bool] = {}
        self.places: dict[tuple[t.Queue, str], tuple[t.PullSource, t.PullSource]] = {}

    def block(self, block: t.Block, seen: _Sources) -> _Sources:
        """The sources tried before what follows the block."""
        for statement in block.statements:
            seen = self._statement(statement, seen)
        return seen

    def _statement(self, statement: t.Stmt, seen: _Sources) -> _Sources:
        match statement:
            case t.If():
                seen = self._expression(statement.condition, seen)
                then = self.block(statement.then, seen)
                after = seen if _returns(statement.then) else then
                if statement.otherwise is not None:
                    otherwise = self.block(statement.otherwise, seen)
                    after = after if _returns(statement.otherwise) else (*after, *otherwise[len(seen) :])
                return after
            case t.Match():
                for _, arm in statement.arms:
                    self.block(arm, seen)
                return seen
            case t.For() | t.Repeat():
                return self.block(statement.body, seen)
            case _:
                return self._expression(statement, seen)

    def _expression(self, node: object, seen: _Sources) -> _Sources:
        for each in walk(node):
            if isinstance(each, t.PullChain):
                for source in each.sources:
                    self._source(source, seen)
                    seen = (*seen, source)
        return seen

    def _source(self, source: t.PullSource, seen: _Sources) -> None:
        key = source.queue.queue, _layer(source)
        fair = not seen or source.aging is not None
        self.first[key] = self.first.get(key, False) or fair
        if not fair:
            self.places.setdefault(key, (source, seen[0]))


def _returns(block: t.Block) -> bool:
    return bool(block.statements) and isinstance(block.statements[-1], t.Return)


def _layer(source: t.PullSource) -> str:
    """The layer that a source names; `*` for any other index, empty without layers."""
    for index, kind in zip(source.queue.indices, source.queue.queue.dimensions, strict=True):
        if kind is Kind.LAYER:
            return index.layer.name if isinstance(index, t.LayerRef) else "*"
    return ""


def _covered(key: tuple[t.Queue, str], first: dict[tuple[t.Queue, str], bool]) -> bool:
    """A source for every layer adds nothing to those that are named one by one elsewhere."""
    return key[1] == "*" and any(queue is key[0] and layer != "*" for queue, layer in first)


# ---- bounds


def _queue(policy: t.Policy, queue: t.Queue, runnable: int, doubt: _Doubt | None) -> Verdict:
    title = f"nobody starves in `{queue.name}`"
    if doubt is not None:
        return Verdict(7, title, *doubt)
    limit = bound(policy, queue, runnable)
    if limit.at_defaults is None:
        return Verdict(7, title, Level.TESTED, _NO_BOUND)
    shares = f"{runnable} runnable tasks for each CPU"
    ordered = "" if queue.order is None else ", of weight 100,"
    detail = f"with {shares}{ordered} a task waits at most {_text(limit.at_defaults)} at the defaults"
    if limit.in_range is None:
        detail += ", without a bound elsewhere in the params' ranges"
    elif limit.in_range != limit.at_defaults:
        detail += f", {_text(limit.in_range)} anywhere in the params' ranges"
    return Verdict(7, title, Level.PROVED, detail, _ASSUMPTIONS)


def _text(bound_: int) -> str:
    """A bound in whole milliseconds, rounded up."""
    return duration_text(-(-bound_ // 1_000_000) * 1_000_000)


_NO_BOUND = "slices are infinite or as long as agings, or an ordered queue is aged: no bound on waiting can be computed"
_ASSUMPTIONS = (
    "higher scheduling classes leave the CPU alone",
    "every task may run on every CPU of its queue",
    "while a task waits, no tasks become runnable but those that are counted",
)


# ---- promises


def _promise(policy: t.Policy, promise: t.Promise, doubtful: bool) -> Verdict:
    if promise.kind == "work_conserving":
        title = f"no CPU idles for {duration_text(promise.limit)} while a task waits for it"
        return Verdict(7, title, Level.TESTED, "counted while the policy runs")
    whose = f" of {promise.layer.name}" if promise.layer else ""
    title = f"no task{whose} waits longer than {duration_text(promise.limit)}"
    runnable = promise.runnable_per_cpu or DEFAULT_RUNNABLE
    limits: list[Bound] = [] if doubtful else [bound(policy, queue, runnable) for queue in policy.queues]
    assumptions = (f"at most {runnable} runnable tasks for each CPU, of weight 100", *_ASSUMPTIONS)
    if limits and all(limit.in_range is not None and limit.in_range <= promise.limit for limit in limits):
        return Verdict(
            7, title, Level.PROVED, "follows from the queues' bounds, for every value of the params", assumptions
        )
    if limits and all(limit.at_defaults is not None and limit.at_defaults <= promise.limit for limit in limits):
        return Verdict(
            7, title, Level.PROVED, "follows from the queues' bounds at the params' defaults only", assumptions
        )
    return Verdict(
        7, title, Level.TESTED, "no bound was computed that proves it; counted while the policy runs", assumptions
    )
