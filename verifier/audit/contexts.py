"""In which callbacks each function of the object can run."""

from __future__ import annotations

from collections.abc import Mapping

from .allow import STRUCT_OPS, STRUCT_OPS_SLEEPABLE, TIMER, WATCH, WATCH_SECTIONS
from .calls import Call, Reference
from .helpers import LOOP, TIMER_SET_CALLBACK
from .object import Function, Object

UNATTACHED = "unattached"


def entry_contexts(obj: Object) -> dict[str, set[str]]:
    """Where the kernel enters: callbacks by the ops table, watch programs by their section."""
    contexts: dict[str, set[str]] = {}
    for table in obj.ops:
        for member, function in table.callbacks.items():
            contexts.setdefault(function, set()).add(member)
    for program in obj.programs:
        if program.section in WATCH_SECTIONS:
            contexts.setdefault(program.name, set()).add(WATCH)
        elif program.section.startswith((STRUCT_OPS, STRUCT_OPS_SLEEPABLE)):
            contexts.setdefault(program.name, {UNATTACHED})
    return contexts


def all_contexts(
    obj: Object,
    calls: Mapping[str, tuple[Call, ...]],
    references: Mapping[str, tuple[Reference, ...]],
) -> Mapping[str, frozenset[str]]:
    """Contexts of every function: its own, and those of whoever calls it or has it called."""
    contexts = entry_contexts(obj)
    todo = list(contexts)
    while todo:
        name = todo.pop()
        mine = contexts[name]
        for callee, passed in _reached(calls.get(name, ()), references.get(name, ()), mine):
            known = contexts.setdefault(callee.name, set())
            if not passed <= known:
                known |= passed
                todo.append(callee.name)
    return {name: frozenset(found) for name, found in contexts.items()}


def _reached(
    calls: tuple[Call, ...], references: tuple[Reference, ...], mine: set[str]
) -> list[tuple[Function, set[str]]]:
    reached = [(call.function, set(mine)) for call in calls if call.function is not None]
    for reference in references:
        if reference.function is None:
            continue
        if reference.user == LOOP:
            reached.append((reference.function, set(mine)))
        elif reference.user == TIMER_SET_CALLBACK:
            reached.append((reference.function, {TIMER}))
    return reached
