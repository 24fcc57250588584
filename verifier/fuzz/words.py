"""Numbers as people say them."""

from __future__ import annotations

_UNITS = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"))


def duration(ns: int) -> str:
    """To three digits: `4.5 ms`, `31.2 s`."""
    for size, unit in _UNITS:
        if ns >= size:
            return f"{float(f'{ns / size:.3g}'):g} {unit}"
    return f"{ns} ns"


def plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def often(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
