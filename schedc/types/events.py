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
    """`formals` are types in the order of the handler's names; trailing ones may be left out.

    `owns_task`: the first formal is a task that the handler decides about.
    """

    name: str
    formals: tuple[Type, ...]
    effects: frozenset[Effect]
    result: Type | None = None
    required: int = 1


_TASK = Type(Kind.TASK)
_CPU = Type(Kind.CPU)
_KICK = frozenset({Effect.KICK, Effect.PICK})

_ALL = (
    Event("select_cpu", (_TASK, _CPU), _KICK | {Effect.INSERT}, _CPU),
    Event("enqueue", (_TASK,), _KICK | {Effect.INSERT}),
    Event("dispatch", (_CPU, _TASK.maybe), _KICK | {Effect.PULL, Effect.KEEP}),
    Event("runnable", (_TASK,), _KICK),
    Event("running", (_TASK,), _KICK),
    Event("stopping", (_TASK, Type(Kind.DURATION)), _KICK),
    Event("quiescent", (_TASK,), _KICK),
    Event("enable", (_TASK,), frozenset()),
    Event("tick", (_TASK,), _KICK),
    Event("cpu_online", (_CPU,), _KICK),
    Event("cpu_offline", (_CPU,), _KICK),
)

EVENTS: dict[str, Event] = {event.name: event for event in _ALL}
TIMER = Event("every", (), _KICK, required=0)
FUNCTION = Event("fn", (), frozenset(), required=0)
