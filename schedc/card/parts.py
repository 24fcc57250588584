"""The parts of the card that are tables of the compiler, or policies of the library."""

from __future__ import annotations

import re
from pathlib import Path

from schedc.laws.lines import LAWS
from schedc.library import policy_text
from schedc.types.events import EVENTS, Effect, Event
from schedc.types.fields import FIELDS
from schedc.types.kinds import DECLARABLE, PLACES, Kind

# From the simplest on: those of the library, and short ones for what these leave to the defaults.
LIBRARY = ("fifo", "fair", "desk")
_SHORT = Path(__file__).parent / "examples"
_EVERYWHERE = frozenset({Effect.KICK, Effect.PICK})
_FORMALS = {Kind.TASK: "task", Kind.CPU: "cpu", Kind.DURATION: "ran"}


def types() -> str:
    """The types that a policy can name, numbers first."""
    entities = {kind.value for kind in PLACES} | {"layer", "cgroup", "task"}
    numbers = sorted(name for name in DECLARABLE if name not in entities)
    return f"Numbers: {', '.join(numbers)}. Entities: {', '.join(sorted(entities))}"


def events() -> str:
    """A line for each event: how its handler begins, when it comes, what it may do that not every one may."""
    return "\n".join(_event(event) for event in EVENTS.values())


def _event(event: Event) -> str:
    names = [_FORMALS[formal.kind] for formal in event.formals]
    if event.name in ("select_cpu", "dispatch"):
        names[1] = "prev"
    result = f" -> {event.result}" if event.result is not None else ""
    more = ", ".join(sorted(effect.name.lower() for effect in event.effects - _EVERYWHERE))
    may = f" [{more}]" if more else "" if event.effects >= _EVERYWHERE else " [state only]"
    return f"- `{event.name}({', '.join(names)}){result}`: {event.text}{may}"


def fields() -> str:
    """A line for each entity: its fields with their types."""
    owners: dict[Kind, list[str]] = {}
    for (owner, name), field in FIELDS.items():
        kind = str(field.type)
        owners.setdefault(owner, []).append(name if kind == name else f"{name} {kind}")
    return "\n".join(f"- `{owner.value}.`: {', '.join(names)}" for owner, names in owners.items())


def laws() -> str:
    return "\n".join(f"{law.number}. {law.title}: {law.line}." for law in LAWS)


def examples() -> str:
    """Whole policies without their comments, which are for people who choose one."""
    short = (path.read_text(encoding="utf-8") for path in sorted(_SHORT.glob("*.sched")))
    texts = [*map(policy_text, LIBRARY), *short]
    return "\n".join(f"```sched\n{_bare(text)}```" for text in texts)


def _bare(text: str) -> str:
    lines = (re.sub(r'^((?:[^"#]|"[^"]*")*?)\s*#.*$', r"\1", line).rstrip() for line in text.splitlines())
    return "".join(f"{re.sub(r'(?<=[^ ]) {2,}', ' ', line)}\n" for line in lines if line)
