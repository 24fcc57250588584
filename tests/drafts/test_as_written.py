"""The drafts as their author wrote them: one run says of all that is not there what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedc import api
from schedc.diagnostics import Diagnostic, Severity
from schedc.diagnostics.render_text import render
from schedc.source import Source

FOLDER = Path(__file__).parent
DRAFTS = sorted((FOLDER / "as_written").glob("*.sched"))
MOST = 25


def expected() -> dict[str, list[str]]:
    """Of each draft the code and line of all that is reported, from a table with a draft a line."""
    lines = (FOLDER / "as_written.txt").read_text(encoding="utf-8").splitlines()
    return {name: found for name, *found in map(str.split, lines) if name != "#"}


def checked(path: Path) -> tuple[Source, tuple[Diagnostic, ...]]:
    result = api.check(path.read_text(encoding="utf-8"), path.name)
    return result.source, result.diagnostics


def places(source: Source, found: tuple[Diagnostic, ...]) -> list[str]:
    return [f"{each.code}:{source.line_column(each.primary.span.start)[0]}" for each in found]


@pytest.mark.parametrize("path", DRAFTS, ids=lambda path: path.stem)
def test_one_run_reports_what_the_table_says(path: Path) -> None:
    assert places(*checked(path)) == expected()[path.stem]


@pytest.mark.parametrize("path", DRAFTS, ids=lambda path: path.stem)
def test_each_report_says_what_to_write(path: Path) -> None:
    _, found = checked(path)
    for each in found:
        assert each.severity is Severity.ERROR
        assert each.fixes or each.notes or "write" in each.title + each.primary.text, each.title


@pytest.mark.parametrize("path", DRAFTS, ids=lambda path: path.stem)
def test_nothing_is_a_consequence_of_something_else(path: Path) -> None:
    source, found = checked(path)
    assert 0 < len(found) <= MOST
    assert "S010" not in {each.code for each in found}, "a fault that no idiom explains"
    spans = [each.primary.span for each in found]
    assert len(set(spans)) == len(spans)
    assert "Traceback" not in render(source, found)


def test_every_draft_is_in_the_table() -> None:
    assert expected().keys() == {path.stem for path in DRAFTS}


@pytest.mark.parametrize("path", DRAFTS, ids=lambda path: path.stem)
def test_damaged_drafts_are_reported_too(path: Path) -> None:
    """Without any one of their lines, and cut off behind it."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for at in range(0, len(lines), 7):
        for text in ("".join(lines[:at] + lines[at + 1 :]), "".join(lines[:at])):
            assert api.check(text, path.name).diagnostics
