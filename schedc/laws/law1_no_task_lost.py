"""Law 1: no task is lost. `enqueue` puts its task into exactly one queue on every path, `select_cpu` into at
most one, and what it puts into a local queue goes to the CPU that it returns."""

from __future__ import annotations

from schedc.diagnostics import Applicability, Diagnostics, Edit, Fix
from schedc.diagnostics import s3_ownership as messages
from schedc.laws.verdict import Level, Verdict
from schedc.record import changed, record
from schedc.source import Span
from schedc.typed import tree as t


@record
class _State:
    """One way to reach a point: the insert made on it, or, if none, the branch that is to blame."""

    insert: t.Insert | None = None
    blame: tuple[Span, str] | None = None
    fix: Edit | None = None


_States = frozenset[_State]


def check(policy: t.Policy, diagnostics: Diagnostics) -> Verdict:
    for name in ("select_cpu", "enqueue"):
        _Walk(policy, policy.handlers[name], diagnostics).run()
    return Verdict(1, "no task is lost", Level.PROVED, "every path of enqueue puts its task into exactly one queue")


class _Walk:
    def __init__(self, policy: t.Policy, handler: t.Handler, diagnostics: Diagnostics) -> None:
        self.policy = policy
        self.handler = handler
        self.diagnostics = diagnostics
        self.exact = handler.event.name == "enqueue"
        self.leaving: list[_States] = []
        self.again: list[_States] = []

    @property
    def task(self) -> str:
        return self.handler.formals[0].name

    def run(self) -> None:
        end = self._block(self.handler.body, frozenset({_State()}))
        self._exit(end, self.handler.body.close, None)

    def _exit(self, states: _States, where: Span, returned: t.Expr | None) -> None:
        for state in states:
            if state.insert is None and self.exact:
                self._lost(state, where)
            elif state.insert is not None and state.insert.local is not None and not self.exact:
                self._check_returned(state.insert, where, returned)

    def _lost(self, state: _State, where: Span) -> None:
        place, text = state.blame or (where, f"`{self.task}` has reached no queue here")
        statement = self._insert_text()
        edit = state.fix and changed(state.fix, text=state.fix.text.replace("INSERT", statement))
        words = "add an else branch" if state.fix else "insert the task before this"
        edits = (edit,) if edit else ()
        fix = Fix(f"{words}:  {statement}", edits, Applicability.UNSAFE if edits else Applicability.DISPLAY)
        self.diagnostics.add(messages.task_lost(self.handler.formals[0].span, self.task, place, text, fix))

    def _insert_text(self) -> str:
        """An insert that this policy could mean."""
        queue = self.policy.queues[0] if self.policy.queues else None
        if queue is None:
            return f"insert {self.task} into ready for 20ms"
        index = ", ".join(f"{self.task}.{kind.value}" for kind in queue.dimensions)
        target = f"{queue.name}[{index}]" if index else queue.name
        at = f" at {self.task}.vtime" if queue.order is not None else ""
        slice_ = next((p.name for p in self.policy.params if p.name == "slice"), "20ms")
        return f"insert {self.task} into {target}{at} for {slice_}"

    def _check_returned(self, insert: t.Insert, where: Span, returned: t.Expr | None) -> None:
        target = insert.local
        same = isinstance(target, t.LocalRef) and isinstance(returned, t.LocalRef) and target.local is returned.local
        if not same and target is not None and returned is not None:
            text = self.policy.source.text
            self.diagnostics.add(
                messages.local_not_returned(
                    insert.span, text[target.span.start : target.span.end], where,
                    text[returned.span.start : returned.span.end],
                )
            )  # fmt: skip

    # ---- paths

    def _block(self, block: t.Block, states: _States) -> _States:
        for statement in block.statements:
            states = self._statement(statement, states)
        return states

    def _statement(self, statement: t.Stmt, states: _States) -> _States:
        match statement:
            case t.Insert():
                for state in states:
                    if state.insert is not None:
                        self.diagnostics.add(messages.task_doubled(self.task, state.insert.span, statement.span))
                return frozenset({_State(statement)})
            case t.Return():
                self._exit(states, statement.span, statement.value)
                return frozenset()
            case t.If():
                return self._if(statement, states)
            case t.Match():
                return self._match(statement, states)
            case t.For() | t.Repeat():
                return self._loop(statement, states)
            case t.Break():
                self.leaving[-1] |= states
                return frozenset()
            case t.Continue():
                self.again[-1] |= states
                return frozenset()
            case _:
                return states

    def _if(self, statement: t.If, states: _States) -> _States:
        condition = statement.condition.span
        then = self._block(statement.then, states)
        if statement.otherwise is None:
            end = statement.span.end
            fix = Edit(Span(end, end), " else { INSERT }")
            return then | self._blamed(
                states, then, condition, f"when this is false, `{self.task}` reaches no queue", fix
            )
        otherwise = self._block(statement.otherwise, states)
        result = self._blamed(then, otherwise, condition, f"when this is true, `{self.task}` reaches no queue")
        return result | self._blamed(otherwise, then, condition, f"when this is false, `{self.task}` reaches no queue")

    def _blamed(self, states: _States, other: _States, place: Span, text: str, fix: Edit | None = None) -> _States:
        """Blame a branch that loses the task where the other branch keeps it."""
        if any(state.insert is None for state in other):
            return states
        return frozenset(_State(None, (place, text), fix) if state.insert is None else state for state in states)

    def _match(self, statement: t.Match, states: _States) -> _States:
        result: _States = frozenset()
        for pattern, arm in statement.arms:
            end = self._block(arm, states)
            place = pattern.span if pattern is not None else arm.span
            result |= self._blamed(end, frozenset(), place, f"in this case `{self.task}` reaches no queue")
        return result

    def _loop(self, statement: t.For | t.Repeat, states: _States) -> _States:
        self.leaving.append(frozenset())
        self.again.append(frozenset())
        end = self._block(statement.body, states)
        left = self.leaving.pop()
        end |= self.again.pop()
        for state in end - states:
            if state.insert is not None:
                self.diagnostics.add(messages.insert_in_loop(state.insert.span, statement.span))
        return states | end | left
