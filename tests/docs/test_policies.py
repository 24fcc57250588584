"""The library documents itself: each policy says whose it is, what it is for and bad at, and what its params do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schedc.library import policies, policy_text

PAGE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
NAMES = sorted(policies())
MOST_LINES = 150


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_says_what_it_is(name: str) -> None:
    text = policy_text(name)
    for word in ("After", "For", "Bad at"):
        assert len(re.findall(rf"^# {word}: \S", text, re.MULTILINE)) == 1, word
    assert re.search(rf"^policy {name} ", text, re.MULTILINE)
    assert text.count("\n") <= MOST_LINES


@pytest.mark.parametrize("name", NAMES)
def test_each_param_says_what_it_does(name: str) -> None:
    params = [line for line in policy_text(name).splitlines() if re.match(r"(live )?param ", line)]
    assert [line for line in params if "# " not in line] == []


def test_the_page_has_a_row_for_each_policy() -> None:
    assert sorted(re.findall(r"^\| \[(\w+)\]\(\.\./stdlib_policies/\1\.sched\) \|", PAGE, re.MULTILINE)) == NAMES
