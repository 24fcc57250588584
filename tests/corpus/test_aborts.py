"""Policies that would make the kernel end the scheduler, or stall it, if they were let through.

The first line of each says with which code it is refused, at which line, and what would happen.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schedc.api import check
from schedc.diagnostics import Severity

POLICIES = sorted(Path(__file__).parent.glob("aborts/*.sched"))
HEADER = re.compile(r"# refused: (S\d{3}) at (\d+): .+")


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_it_is_refused_where_the_fault_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    header = HEADER.match(text)
    assert header is not None
    result = check(text)
    errors = [each for each in result.diagnostics if each.severity is Severity.ERROR]
    found = [(each.code, result.source.line_column(each.primary.span.start)[0]) for each in errors]
    assert {code for code, _ in found} == {header[1]}
    assert (header[1], int(header[2])) in found


def test_there_are_some() -> None:
    assert len(POLICIES) > 30
