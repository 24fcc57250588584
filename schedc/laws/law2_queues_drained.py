"""Law 2: every queue is drained. Each queue that is filled is pulled from in `dispatch`, by CPUs that may run
what waits there; what cannot be proven gets a guarded way out from every CPU."""

from __future__ import annotations

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s1_names as names
from schedc.diagnostics import s5_queues as messages
from schedc.laws.tried import moved, tried
from schedc.laws.verdict import Level, Verdict
from schedc.record import record
from schedc.typed import tree as t
from schedc.typed.walk import walk
from schedc.types.kinds import PLACES, Kind


@record
class Drained:
    """`guarded`: some queue depends on CPUs that may go offline, or on a condition. `always`: the queues that every
    CPU has tried which found nothing."""

    verdict: Verdict
    guarded: bool
    always: frozenset[t.Queue]


def check(policy: t.Policy, diagnostics: Diagnostics) -> Drained:
    dispatch = policy.handlers["dispatch"]
    fills = _fills(policy)
    pulls = _pulls(dispatch.body)
    loops = {node.local: node for node in walk(dispatch.body) if isinstance(node, t.For)}
    reached = _reached(dispatch.body)
    allowed = _picked(policy)
    _check_dropped(dispatch.body, True, diagnostics)
    for queue in policy.queues:
        filled = [ref for ref in fills if ref.queue is queue]
        emptied = [ref for ref in pulls if ref.queue is queue]
        if not filled:
            diagnostics.add(names.never_used(queue.name_span, queue.name, "queue"))
        elif queue not in reached:
            diagnostics.add(messages.never_drained(queue.name_span, queue.name, tuple(r.span for r in filled)))
        else:
            _check_layers(policy, queue, filled, emptied, loops, diagnostics)
            _check_groups(queue, filled, emptied, loops, diagnostics)
            _check_places(policy, queue, filled, emptied, loops, allowed, diagnostics)
            if queue.holds and not any(_tells_all(timer.body) for timer in policy.timers):
                diagnostics.add(messages.nobody_looks(queue.name_span, queue.name))
    return _served(policy, reached & {ref.queue for ref in fills}, diagnostics)


def _served(policy: t.Policy, filled: set[t.Queue], diagnostics: Diagnostics) -> Drained:
    """How sure it is that a CPU which finds nothing has tried each queue, and whether a guard is needed."""
    always, by_some_cpu = tried(policy, False), tried(policy, True)
    placed = any(set(queue.dimensions) & PLACES for queue in policy.queues)
    level, detail = Level.PROVED, "every queue is tried by every CPU that finds nothing better"
    guarded = placed or any(queue not in always for queue in policy.queues)
    if guarded:
        level = Level.GUARDED
        detail = "queues are served by their own CPUs; while any CPU is offline, every idle CPU serves all of them"
    doubtful = [queue for queue in policy.queues if queue in filled and queue not in always]
    # That some CPU always tries is not enough, not all tasks may run there, unless it hands them out to the others.
    handed_out = by_some_cpu & _handed_out(policy.handlers["dispatch"].body)
    sometimes = [queue for queue in doubtful if set(queue.dimensions) & PLACES or queue not in handed_out]
    for queue in sometimes:
        diagnostics.add(messages.drained_sometimes(queue.name_span, queue.name))
    if sometimes:
        level = Level.ASSUMED
        detail = "some queues are tried under conditions only: that these come true is for the policy to see to"
    elif doubtful:
        level = Level.ASSUMED
        detail = "one CPU hands out what waits: that it does so for all others is for the policy to see to"
    elif any(queue.holds for queue in filled):
        level = Level.ASSUMED
        detail = "a timer tells CPUs that a time has come: that it does so for every task is for the policy to see to"
    return Drained(Verdict(2, "every queue is drained", level, detail), guarded, always)


def _tells_all(body: t.Block) -> bool:
    """True if CPUs are gone through and kicked."""
    nodes = list(walk(body))
    loops = [node for node in nodes if isinstance(node, t.For) and node.what is Kind.CPU and node.of is None]
    kicked = [node.target.local for node in nodes if isinstance(node, t.Kick) and isinstance(node.target, t.LocalRef)]
    return any(loop.local in kicked for loop in loops)


def _handed_out(body: t.Block) -> set[t.Queue]:
    """The queues whose tasks are moved to the queues of CPUs that a loop goes through."""
    nodes = list(walk(body))
    others = {node.local for node in nodes if isinstance(node, t.For) and node.what is Kind.CPU}
    return {
        node.source.queue
        for node in nodes
        if isinstance(node, t.PullInto)
        and any(isinstance(index, t.LocalRef) and index.local in others for index in node.into.indices)
    }


def _reached(body: t.Block) -> set[t.Queue]:
    """The queues from which tasks get to a CPU, directly or by way of others."""
    nodes = list(walk(body))
    found = {source.queue.queue for node in nodes if isinstance(node, t.PullChain) for source in node.sources}
    moves = [(node.source.queue, node.into.queue) for node in nodes if isinstance(node, t.PullInto)]
    for _ in moves:
        found |= {source for source, into in moves if into in found}
    return found


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
    if _all_of(emptied, position, loops):
        return
    pulled = [_layer(ref.indices[position]) for ref in emptied]
    inserted = [_layer(ref.indices[position]) for ref in filled]
    wanted = set(policy.layers) if None in inserted else set(inserted)
    for layer in policy.layers:
        if layer in wanted and layer not in pulled:
            name = f"{queue.name}[{layer.name}]"
            diagnostics.add(messages.never_drained(queue.name_span, name, tuple(r.span for r in filled)))


