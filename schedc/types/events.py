"""The events a policy can handle: sched_ext's callbacks, what each gives, and what may be done there."""

from __future__ import annotations

from enum import Enum, auto

from schedc.record import record
from schedc.types.kinds import Kind, Type


class Effect(Enum):
    """What a handler may do beside computing and keeping state."""

    INSERT = auto()
    PULL = auto()
    KEEP = auto()
    KICK = auto()
    PICK = auto()


@record
class Event:
    """`formals` are types in the order of the handler's names; trailing ones may be left out. `text`: when it comes.

    `owns_task`: the first formal is a task that the handler decides about.
    """

    name: str
    formals: tuple[Type, ...]
    effects: frozenset[Effect]
    text: str = ""
    result: Type | None = None
    required: int = 1


_TASK = Type(Kind.TASK)
_CPU = Type(Kind.CPU)
_KICK = frozenset({Effect.KICK, Effect.PICK})

_ALL = (
    Event("select_cpu", (_TASK, _CPU), _KICK | {Effect.INSERT}, "where to place a task that wakes", _CPU),
    Event("enqueue", (_TASK,), _KICK | {Effect.INSERT}, "a task is ready to wait"),
    Event("dispatch", (_CPU, _TASK.maybe), _KICK | {Effect.PULL, Effect.KEEP}, "a CPU has nothing to run"),
    Event("runnable", (_TASK,), _KICK, "a task becomes ready to run"),
    Event("running", (_TASK,), _KICK, "a task begins to run"),
    Event("stopping", (_TASK, Type(Kind.DURATION)), _KICK, "a task stops running; `ran` is what it ran since it began"),
    Event("quiescent", (_TASK,), _KICK, "a task is no longer ready to run"),
    Event("enable", (_TASK,), frozenset(), "a task comes under this policy"),
    Event("tick", (_TASK,), _KICK, "the clock ticks while a task runs"),
    Event("cpu_online", (_CPU,), _KICK, "a CPU joins"),
    Event("cpu_offline", (_CPU,), _KICK, "a CPU leaves"),
)

EVENTS: dict[str, Event] = {event.name: event for event in _ALL}
TIMER = Event("every", (), _KICK, required=0)
FUNCTION = Event("fn", (), frozenset(), required=0)
