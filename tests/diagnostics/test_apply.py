from __future__ import annotations

from schedc.diagnostics import Applicability, Diagnostic, Edit, Fix, Label
from schedc.diagnostics.apply import apply_edits, apply_safe
from schedc.diagnostics.merge import merge
from schedc.source import Span


def report(*edits: tuple[int, int, str], level: Applicability = Applicability.SAFE) -> Diagnostic:
    fix = Fix("f", tuple(Edit(Span(a, b), text) for a, b, text in edits), level)
    return Diagnostic("S001", "t", Label(Span(edits[0][0], edits[0][1])), fixes=(fix,))


def test_safe_fixes_are_applied_whole() -> None:
    assert apply_safe("abcdef", [report((0, 1, "X"), (3, 4, "")), report((5, 6, "YY"))]) == ("XbceYY", 2)


def test_unsafe_fixes_are_not() -> None:
    assert apply_safe("abc", [report((0, 1, "X"), level=Applicability.UNSAFE)]) == ("abc", 0)


def test_of_two_that_touch_the_second_waits() -> None:
    assert apply_safe("abcdef", [report((0, 3, "X")), report((2, 4, "Y"))]) == ("Xdef", 1)
    assert apply_safe("ab", [report((1, 1, "X")), report((1, 1, "Y"))]) == ("aXb", 1)


def test_insertions_of_one_fix_keep_their_order() -> None:
    assert apply_edits("ab", [Edit(Span(1, 1), "1"), Edit(Span(1, 1), "2")]) == "a12b"


def test_the_same_fault_at_several_places_is_one_report() -> None:
    (merged,) = merge([report((i, i + 1, "X")) for i in range(8)])
    assert len(merged.fixes[0].edits) == 8
    assert len(merged.secondary) == 4 and merged.notes == ("and at 3 more places",)
