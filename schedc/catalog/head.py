"""What a policy's own comments say: its idea, whose it is, what it is for and bad at, what each param does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from schedc.library import title
from schedc.record import record

_BESIDE = re.compile(r"(language|policy)\s")
_PARAM = re.compile(r"^(?:live\s+)?param\s+(\w+)\s*:[^#]*(?:#\s*(.*))?$")
_MARKS = {"After:": "after", "For:": "workloads", "Bad at:": "bad_at"}


@record
class Head:
    """Each a text of one line; empty where the file does not say it."""

    title: str
    idea: str
    after: str
    """Whose algorithm it is."""
    workloads: str
    """What it is for."""
    bad_at: str
    params: Mapping[str, str]
    """What the larger and the smaller value of each param do."""


def head(text: str) -> Head:
    """Of any text: what is not there is empty."""
    parts: dict[str, list[str]] = {"idea": [], **{part: [] for part in _MARKS.values()}}
    part = "idea"
    for line in _comment(text):
        mark = next((mark for mark in _MARKS if line.startswith(mark)), None)
        if mark is not None:
            part = _MARKS[mark]
            line = line.removeprefix(mark)
        parts[part].append(line)
    said = {name: " ".join(" ".join(lines).split()) for name, lines in parts.items()}
    return Head(title(text), said["idea"], said["after"], said["workloads"], said["bad_at"], _params(text))


def _comment(text: str) -> list[str]:
    """The lines of the first comment: before or after the policy's name, and before all that it declares."""
    comment: list[str] = []
    for line in text.splitlines():
        if line.startswith("#"):
            comment.append(line.removeprefix("#").strip())
        elif comment or (line.strip() and not _BESIDE.match(line)):
            break
    return comment


def _params(text: str) -> dict[str, str]:
    """The comment on a param's line, and on the lines of comment below it."""
    found: dict[str, str] = {}
    name = None
    for line in text.splitlines():
        param = _PARAM.match(line)
        if param:
            name = param[1]
            found[name] = (param[2] or "").strip()
        elif name and line.startswith(" ") and line.strip().startswith("#"):
            found[name] = f"{found[name]} {line.strip().removeprefix('#').strip()}".strip()
        else:
            name = None
    return found
