"""Law 7: nobody starves unnoticed. A bound on waiting for queues that are first-in first-out or clamped on both
sides; strict priority without `aging` is warned of; anything else is left to the gates, and says so."""

from __future__ import annotations

from schedc.check.literals import duration_text
from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s5_queues as messages
from schedc.laws.verdict import Level, Verdict
from schedc.record import record
from schedc.typed import tree as t
from schedc.typed.ranges import Ranges
from schedc.typed.walk import walk
from schedc.types.kinds import Kind

# Runnable tasks for each CPU when a promise does not say how many it assumes.
DEFAULT_RUNNABLE = 20
_INFINITE = (1 << 64) - 1


@record
class Bound:
    """The longest wait in a queue (ns, None if there is no bound) at the params' defaults and in their range."""

    at_defaults: int | None
    in_range: int | None


def check(policy: t.Policy, diagnostics: Diagnostics) -> list[Verdict]:
    unfair = _strict(policy, diagnostics)
    runnable = next((p.runnable_per_cpu for p in policy.promises if p.runnable_per_cpu), DEFAULT_RUNNABLE)
    verdicts = [_queue(policy, queue, runnable, queue in unfair) for queue in policy.queues]
    return [*verdicts, *(_promise(policy, promise, unfair) for promise in policy.promises)]


# ---- strict priority


def _strict(policy: t.Policy, diagnostics: Diagnostics) -> set[t.Queue]:
    """Queues with a source that is never served first and has no aging."""
    walker = _Order()
    walker.block(policy.handlers["dispatch"].body, ())
    unfair: set[t.Queue] = set()
    for key, (source, higher) in walker.places.items():
        if not walker.first[key] and not _covered(key, walker.first):
            unfair.add(key[0])
            text = policy.source.text[source.queue.span.start : source.queue.span.end]
            diagnostics.add(messages.starves(source.span, text, higher.span))
    return unfair


_Sources = tuple[t.PullSource, ...]


class _Order:
    """Along each path of dispatch, which sources are tried after others."""

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


def _at_defaults(expr: t.Expr, ranges: Ranges) -> int:
    """The largest value with params at their defaults, for the simple expressions that slices and windows are."""
    match expr:
        case t.ParamRef():
            return expr.param.default
        case t.Negative():
            return -_at_defaults(expr.operand, ranges)
        case t.Convert():
            return _at_defaults(expr.operand, ranges)
        case _:
            return ranges.of(expr).high


def bound(policy: t.Policy, queue: t.Queue, runnable: int) -> Bound:
    """A task waits while each of the others of its CPU runs through the window once, and one slice more.

    For tasks of weight 100. A heavier task moves through the window more slowly, in proportion.
    """
    ranges = Ranges()
    slices = _slices(policy)
    if not slices:  # no handler inserts, which law 1 has reported
        return Bound(None, None)
    others = max(1, runnable - 1)

    def total(slice_: int, low: int, high: int) -> int | None:
        return None if slice_ >= _INFINITE else others * (high - low + slice_)

    default_slice = max(_at_defaults(each, ranges) for each in slices)
    largest_slice = max(ranges.of(each).high for each in slices)
    if queue.window is None:
        return Bound(total(default_slice, 0, 0), total(largest_slice, 0, 0))
    low, high = queue.window
    return Bound(
        total(default_slice, _at_defaults(low, ranges), _at_defaults(high, ranges)),
        total(largest_slice, ranges.of(low).low, ranges.of(high).high),
    )


def _queue(policy: t.Policy, queue: t.Queue, runnable: int, unfair: bool) -> Verdict:
    title = f"nobody starves in `{queue.name}`"
    if unfair:
        return Verdict(7, title, Level.ASSUMED, "served only while others are empty, without aging")
    limit = bound(policy, queue, runnable)
    if limit.at_defaults is None:
        return Verdict(7, title, Level.TESTED, "slices are infinite: no bound on waiting can be computed")
    shares = f"{runnable} runnable tasks for each CPU"
    ordered = "" if queue.order is None else ", of weight 100,"
    detail = f"with {shares}{ordered} a task waits at most {duration_text(limit.at_defaults)} at the defaults"
    if limit.in_range is not None and limit.in_range != limit.at_defaults:
        detail += f", {duration_text(limit.in_range)} anywhere in the params' ranges"
    return Verdict(7, title, _level(queue), detail, _ASSUMPTIONS)


def _level(queue: t.Queue) -> Level:
    """A key that is a deadline of the policy's own is not ordered by what tasks ran: left to the tests."""
    return Level.TESTED if queue.order is Kind.TIME or queue.dimensions else Level.PROVED


_ASSUMPTIONS = ("higher scheduling classes leave the CPU alone", "every task may run on every CPU of its queue")


# ---- promises


def _promise(policy: t.Policy, promise: t.Promise, unfair: set[t.Queue]) -> Verdict:
    if promise.kind == "work_conserving":
        title = f"no CPU idles for {duration_text(promise.limit)} while a task waits for it"
        return Verdict(7, title, Level.TESTED, "counted while the policy runs")
    whose = f" of {promise.layer.name}" if promise.layer else ""
    title = f"no task{whose} waits longer than {duration_text(promise.limit)}"
    runnable = promise.runnable_per_cpu or DEFAULT_RUNNABLE
    limits = [bound(policy, queue, runnable) for queue in policy.queues]
    known = not unfair and all(_level(queue) is Level.PROVED for queue in policy.queues)
    assumptions = (f"at most {runnable} runnable tasks for each CPU, of weight 100", *_ASSUMPTIONS)
    if known and all(limit.in_range is not None and limit.in_range <= promise.limit for limit in limits):
        return Verdict(
            7, title, Level.PROVED, "follows from the queues' bounds, for every value of the params", assumptions
        )
    if known and all(limit.at_defaults is not None and limit.at_defaults <= promise.limit for limit in limits):
        return Verdict(
            7, title, Level.PROVED, "follows from the queues' bounds at the params' defaults only", assumptions
        )
    return Verdict(
        7, title, Level.TESTED, "no bound was computed that proves it; counted while the policy runs", assumptions
    )
