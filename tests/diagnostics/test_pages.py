"""Every code has a page, every page a policy that fails with it and one that does not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import schedc.diagnostics
from schedc.api import check
from schedc.diagnostics import Severity
from schedc.diagnostics import explain as pages
from schedc.syntax.limits import MAX_CHARACTERS

CATALOGUE = sorted(Path(schedc.diagnostics.__file__).parent.glob("s[0-9]_*.py"))
# Codes about what is too large to print, or about what is not in a policy's text.
WITHOUT_EXAMPLE = re.compile(r"S002|S403|S[678]\d\d")


def codes_in(module: Path) -> set[str]:
    """The string constants of a catalogue module that are codes."""
    nodes = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    strings = (n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return {s for s in strings if re.fullmatch(r"S\d{3}", s)}


def errors(text: str) -> set[str]:
    return {d.code for d in check(text).diagnostics if d.severity is Severity.ERROR}


def codes(text: str) -> set[str]:
    """Errors and warnings."""
    return {d.code for d in check(text).diagnostics}


def used() -> set[str]:
    return set().union(*(codes_in(module) for module in CATALOGUE))


@pytest.mark.parametrize("module", CATALOGUE, ids=lambda path: path.stem)
def test_a_module_holds_the_codes_of_its_phase(module: Path) -> None:
    assert {code[1] for code in codes_in(module)} <= {module.stem[1]}


@pytest.mark.parametrize("code", sorted(used()))
def test_every_code_has_a_page(code: str) -> None:
    page = pages.page(code)
    assert page is not None
    assert page.code == code


@pytest.mark.parametrize("code", pages.codes())
def test_every_page_is_of_a_code(code: str) -> None:
    assert code in used()


@pytest.mark.parametrize("code", [c for c in pages.codes() if not WITHOUT_EXAMPLE.fullmatch(c)])
def test_the_examples_of_a_page(code: str) -> None:
    page = pages.page(code)
    assert page is not None and page.fails and page.fixed
    for policy in page.fails:
        assert code in codes(policy)
        assert errors(policy) <= {code} | page.also
    for policy in page.fixed:
        assert codes(policy) == set()


def test_too_large_has_no_printed_example() -> None:
    assert errors("#" * (MAX_CHARACTERS + 1)) == {"S002"}


def test_a_page_is_shown_without_the_marks_of_its_file() -> None:
    page = pages.parse_page(
        "# S301: lost\n\nWhy.\n\nalso: S010\n\n```sched fails\na\n```\n\n```sched fixed\nb\n```\n"
    )
    assert page.also == {"S010"} and page.fails == ("a\n",) and page.fixed == ("b\n",)
    assert pages.shown(page) == "S301: lost\n\nWhy.\n\nIt fails:\n\n    a\n\nFixed:\n\n    b\n"


def test_a_page_is_found_in_any_case_and_nowhere_else() -> None:
    assert pages.page("s010") is not None
    assert pages.page("S999") is None
    assert pages.page("../pages/S010") is None
    assert "S010  " in pages.listing()
