"""The handlers that a policy did not write, in the language itself.

The kernel's own defaults are never used: its select_cpu, for one, puts tasks into local queues with a slice
of its own and skips enqueue.
"""

from __future__ import annotations

from typing import Any

from schedc.diagnostics import Diagnostics
from schedc.source import Source, Span
from schedc.syntax import ast
from schedc.syntax.node import changed, fields
from schedc.syntax.parser import parse
from schedc.typed import tree as t
from schedc.types.kinds import Kind

# The kernel's default slice, for policies without a param named `slice`.
DEFAULT_SLICE = "20ms"

_SELECT_CPU = """on select_cpu(task, prev) {{
    return idle_cpu(task, near prev) or prev
}}"""
_ENQUEUE = """on enqueue(task) {{
    insert task into {queue}{at} for {slice}
}}"""
_DISPATCH = """on dispatch(cpu, prev) {{
    pull {queue} or keep prev for {slice}
}}"""
_STOPPING = """on stopping(task, ran) {{
    task.vtime += ran scaled by task.weight
}}"""


def default_handlers(queues: list[t.Queue], params: list[t.Param], written: set[str], place: Span) -> list[ast.Handler]:
    """The missing handlers as syntax, all of it placed at `place`."""
    words = {"slice": _slice(params)}
    templates = {"select_cpu": _SELECT_CPU}
    if len(queues) == 1 and not queues[0].dimensions:
        words["queue"] = queues[0].name
        words["at"] = " at task.vtime" if queues[0].order is Kind.VTIME else ""
        if queues[0].order is not Kind.TIME:
            templates |= {"enqueue": _ENQUEUE, "dispatch": _DISPATCH}
    if any(queue.order is Kind.VTIME for queue in queues):
        templates["stopping"] = _STOPPING
    texts = [text.format(**words) for event, text in templates.items() if event not in written]
    return [_placed(handler, place) for handler in _parse("\n".join(texts))]


def _slice(params: list[t.Param]) -> str:
    named = any(param.name == "slice" and param.type.kind is Kind.DURATION for param in params)
    return "slice" if named else DEFAULT_SLICE


def _parse(text: str) -> list[ast.Handler]:
    parsed = parse(Source("defaults", f'language 1\npolicy defaults ""\n{text}'), Diagnostics())
    assert parsed is not None
    return [item for item in parsed.policy.items if isinstance(item, ast.Handler)]


def _placed(node: Any, place: Span) -> Any:
    """A copy of a tree in which every span is `place`."""
    changes: dict[str, Any] = {}
    for name in fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, Span):
            changes[name] = place
        elif isinstance(value, tuple):
            changes[name] = tuple(_placed(each, place) if isinstance(each, ast.Node) else each for each in value)
        elif isinstance(value, ast.Node):
            changes[name] = _placed(value, place)
    return changed(node, **changes)
