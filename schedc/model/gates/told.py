"""Diagnostics for a model: all of them, in the JSON of `schedc check --format json` without what only editors need."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from schedc.diagnostics import Diagnostic, Severity
from schedc.diagnostics.render_json import report
from schedc.source import Source

# Beyond this the rest is counted: no prompt has to hold a thousand findings of one cause.
MOST_CHARACTERS = 24_000
_WORDS = 200


def diagnostics_json(source: Source, found: Iterable[Diagnostic]) -> str:
    """One finding a line, errors first; what is left out is said."""
    ordered = sorted(found, key=lambda each: each.severity is not Severity.ERROR)
    lines: list[str] = []
    room = MOST_CHARACTERS
    for each in report(source, ordered)["diagnostics"]:
        line = json.dumps(_short(each))
        room -= len(line)
        if room < 0:
            lines.append(json.dumps({"left_out": len(ordered) - len(lines), "why": "mend these first"}))
            break
        lines.append(line)
    return "\n".join(lines)


def _short(full: dict[str, Any]) -> dict[str, Any]:
    """Places as lines and columns with the words there; fixes as words."""
    short = {key: full[key] for key in ("code", "severity", "title")}
    short["at"] = _place(full["primary"])
    if full["secondary"]:
        short["also"] = [_place(label) for label in full["secondary"]]
    short |= {key: full[key] for key in ("why", "notes") if full[key]}
    if full["fixes"]:
        short["fixes"] = [fix["text"] for fix in full["fixes"]]
    return short


def _place(label: dict[str, Any]) -> dict[str, Any]:
    span = label["span"]
    place = {"line": span["line"], "column": span["column"], "text": span["text"][:_WORDS]}
    return place | ({"label": label["label"]} if label["label"] else {})


def counted(found: Sequence[Diagnostic]) -> str:
    """How many of each severity, in words."""
    errors = sum(each.severity is Severity.ERROR for each in found)
    parts = [f"{number} {word}{'' if number == 1 else 's'}" for number, word in
             ((errors, "error"), (len(found) - errors, "warning")) if number]  # fmt: skip
    return ", ".join(parts) or "nothing to say"
