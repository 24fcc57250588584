"""Law 2: every queue is drained. Each queue that is filled is pulled from in `dispatch`, by CPUs that may run
what waits there; what cannot be proven gets a guarded way out from every CPU."""

from __future__ import annotations

from dataclasses import dataclass

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s1_names as names
from schedc.diagnostics import s5_queues as messages
from schedc.laws.verdict import Level, Verdict
from schedc.typed import tree as t
from schedc.typed.walk import walk
from schedc.types.kinds import PLACES, Kind


@dataclass(frozen=True)
class Drained:
    """`guarded`: some queue depends on CPUs that may go offline, or on a condition."""

    verdict: Verdict
    guarded: bool


def check(policy: t.Policy, diagnostics: Diagnostics) -> Drained:
    dispatch = policy.handlers["dispatch"]
    fills = _fills(policy)
    pulls = _pulls(dispatch.body)
    loops = {node.local: node for node in walk(dispatch.body) if isinstance(node, t.For)}
    _check_dropped(dispatch.body, True, diagnostics)
    for queue in policy.queues:
        filled = [ref for ref in fills if ref.queue is queue]
        emptied = [ref for ref in pulls if ref.queue is queue]
        if not filled:
            diagnostics.add(names.never_used(queue.name_span, queue.name, "queue"))
        elif not emptied:
            diagnostics.add(messages.never_drained(queue.name_span, queue.name, tuple(r.span for r in filled)))
        else:
            _check_layers(policy, queue, filled, emptied, loops, diagnostics)
            _check_places(queue, filled, emptied, loops, diagnostics)
    always = _tried(dispatch.body, frozenset())
    conditional = [queue for queue in policy.queues if queue not in always]
    placed = any(set(queue.dimensions) & PLACES for queue in policy.queues)
    guarded = bool(conditional or placed)
    level = Level.GUARDED if guarded else Level.PROVED
    detail = "every queue is tried by every CPU that finds nothing better"
    if guarded:
        detail = "queues are served by their own CPUs; while any CPU is offline, every idle CPU serves all of them"
    return Drained(Verdict(2, "every queue is drained", level, detail), guarded)


def _fills(policy: t.Policy) -> list[t.QueueRef]:
    found = []
    for handler in policy.handlers.values():
        for node in walk(handler.body):
            if isinstance(node, t.Insert) and node.queue is not None:
                found.append(node.queue)
            elif isinstance(node, t.PullInto):
                found.append(node.into)
    return found


def _pulls(body: t.Block) -> list[t.QueueRef]:
    found = []
    for node in walk(body):
        if isinstance(node, t.PullChain):
            found += [source.queue for source in node.sources]
        elif isinstance(node, t.PullInto):
            found.append(node.source)
    return found


# ---- layers: each has to be pulled somewhere


def _check_layers(
    policy: t.Policy,
    queue: t.Queue,
    filled: list[t.QueueRef],
    emptied: list[t.QueueRef],
    loops: dict[t.Local, t.For],
    diagnostics: Diagnostics,
) -> None:
    if Kind.LAYER not in queue.dimensions:
        return
    position = queue.dimensions.index(Kind.LAYER)
    served: set[str] = set()
    for ref in emptied:
        index = ref.indices[position]
        if isinstance(index, t.LayerRef):
            served.add(index.layer.name)
        elif isinstance(index, t.Star) or _is_loop_variable(index, loops):
            return
    wanted = {ref.indices[position].layer.name for ref in filled if isinstance(ref.indices[position], t.LayerRef)}  # type: ignore[union-attr]
    if len(wanted) < len(filled) or not wanted:
        wanted = {layer.name for layer in policy.layers}
    for layer in policy.layers:
        if layer.name in wanted - served:
            name = f"{queue.name}[{layer.name}]"
            diagnostics.add(messages.never_drained(queue.name_span, name, tuple(r.span for r in filled)))


# ---- places: a task has to wait where a CPU that may run it looks


