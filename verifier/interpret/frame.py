"""One run of a handler: its names, what it read when it began, and whom it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from schedc.typed import tree as t
from schedc.types.kinds import Kind
from schedc.verifier.interpret.machine import Task

if TYPE_CHECKING:
    from schedc.verifier.interpret.kernel import Kernel
    from schedc.verifier.interpret.policy import PolicyRun


class Frame:
    """`event` is the handler's; the live params, the globals and the time are read once, when it begins."""

    def __init__(self, run: PolicyRun, event: str, task: Task | None = None, flags: int = 0) -> None:
        self.run, self.event, self.task, self.flags = run, event, task, flags
        self.names: dict[t.Local, Any] = {}
        self.prev: Task | None = None
        self.own_cpu: int | None = None
        self.own_names: tuple[t.Local, ...] = ()
        self.dry = False
        self.now = run.kernel.now
        self.globals = {each: run.memory[each, 0] for each in run.policy.globals}
        self.params = {each: run.kernel.param(each) for each in run.policy.params}

    @property
    def kernel(self) -> Kernel:
        return self.run.kernel

    def calling(self, arguments: dict[t.Local, Any]) -> Frame:
        """The same run inside of a function, which sees its arguments only."""
        inner = Frame.__new__(Frame)
        inner.__dict__.update(self.__dict__)
        inner.names, inner.event, inner.own_names = arguments, "fn", ()
        return inner

    def is_shared(self, target: t.StateRef | t.GlobalRef) -> bool:
        """True for what other CPUs may change meanwhile: all but tasks' and this CPU's own."""
        if isinstance(target, t.GlobalRef):
            return True
        owner = target.owner
        if owner.type.kind is Kind.TASK:
            return False
        if owner.type.kind is not Kind.CPU:
            return True
        if isinstance(owner, t.LocalRef):
            return owner.local not in self.own_names
        runs_there = self.event in ("running", "stopping", "tick")
        return not (runs_there and isinstance(owner, t.FieldRef) and owner.field.name == "cpu")


Meaning = Callable[[Frame, Any], Any]
_Function = TypeVar("_Function", bound=Meaning)
_MEANINGS: dict[type[Any], Meaning] = {}


def meaning(*nodes: type[Any]) -> Callable[[_Function], _Function]:
    """Says that the function is what these nodes of the tree mean."""

    def register(function: _Function) -> _Function:
        _MEANINGS.update(dict.fromkeys(nodes, function))
        return function

    return register


def evaluate(frame: Frame, node: Any) -> Any:
    """The value of an expression: a number in its kind's representation, a bool, a task, an entity's number or None."""
    return _MEANINGS[type(node)](frame, node)
