"""The library documents itself: each policy says whose it is, what it is for and bad at, and what its params do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schedc.library import policies, policy_text

PAGE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
NAMES = sorted(policies())
MOST_LINES = 150
# Lines of the BPF part of what a policy follows: in sched-ext/scx at 7a58a3a1a, those in C before d1810e621.
ORIGINALS = {
    "beerland": 1029, "bpfland": 1529, "budget": 861, "central": 356, "chaos": 778, "cosmos": 1609, "deficit": 3892,
    "desk": 5599, "fair": 151, "fifo": 151, "flash": 1359, "flatcg": 954, "lavd": 9276, "layered": 5599, "mitosis": 3437,
    "nest": 652, "p2dq": 4196, "pair": 610, "power": 9276, "previous": 70, "priority": 848, "quota": 848, "rusty": 3685,
    "sojourn": 3209, "tickless": 800,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_says_what_it_is(name: str) -> None:
    text = policy_text(name)
    for word in ("After", "For", "Bad at"):
        assert len(re.findall(rf"^# {word}: \S", text, re.MULTILINE)) == 1, word
    assert re.search(rf"^policy {name} ", text, re.MULTILINE)
    assert text.count("\n") <= MOST_LINES


@pytest.mark.parametrize("name", NAMES)
def test_without_comments_it_is_a_tenth_of_what_it_follows_or_40_lines(name: str) -> None:
    lines = [line for line in policy_text(name).splitlines() if line.partition("#")[0].strip()]
    assert len(lines) <= max(40, ORIGINALS.get(name, 0) // 10)


@pytest.mark.parametrize("name", NAMES)
def test_each_param_says_what_it_does(name: str) -> None:
    params = [line for line in policy_text(name).splitlines() if re.match(r"(live )?param ", line)]
    assert [line for line in params if "# " not in line] == []


def test_the_page_has_a_row_for_each_policy() -> None:
    assert sorted(re.findall(r"^\| \[(\w+)\]\(\.\./stdlib_policies/\1\.sched\) \|", PAGE, re.MULTILINE)) == NAMES
