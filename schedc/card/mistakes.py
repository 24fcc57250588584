"""The commonest mistakes, each as what is written and what to write: from the pages of the diagnostics."""

from __future__ import annotations

from difflib import ndiff

from schedc.diagnostics.explain import page

# Those that first drafts are full of, then those that the laws are most often broken by.
CODES = ("S022", "S203", "S205", "S301", "S303", "S308", "S401", "S513", "S519")


def lines() -> str:
    return "\n".join(line(code) for code in CODES)


def line(code: str) -> str:
    """One mistake with its fix: the lines in which the page's two policies differ."""
    found = page(code)
    if found is None or not found.fails or not found.fixed:
        raise ValueError(f"{code} has no page with a policy that fails and one that is fixed")
    changes = list(ndiff(found.fails[0].splitlines(), found.fixed[0].splitlines()))
    wrong, right = (_joined(changes, sign) for sign in "-+")
    if not wrong:
        return f"- {code} {found.title}: add `{right}`"
    return f"- {code} {found.title}: `{wrong}` -> `{right}`"


def _joined(changes: list[str], sign: str) -> str:
    return " ".join(change[2:].strip() for change in changes if change.startswith(f"{sign} "))