def _layer(index: t.Expr | t.Star) -> t.Layer | None:
    return index.layer if isinstance(index, t.LayerRef) else None


# ---- control groups: they have no names, so that all have to be pulled from somewhere


def _check_groups(
    queue: t.Queue,
    filled: list[t.QueueRef],
    emptied: list[t.QueueRef],
    loops: dict[t.Local, t.For],
    diagnostics: Diagnostics,
) -> None:
    if Kind.CGROUP in queue.dimensions and not _all_of(emptied, queue.dimensions.index(Kind.CGROUP), loops):
        diagnostics.add(messages.group_not_drained(emptied[0].span, queue.name, filled[0].span))


# ---- places: a task has to wait where a CPU that may run it looks


def _check_places(
    policy: t.Policy,
    queue: t.Queue,
    filled: list[t.QueueRef],
    emptied: list[t.QueueRef],
    loops: dict[t.Local, t.For],
    picked: frozenset[t.Local],
    diagnostics: Diagnostics,
) -> None:
    dispatch = policy.handlers["dispatch"]
    own = dispatch.formals[0]
    moved = {node.into for node in walk(dispatch.body) if isinstance(node, t.PullInto)}  # looks for who may run there
    for position, kind in enumerate(queue.dimensions):
        if kind not in PLACES or _all_of(emptied, position, loops):
            continue
        if not any(_is_place_of(own, ref.indices[position]) for ref in emptied):
            diagnostics.add(
                messages.not_drained_everywhere(emptied[0].span, queue.name, filled[0].span, kind.value)
            )
        for ref in filled:
            index = ref.indices[position]
            if isinstance(index, t.Expr) and ref not in moved and not _is_own(index, picked):
                diagnostics.add(
                    messages.not_drained_everywhere(emptied[0].span, queue.name, index.span, kind.value)
                )


def _all_of(pulls: list[t.QueueRef], position: int, loops: dict[t.Local, t.For]) -> bool:
    """True if the pulls take every value of one index: `*`, or a loop over all, or all but one that is named."""
    indices = [ref.indices[position] for ref in pulls]
    for index in indices:
        if isinstance(index, t.Star):
            return True
        loop = loops.get(index.local) if isinstance(index, t.LocalRef) else None
        if loop is None or loop.of is not None or loop.where is not None or not _goes_on(loop.body):
            continue
        excepted = loop.excepted
        if excepted is None or any(same(excepted, other) for other in indices if isinstance(other, t.Expr)):
            return True
    return False


def _goes_on(block: t.Block, inner: bool = False) -> bool:
    """True if a loop's body leaves the loop only where a pull moved a task. `inner`: in a loop within that one."""
    for statement in block.statements:
        match statement:
            case t.Return():
                return False
            case t.Break():
                return inner
            case t.If():
                condition = statement.condition
                done, failed = (isinstance(condition, t.Expr) and moved(value, condition) for value in (True, False))
                if not (done or _goes_on(statement.then, inner)):
                    return False
                if failed and _ends(statement.then):
                    return True  # what follows is reached with a task only
                if statement.otherwise is not None and not (failed or _goes_on(statement.otherwise, inner)):
                    return False
            case t.Match():
                if not all(_goes_on(arm, inner) for _, arm in statement.arms):
                    return False
            case t.For() | t.Repeat():
                if not _goes_on(statement.body, True):
                    return False
            case _:
                pass
    return True


def _ends(block: t.Block) -> bool:
    return bool(block.statements) and isinstance(block.statements[-1], t.Continue | t.Break | t.Return)


def same(one: t.Expr, other: t.Expr) -> bool:
    """True for two references to the same entity, as far as their text shows."""
    match one, other:
        case t.LayerRef(), t.LayerRef():
            return one.layer is other.layer
        case t.LocalRef(), t.LocalRef():
            return one.local is other.local
        case t.FieldRef(), t.FieldRef():
            return one.field is other.field and same(one.owner, other.owner)
        case _:
            return False


def _is_place_of(cpu: t.Local, index: t.Expr | t.Star) -> bool:
    """True for `cpu`, `cpu.llc` and so on."""
    while isinstance(index, t.FieldRef):
        index = index.owner
    return isinstance(index, t.LocalRef) and index.local is cpu


def _picked(policy: t.Policy) -> frozenset[t.Local]:
    """Names of CPUs and their places that were picked for the task of a handler."""
    found: frozenset[t.Local] = frozenset()
    for handler in policy.handlers.values():
        for node in walk(handler.body):
            if isinstance(node, t.IfLet | t.Let) and not node.local.mutable and _is_own(node.value, found):
                found |= {node.local}
    return found


def _is_own(index: t.Expr, picked: frozenset[t.Local]) -> bool:
    """True for a place where the task may certainly run: that of its CPU, or of one picked for it."""
    match index:
        case t.FieldRef() if index.owner.type.kind is Kind.TASK:
            return True
        case t.FieldRef():
            return _is_own(index.owner, picked)
        case t.LocalRef():
            return index.local in picked
        case t.Pick():
            return True
        case t.Convert():
            return _is_own(index.operand, picked)
        case t.OrElse():
            return _is_own(index.left, picked) and _is_own(index.right, picked)
        case _:
            return False


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
