"""The card is small, its examples are what it says they are, and it leaves out no word of the language."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from schedc.api import check
from schedc.card import card, mistakes
from schedc.card.tokens import estimate
from schedc.cli.main import main
from schedc.diagnostics import Severity
from schedc.laws.lines import LAWS
from schedc.syntax.grammar import grammar_text, keywords

ROOT = Path(__file__).parents[2]
MOST_TOKENS = 3_500


def blocks(tmp_path: Path) -> list[object]:
    """The card's policies, in the same frames as those of docs/language.md."""
    spec = importlib.util.spec_from_file_location("card_examples", ROOT / "tests" / "docs" / "examples.py")
    assert spec is not None and spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = tmp_path / "card.md"
    page.write_text(card(), encoding="utf-8")
    return module.examples(page)


def test_it_is_small_enough_for_every_prompt() -> None:
    assert estimate(card()) <= MOST_TOKENS


def test_its_examples_are_accepted(tmp_path: Path) -> None:
    found = blocks(tmp_path)
    assert (card().count("```sched\n"), len(found)) == (5, 7)
    for each in found:
        result = check(each.text)  # type: ignore[attr-defined]
        assert result.accepted, [(d.code, d.title) for d in result.diagnostics]
        assert {d.severity for d in result.diagnostics} <= {Severity.WARNING}


def test_it_names_every_word_of_the_language() -> None:
    words = set(re.findall(r"\w+", card()))
    assert set(keywords()) - words == set()


@pytest.mark.parametrize("code", mistakes.CODES)
def test_a_mistake_has_what_to_write_instead(code: str) -> None:
    assert re.fullmatch(rf"- {code} .+: (`.+` -> |add )`.+`", mistakes.line(code))


def test_the_laws_are_those_of_the_page() -> None:
    headings = re.findall(r"^## (\d+)\. (.+)$", (ROOT / "docs" / "laws.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [(law.number, law.title) for law in LAWS] == [(int(number), title) for number, title in headings]


def test_a_longer_text_takes_more_tokens() -> None:
    assert estimate("") == 0
    assert estimate("on enqueue(task) {") == 7
    assert estimate("123456789") == 3
    assert estimate("äöü") == 6


def test_the_commands_print_it_and_the_grammar(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["card"]) == 0
    assert capsys.readouterr().out == card()
    assert main(["grammar"]) == 0
    assert capsys.readouterr().out == grammar_text()
