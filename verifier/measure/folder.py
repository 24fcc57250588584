"""The files that a workload's program finds: a small flat folder beside the workload."""

from __future__ import annotations

import re
from pathlib import Path

MAX_FILES = 64
MAX_BYTES = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


def folder(place: Path) -> tuple[tuple[str, bytes], ...]:
    """Names and contents, by name. `ValueError` where it has more than plain files, or too much; `OSError` where it
    cannot be read."""
    found: list[tuple[str, bytes]] = []
    for path in sorted(place.iterdir()):
        if path.is_symlink() or not path.is_file() or not _NAME.fullmatch(path.name):
            raise ValueError(f"{path.name} in it is no plain file with a plain name")
        if len(found) == MAX_FILES or sum(len(data) for _, data in found) + path.stat().st_size > MAX_BYTES:
            raise ValueError(f"it has more than {MAX_FILES} files, or than a megabyte")
        found.append((path.name, path.read_bytes()))
    if not found:
        raise ValueError("it is empty")
    return tuple(found)
