"""A safe fix, applied, compiles: every failing policy of a page is mended as far as its safe fixes go."""

from __future__ import annotations

from collections.abc import Iterator

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


def failing() -> Iterator[tuple[str, int, str]]:
    for code in pages.codes():
        page = pages.page(code)
        assert page is not None
        yield from ((code, index, text) for index, text in enumerate(page.fails))


CASES = [case for case in failing() if offers_safe_fix(case[-1])]


def test_there_are_safe_fixes() -> None:
    assert len(CASES) >= 10


@pytest.mark.parametrize(("code", "index", "text"), CASES, ids=lambda value: str(value).split("\n")[0])
def test_a_safe_fix_compiles(code: str, index: int, text: str) -> None:
    after = check(mended(text))
    assert code not in {each.code for each in after.diagnostics}
    assert after.accepted, [each.title for each in after.diagnostics if each.severity is Severity.ERROR]
