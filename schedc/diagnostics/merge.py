"""The same habit at many places is one report: it is learned once, and fixed everywhere at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schedc.diagnostics.model import Diagnostic, Edit, Fix, Label
from schedc.record import changed

_SHOWN = 4


def merge(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Reports that differ in their place only become one, at the first place."""
    groups: dict[tuple[object, ...], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        groups.setdefault(_sameness(diagnostic), []).append(diagnostic)
    for group in groups.values():
        yield _joined(group) if len(group) > 1 else group[0]


def _sameness(diagnostic: Diagnostic) -> tuple[object, ...]:
    fixes = tuple(fix.text for fix in diagnostic.fixes)
    if not fixes or diagnostic.secondary:
        return (id(diagnostic),)
    levels = tuple(fix.applicability for fix in diagnostic.fixes)
    return diagnostic.code, diagnostic.title, diagnostic.primary.text, fixes, levels


def _joined(group: list[Diagnostic]) -> Diagnostic:
    first, rest = group[0], group[1:]
    places = tuple(Label(each.primary.span, "here too") for each in rest[:_SHOWN])
    hidden = len(rest) - len(places)
    notes = (*first.notes, f"and at {hidden} more places") if hidden > 0 else first.notes
    fixes = tuple(_joined_fix([each.fixes[i] for each in group]) for i in range(len(first.fixes)))
    return changed(first, secondary=places, notes=notes, fixes=fixes)


def _joined_fix(fixes: list[Fix]) -> Fix:
    # What closes a block that was found later closes it first.
    edits: list[Edit] = [edit for fix in reversed(fixes) for edit in fix.edits]
    return changed(fixes[0], edits=tuple(sorted(edits, key=lambda edit: edit.span.start)))