def _check_places(
    queue: t.Queue,
    filled: list[t.QueueRef],
    emptied: list[t.QueueRef],
    loops: dict[t.Local, t.For],
    diagnostics: Diagnostics,
) -> None:
    for position, kind in enumerate(queue.dimensions):
        if kind not in PLACES:
            continue
        everywhere = any(
            isinstance(ref.indices[position], t.Star) or _is_loop_variable(ref.indices[position], loops)
            for ref in emptied
        )
        if everywhere:
            continue
        for ref in filled:
            index = ref.indices[position]
            if isinstance(index, t.Expr) and not _is_own(index, loops):
                diagnostics.add(
                    messages.not_drained_everywhere(emptied[0].span, queue.name, index.span, kind.value)
                )


def _is_loop_variable(index: t.Expr | t.Star, loops: dict[t.Local, t.For]) -> bool:
    """True for the variable of a loop over all of its kind."""
    if not isinstance(index, t.LocalRef):
        return False
    loop = loops.get(index.local)
    return loop is not None and loop.of is None and loop.where is None


def _is_own(index: t.Expr, loops: dict[t.Local, t.For]) -> bool:
    """True for a place where the task may certainly run: that of its CPU, or of one picked for it."""
    match index:
        case t.FieldRef() if index.owner.type.kind is Kind.TASK:
            return True
        case t.FieldRef():
            return _is_own(index.owner, loops)
        case t.LocalRef():
            return index.local.type.claimed or index.local in loops
        case _:
            return False


# ---- what is tried on every path that finds nothing


def _tried(block: t.Block, tried: frozenset[t.Queue]) -> frozenset[t.Queue]:
    """The queues tried on every path through a block on which no pull succeeds."""
    for statement in block.statements:
        match statement:
            case t.Evaluate():
                tried |= _in(statement.value)
            case t.Let():
                tried |= _in(statement.value)
            case t.If() if isinstance(statement.condition, t.Expr):
                tried |= _in(statement.condition)
                failing = statement.otherwise
                if isinstance(statement.condition, t.PullChain):
                    tried = _tried(failing, tried) if failing is not None else tried
                elif failing is not None:
                    tried = _tried(statement.then, tried) & _tried(failing, tried)
                elif _leaves(statement.then):
                    return tried
            case t.For() if statement.where is None:
                tried = _tried(statement.body, tried)
            case t.Return():
                return tried
            case _:
                pass
    return tried


def _leaves(block: t.Block) -> bool:
    return any(isinstance(node, t.Return) for node in walk(block))


def _in(expr: t.Expr) -> frozenset[t.Queue]:
    """The queues that an expression certainly tries when it is false."""
    match expr:
        case t.PullChain():
            return frozenset(source.queue.queue for source in expr.sources)
        case t.PullInto():
            return frozenset({expr.source.queue})
        case t.Logic() if expr.operator == "or":
            return _in(expr.left) | _in(expr.right)
        case t.Logic():
            return _in(expr.left)
        case _:
            return frozenset()


# ---- a pull's answer is used where more follows


def _check_dropped(block: t.Block, last: bool, diagnostics: Diagnostics) -> None:
    for index, statement in enumerate(block.statements):
        ends = last and index == len(block.statements) - 1
        match statement:
            case t.Evaluate() if isinstance(statement.value, t.PullChain) and not ends:
                following = block.statements[index + 1 :]
                if not (following and isinstance(following[0], t.Return)):
                    diagnostics.add(messages.dropped_pull(statement.span))
            case t.If():
                _check_dropped(statement.then, ends, diagnostics)
                if statement.otherwise is not None:
                    _check_dropped(statement.otherwise, ends, diagnostics)
            case t.Match():
                for _, arm in statement.arms:
                    _check_dropped(arm, ends, diagnostics)
            case t.For() | t.Repeat():
                _check_dropped(statement.body, False, diagnostics)
            case _:
                pass
