"""Which queues a CPU has tried when it has found nothing: on every path through `dispatch` that ends without a
pull that moved a task (law 2)."""

from __future__ import annotations

from collections.abc import Sequence

from schedc.typed import tree as t
from schedc.typed.walk import walk
from schedc.types.kinds import Kind

# A queue, or one layer of it: named, or by the variable of a loop that is not over yet.
_Key = tuple[t.Queue, t.Layer | t.Local | None]
_Keys = frozenset[_Key]
_NOTHING: _Keys = frozenset()


def tried(policy: t.Policy, by_some_cpu: bool) -> frozenset[t.Queue]:
    """The queues tried on every such path; with `by_some_cpu`, those that at least one CPU always tries: a test
    which CPU this is then counts as taken both ways, each by some CPU."""
    body = policy.handlers["dispatch"].body
    path = _Path(policy.layers, by_some_cpu)
    end = path.block(body, _NOTHING)
    keys = path.result(end, body)
    return frozenset(queue for queue in policy.queues if all(key in keys for key in _keys(queue, policy.layers)))


def _keys(queue: t.Queue, layers: tuple[t.Layer, ...]) -> list[_Key]:
    if Kind.LAYER in queue.dimensions:
        return [(queue, layer) for layer in layers]
    return [(queue, None)]


