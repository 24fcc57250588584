"""The tables of docs/language.md, made from what the compiler itself uses. Run as a program, it writes them."""

from __future__ import annotations

import re
from pathlib import Path

from schedc.types.arithmetic import RESULT
from schedc.types.events import EVENTS
from schedc.types.fields import FIELDS
from schedc.types.kinds import Kind

PAGE = Path(__file__).parents[2] / "docs" / "language.md"
_PLACE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def arithmetic() -> str:
    """A row for each operator and result: the pairs that give it."""
    rows: dict[tuple[str, Kind], list[str]] = {}
    for (operator, left, right), kind in RESULT.items():
        rows.setdefault((operator, kind), []).append(f"{left.value} {operator} {right.value}")
    lines = ["| result | from |", "|---|---|"]
    lines += [f"| {kind.value} | {', '.join(pairs)} |" for (_, kind), pairs in rows.items()]
    return "\n".join(lines) + "\n"


def fields() -> str:
    lines = ["| field | type | |", "|---|---|---|"]
    for (owner, name), field in FIELDS.items():
        writable = "; may be assigned" if field.writable else ""
        lines.append(f"| `{owner.value}.{name}` | {field.type} | {field.text}{writable} |")
    return "\n".join(lines) + "\n"


def events() -> str:
    names = {Kind.TASK: "task", Kind.CPU: "cpu", Kind.DURATION: "ran"}
    lines = ["| event | when | gives | may |", "|---|---|---|---|"]
    for event in EVENTS.values():
        given = [names[each.kind] for each in event.formals]
        if event.name in ("select_cpu", "dispatch"):
            given[1] = "prev"
        effects = sorted(effect.name.lower() for effect in event.effects)
        result = f" -> {event.result}" if event.result is not None else ""
        head = f"`{event.name}({', '.join(given)}){result}`"
        kinds = ", ".join(str(each) for each in event.formals)
        lines.append(f"| {head} | {event.text} | {kinds} | {', '.join(effects) or 'keep state'} |")
    return "\n".join(lines) + "\n"


TABLES = {"arithmetic": arithmetic, "fields": fields, "events": events}


def filled(text: str) -> str:
    """The page with its tables as they should be."""
    return _PLACE.sub(lambda match: match[1] + TABLES[match[2]]() + match[3], text)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
