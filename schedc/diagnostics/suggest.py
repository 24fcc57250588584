"""The known name nearest to an unknown one."""

from __future__ import annotations

from collections.abc import Iterable

from schedc.diagnostics.model import Applicability, Edit, Fix
from schedc.source import Span


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` is probably a slip of, or None."""
    from difflib import get_close_matches

    candidates = list(known)
    for candidate in candidates:
        if candidate.lower() == name.lower():
            return candidate
    found = get_close_matches(name, candidates, n=1, cutoff=0.7)
    return found[0] if found else None


def did_you_mean(span: Span, name: str, known: Iterable[str]) -> tuple[Fix, ...]:
    """A fix that writes the nearest known name, if one is near; what was meant is a guess."""
    candidate = nearest(name, known)
    if candidate is None:
        return ()
    return (Fix(f"did you mean `{candidate}`?", (Edit(span, candidate),), Applicability.UNSAFE),)


def listed(names: Iterable[str]) -> str:
    """`a`, `b` and `c`, as words."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) <= 1:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"
