"""What control groups ask of the kernel's default scheduler, and sched_ext drops without a word."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
_SHOWN = 5
_NO_QUOTA = {"cpu.max": "max", "cpu.cfs_quota_us": "-1"}
_PLAIN = {"cpu.weight": "100", "cpu.idle": "0", "cpu.shares": "1024"}


@dataclass(frozen=True)
class Dropped:
    """Lines such as `/build.slice: cpu.max 50000 100000`: of groups with a limit of CPU time, and of those with more
    or less than the plain weight."""

    quotas: tuple[str, ...]
    weights: tuple[str, ...]


def find(mounts: Path = MOUNTS) -> Dropped:
    """Over all hierarchies that can have the CPU controller, of both versions of control groups."""
    quotas: list[str] = []
    weights: list[str] = []
    for root in _roots(mounts.read_text()):
        for folder, _, files in os.walk(root):
            group = f"/{os.path.relpath(folder, root)}" if folder != root else "/"
            quotas += _asked(folder, group, _NO_QUOTA, files)
            weights += _asked(folder, group, _PLAIN, files)
    return Dropped(tuple(quotas), tuple(weights))


def some(lines: tuple[str, ...]) -> str:
    """The first of them, and how many there are beyond."""
    rest = len(lines) - _SHOWN
    return "\n".join(f"  {line}" for line in lines[:_SHOWN]) + (f"\n  and {rest} more" if rest > 0 else "")


def _roots(mounts: str) -> Iterator[str]:
    """Of the second version there is one, of the first one for each controller."""
    for line in mounts.splitlines():
        _, place, kind, options, *_ = line.split(" ")
        if kind == "cgroup2" or (kind == "cgroup" and "cpu" in options.split(",")):
            yield re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), place)


def _asked(folder: str, group: str, plain: dict[str, str], files: list[str]) -> Iterator[str]:
    """What is not as it is where nobody asked for anything."""
    for name in plain:
        if name not in files:
            continue
        try:
            value = Path(folder, name).read_text().strip()
        except OSError:  # the group has just been removed
            continue
        if value.split(" ")[0] != plain[name]:
            yield f"{group}: {name} {value}"
