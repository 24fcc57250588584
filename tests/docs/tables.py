"""The tables of the pages, made from what the compiler itself uses and from figures that commands stored.

    python -m tests.docs.tables     # writes them
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from benchmarks import library, peers_summary
from schedc.types.arithmetic import RESULT
from schedc.types.events import EVENTS
from schedc.types.fields import FIELDS
from schedc.types.kinds import Kind

DOCS = Path(__file__).parents[2] / "docs"
PAGES = tuple(DOCS / name for name in ("language.md", "peers.md", "policies.md"))
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


def peers(name: str) -> str:
    """Of a file that `benchmarks.peers` wrote."""
    found = json.loads((DOCS / f"{name}.json").read_text(encoding="utf-8"))
    return "\n".join(peers_summary.lines(found)) + "\n"


def standard() -> str:
    return "\n".join(library.table()) + "\n"


TABLES = {"arithmetic": arithmetic, "fields": fields, "events": events, "standard": standard}


def table(name: str) -> str:
    """A table of this file, or all of a comparison."""
    return TABLES[name]() if name in TABLES else peers(name)


def filled(text: str) -> str:
    """The page with its tables as they should be."""
    return _PLACE.sub(lambda match: match[1] + table(match[2]) + match[3], text)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
