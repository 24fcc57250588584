"""Patterns of command names and of control groups."""

from __future__ import annotations

import re

from schedc.types.kinds import Kind
from schedc.verifier.interpret.machine import Task


def matches(pattern: str, kind: Kind, task: Task) -> bool:
    """A name whole, or up to a `*` at the end; in a path `*` stands for anything inside of one part."""
    if kind is Kind.COMM:
        return task.comm.startswith(pattern[:-1]) if pattern.endswith("*") else task.comm == pattern
    parts = ("[^/]*".join(map(re.escape, part.split("*"))) for part in pattern.split("/"))
    return re.fullmatch("/".join(parts), task.cgroup) is not None
