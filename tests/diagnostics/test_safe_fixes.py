"""A safe fix, applied, compiles: every failing policy of a page is mended as far as its safe fixes go."""

from __future__ import annotations

import pytest

from schedc.api import check
from schedc.diagnostics import Severity
from schedc.diagnostics import explain as pages
from schedc.diagnostics.apply import apply_safe, safe_fixes

ROUNDS = 5


def mended(text: str) -> str:
    for _ in range(ROUNDS):
        text, applied = apply_safe(text, check(text).diagnostics)
        if not applied:
            break
    return text


def offers_safe_fix(text: str) -> bool:
    return any(True for _ in safe_fixes(check(text).diagnostics))


CASES = [(code, index) for code in pages.codes() for index, _ in enumerate(pages.page(code).fails)]  # type: ignore[union-attr]


@pytest.mark.parametrize(("code", "index"), CASES)
def test_a_safe_fix_compiles(code: str, index: int) -> None:
    page = pages.page(code)
    assert page is not None
    text = page.fails[index]
    if not offers_safe_fix(text):
        pytest.skip("no safe fix is offered")
    after = check(mended(text))
    assert code not in {each.code for each in after.diagnostics}
    assert after.accepted, [each.title for each in after.diagnostics if each.severity is Severity.ERROR]