class _Path:
    """`block` gives what is tried where a block ends, None if no path that found nothing gets there."""

    def __init__(self, layers: tuple[t.Layer, ...], by_some_cpu: bool) -> None:
        self.layers = layers
        self.by_some_cpu = by_some_cpu
        self.ends: list[_Keys] = []
        self.breaks: list[list[_Keys]] = []
        self.continues: list[list[_Keys]] = []
        self.certain: _Keys = _NOTHING

    def result(self, end: _Keys | None, body: t.Block) -> _Keys:
        ends = self.ends if end is None else [*self.ends, end]
        if ends:
            return frozenset.intersection(*ends) | self.certain
        # No path finds nothing: what any pull names counts.
        return frozenset(
            key for node in walk(body) if isinstance(node, t.PullSource) for key in self._named(node.queue)
        )

    def block(self, block: t.Block, so_far: _Keys) -> _Keys | None:
        for statement in block.statements:
            after = self._statement(statement, so_far)
            if after is None:
                return None
            so_far = after
        return so_far

    def _statement(self, statement: t.Stmt, so_far: _Keys) -> _Keys | None:
        match statement:
            case t.Evaluate() | t.Let():
                return so_far | self._when(False, statement.value)
            case t.Return():
                self.ends.append(so_far)
                return None
            case t.Break():
                self.breaks[-1].append(so_far)
                return None
            case t.Continue():
                self.continues[-1].append(so_far)
                return None
            case t.If():
                return self._if(statement, so_far)
            case t.Match():
                return _join([self.block(arm, so_far) for _, arm in statement.arms])
            case t.For() | t.Repeat():
                return self._loop(statement, so_far)
            case _:
                return so_far

    def _if(self, statement: t.If, so_far: _Keys) -> _Keys | None:
        condition = statement.condition
        if isinstance(condition, t.IfLet):
            then, otherwise = self.block(statement.then, so_far), so_far
        elif self.by_some_cpu and _is_identity(condition):
            return self._by_identity(statement, so_far)
        else:
            then = None
            if not moved(True, condition):
                then = self.block(statement.then, so_far | self._when(True, condition))
            if moved(False, condition):
                return then
            otherwise = so_far | self._when(False, condition)
        if statement.otherwise is None:
            return _join([then, otherwise])
        return _join([then, self.block(statement.otherwise, otherwise)])

    def _by_identity(self, statement: t.If, so_far: _Keys) -> _Keys | None:
        """Each branch is some CPU's, so that what one of them always tries is tried by a CPU."""
        results: list[_Keys | None] = [so_far] if statement.otherwise is None else []
        for branch in (statement.then, statement.otherwise):
            if branch is not None:
                inner = _Path(self.layers, True)
                end = inner.block(branch, so_far)
                self.certain |= inner.result(end, branch)
                results.append(end)
        return _join(results)

    def _loop(self, statement: t.For | t.Repeat, so_far: _Keys) -> _Keys | None:
        """A loop over all places or layers goes round at least once, and tries for each what its body tries."""
        self.breaks.append([])
        self.continues.append([])
        end = self.block(statement.body, so_far)
        breaks, continues = self.breaks.pop(), self.continues.pop()
        after = _join([end, *continues, *breaks])
        if not isinstance(statement, t.For) or statement.where or statement.excepted or after is None:
            return so_far
        if breaks or statement.what not in (Kind.LAYER, Kind.CGROUP):
            return after
        queues = {queue for queue, index in after if index is statement.local}
        return after | {key for queue in queues for key in _keys(queue, self.layers)}

    def _when(self, value: bool, expr: t.Expr) -> _Keys:
        """What an expression has tried, without success, where it comes out as `value`."""
        match expr:
            case t.PullChain() if not value:
                return frozenset(key for source in expr.sources for key in self._named(source.queue))
            case t.PullInto():
                return frozenset(self._named(expr.source))
            case t.Not():
                return self._when(not value, expr.operand)
            case t.Logic():
                # Both sides were evaluated for the one result; for the other one the left may have decided.
                decides = expr.operator == "or"
                if value is not decides:
                    return self._when(value, expr.left) | self._when(value, expr.right)
                if moved(not decides, expr.left):
                    return self._when(decides, expr.left)
                second = self._when(not decides, expr.left) | self._when(decides, expr.right)
                return self._when(decides, expr.left) & second
            case _:
                return _NOTHING

    def _named(self, ref: t.QueueRef) -> list[_Key]:
        if Kind.CGROUP in ref.queue.dimensions:
            return self._of_groups(ref)
        if Kind.LAYER not in ref.queue.dimensions:
            return [(ref.queue, None)]
        index = ref.indices[ref.queue.dimensions.index(Kind.LAYER)]
        match index:
            case t.Star():
                return _keys(ref.queue, self.layers)
            case t.LayerRef():
                return [(ref.queue, index.layer)]
            case t.LocalRef():
                return [(ref.queue, index.local)]
            case _:
                return []


    def _of_groups(self, ref: t.QueueRef) -> list[_Key]:
        """A control group has no name: all of them count, or the variable of a loop over them."""
        index = ref.indices[ref.queue.dimensions.index(Kind.CGROUP)]
        others = [other for other in ref.indices if other is not index]
        if Kind.LAYER in ref.queue.dimensions and not isinstance(others[0], t.Star):
            return []
        if isinstance(index, t.Star):
            return _keys(ref.queue, self.layers)
        return [(ref.queue, index.local)] if isinstance(index, t.LocalRef) else []


def _join(states: Sequence[_Keys | None]) -> _Keys | None:
    known = [state for state in states if state is not None]
    return frozenset.intersection(*known) if known else None


def _is_identity(expr: t.Expr) -> bool:
    """A test which CPU this is: `cpu == boot_cpu`."""
    if not (isinstance(expr, t.Compare) and expr.operator in ("==", "!=")):
        return False
    names = [side.name for side in (expr.left, expr.right) if isinstance(side, t.BuiltinValue)]
    return names == ["boot_cpu"] and t.LocalRef in (type(expr.left), type(expr.right))


def moved(value: bool, expr: t.Expr) -> bool:
    """True if an expression can only come out as `value` where a pull moved a task to this CPU."""
    match expr:
        case t.PullChain():
            return value
        case t.Not():
            return moved(not value, expr.operand)
        case t.Logic():
            left, right = moved(value, expr.left), moved(value, expr.right)
            return (left and right) if value is (expr.operator == "or") else (left or right)
        case _:
            return False
