"""The library of policies, and the pages about the language, that come with schedc."""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).parent / "stdlib_policies"
_TITLE = re.compile(r'^policy\s+\w+\s+"([^"]*)"', re.MULTILINE)


def policies() -> dict[str, Path]:
    """Every policy of the library by its name."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.sched"))}


def policy_text(name: str) -> str:
    """KeyError where the library has no such policy."""
    return policies()[name].read_text(encoding="utf-8")


def figures_file() -> Path:
    """Where `python -m benchmarks.library` stores what it measured; there need not be one."""
    return _FOLDER / "figures.json"


def reference() -> dict[str, Path]:
    """The pages of docs/ by their names."""
    return {path.stem: path for path in sorted((Path(__file__).parent / "docs").glob("*.md"))}


def title(text: str) -> str:
    """What a policy says of itself in its second line."""
    match = _TITLE.search(text)
    return match[1] if match else ""
