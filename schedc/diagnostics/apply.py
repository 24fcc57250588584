"""Applying the safe fixes of a report to the text it is about."""

from __future__ import annotations

from collections.abc import Iterable

from schedc.diagnostics.model import Applicability, Diagnostic, Edit, Fix


def apply_safe(text: str, diagnostics: Iterable[Diagnostic]) -> tuple[str, int]:
    """The text with the first safe fix of each diagnostic, and how many were applied.

    A fix is applied whole or not at all; one that touches what another has changed waits for the next round.
    """
    chosen: list[Edit] = []
    applied = 0
    for fix in safe_fixes(diagnostics):
        if not any(_touch(edit, other) for edit in fix.edits for other in chosen):
            chosen.extend(fix.edits)
            applied += 1
    return apply_edits(text, chosen), applied


def safe_fixes(diagnostics: Iterable[Diagnostic]) -> Iterable[Fix]:
    for diagnostic in diagnostics:
        fix = next((f for f in diagnostic.fixes if f.edits and f.applicability is Applicability.SAFE), None)
        if fix is not None:
            yield fix


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits that do not overlap; those at one place are put in in their order."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span.start):
        start = max(at, min(edit.span.start, len(text)))
        parts += [text[at:start], edit.text]
        at = max(at, min(edit.span.end, len(text)))
    return "".join([*parts, text[at:]])


def _touch(one: Edit, other: Edit) -> bool:
    """Overlapping, or insertions at the same place, whose order would be a guess."""
    if one.span.start == other.span.start:
        return True
    return one.span.start < other.span.end and other.span.start < one.span.end
