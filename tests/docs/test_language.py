"""Every rule of docs/language.md is an example, and every example is what the page says it is."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from schedc.api import check
from schedc.check import defaults
from schedc.diagnostics import Severity


def beside(name: str) -> ModuleType:
    """A module of this folder (tests are no package)."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"docs_{name}", path)
    assert spec is not None and spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


examples, tables = beside("examples"), beside("tables")
DOCS = Path(__file__).parents[2] / "docs"
CASES = [(page.name, each) for page in sorted(DOCS.glob("la*.md")) for each in examples.examples(page)]


@pytest.mark.parametrize(("page", "example"), CASES, ids=[f"{page}:{each.line}" for page, each in CASES])
def test_an_example_is_what_the_page_says(page: str, example: object) -> None:
    result = check(example.text)  # type: ignore[attr-defined]
    errors = {each.code for each in result.diagnostics if each.severity is Severity.ERROR}
    warnings = {each.code for each in result.diagnostics} - errors
    verdict, code = example.verdict, example.code  # type: ignore[attr-defined]
    if verdict == "refused":
        assert errors == {code}
    else:
        assert not errors, [each.title for each in result.diagnostics]
        assert result.accepted
        assert not code or code in warnings


@pytest.mark.parametrize("page", tables.PAGES, ids=lambda page: page.name)
def test_the_tables_are_the_compilers(page: Path) -> None:
    """And those of figures say what the stored ones do."""
    text = page.read_text(encoding="utf-8")
    assert text == tables.filled(text), "run  python -m tests.docs.tables"


def test_the_defaults_are_written_out() -> None:
    page = re.sub(r"\s+", " ", (DOCS / "language.md").read_text(encoding="utf-8"))
    words = {"queue": "ready", "at": " at task.vtime", "slice": "slice"}
    for text in (defaults._SELECT_CPU, defaults._ENQUEUE, defaults._DISPATCH, defaults._STOPPING):
        assert re.sub(r"\s+", " ", text.format(**words)) in page


def test_the_files_of_the_laws_exist() -> None:
    root = DOCS.parent
    named = re.findall(r"`(schedc/[\w/]+(?:\.py|/))`", (DOCS / "laws.md").read_text(encoding="utf-8"))
    assert len(named) > 10
    assert [path for path in named if not (root / path).exists()] == []
