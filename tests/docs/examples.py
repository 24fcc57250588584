"""The policies in the fenced blocks of a page of docs/."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(
    r"^```sched( item| code)?(?: (refused|warned) (S\d{3}))?\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
_ANY = re.compile(r"^```sched", re.MULTILINE)

_HEAD = """language 1
policy example "What the examples of this page are put into."
param slice: duration = 5ms in 1ms..20ms
live param boost: duration = 2ms in 0ms..20ms
queue ready: fifo
task { burst: duration  home: cpu?  wakes: average of duration over 8 samples }
cpu { seen: count }
llc { load: count }
global waiting: count
counter hits "something to count"
"""
_ENQUEUE = "on enqueue(task) {\n%s\ninsert task into ready for slice\n}\n"
_DISPATCH = "on dispatch(cpu, prev) {\npull %s\n}\n"


@dataclass(frozen=True)
class Example:
    """A whole policy; `verdict` is `accepted`, `refused` or `warned`, then `code` is what has to be reported."""

    line: int
    text: str
    verdict: str
    code: str


def examples(page: Path) -> list[Example]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        kind, verdict, code, body = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        found.append(Example(line, _whole(kind, body), verdict or "accepted", code or ""))
    if len(found) != len(_ANY.findall(text)):
        raise ValueError("a block's mark cannot be read")
    return found


def _whole(kind: str | None, body: str) -> str:
    """A fragment inside the page's own policy, with the handlers that it does not bring."""
    if kind is None:
        return body
    if kind == " code":
        ordered = "queue ordered: vtime from -20ms to 500ms\n" if "ordered" in body else ""
        body = _ENQUEUE % body
        if ordered:
            body = ordered + body.replace("insert task into ready for slice", _BOTH)
            return _HEAD + body + _DISPATCH % "ready or ordered aging 50ms"
    head = _HEAD
    enqueue = "" if "on enqueue" in body else _ENQUEUE % ""
    dispatch = "" if "on dispatch" in body else _DISPATCH % "ready"
    return head + body + enqueue + dispatch


_BOTH = (
    "if task.weight > 100 { insert task into ordered at task.vtime for slice } "
    "else { insert task into ready for slice }"
)
