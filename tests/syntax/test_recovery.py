"""One run reports every fault, each where it is, and nothing that only follows from another one."""

from __future__ import annotations

import pytest

from schedc.api import check
from schedc.diagnostics import Diagnostics
from schedc.source import Source
from schedc.syntax.parser import parse

HEAD = 'language 1\npolicy p "t"\n'


def faults(text: str) -> list[tuple[str, int]]:
    """Code and line of each report."""
    source, diagnostics = Source("p", text), Diagnostics()
    parse(source, diagnostics)
    return [(d.code, source.line_column(d.primary.span.start)[0]) for d in diagnostics]


def test_faults_of_one_block_are_all_reported() -> None:
    text = (
        HEAD
        + """\
on a(b) {
    insert task into for slice
    kick c
    let = 3
    if x { pull } else { kick }
    x = 5
}
queue : fifo
on d(e) { return }
param
"""
    )
    assert faults(text) == [("S010", 4), ("S010", 6), ("S010", 7), ("S010", 7), ("S010", 10), ("S010", 12)]


def test_an_open_block_is_shown_where_it_opens() -> None:
    text = (
        HEAD
        + """\
on a(b) {
    if x {
        kick c
}

task { n: count }
on d(e) {
    kick c
"""
    )
    assert faults(text) == [("S015", 4), ("S015", 9)]


def test_a_fault_in_the_head_of_a_block_skips_the_block() -> None:
    text = (
        HEAD
        + """\
on a(b) {
    for t in ready[x] where y {
        if z { kick c }
        n += 1
    }
    kick
}
"""
    )
    assert faults(text) == [("S014", 4), ("S010", 8)]


def test_what_is_expected_is_said_in_words() -> None:
    def title(text: str) -> str:
        diagnostics = Diagnostics()
        parse(Source("p", text), diagnostics)
        return next(iter(diagnostics)).title

    inside = HEAD + "on a(b) {{\n    {}\n}}\n"
    assert title(inside.format("insert task into")) == ("expected a queue such as `local(cpu)` after `into`")
    assert title(inside.format("kick +")) == "expected a CPU after `kick`, found `+`"
    assert title(inside.format("let x = ]")) == "expected a value after `=`, found `]`"
    assert title(inside.format("x y")) == "`x` alone is no statement"
    assert title(HEAD + "queue 5: fifo") == "expected a name after `queue`, found `5`"
    assert title(HEAD + "param x: 5") == (
        "expected a type or an order such as `duration` or `vtime` after `:`, found `5`"
    )
    assert title(HEAD + "on a(b)") == "the policy ends too early: expected `{` after `)`"


def test_a_name_at_the_margin_may_go_on_a_statement() -> None:
    assert faults(HEAD + "on a(b) {\n    if\nx {\n        kick c\n    }\n}\n") == []


def test_the_same_habit_is_reported_once_with_all_its_places() -> None:
    diagnostics = Diagnostics()
    parse(Source("p", HEAD + "on a(b) {\n" + "    n++\n" * 9 + "}\n"), diagnostics)
    (report,) = diagnostics
    assert len(report.fixes[0].edits) == 9
    assert report.notes == ("and at 4 more places",)


@pytest.mark.parametrize(
    "unfinished",
    ["queue q: fifo per", "queue q:", "layer x when", "counter", "param p: count =", "promise max_wait 5s while"],
)
@pytest.mark.parametrize("behind", ["param z: duration = 5ms in 1ms..20ms", "live param z: count = 1 in 0..2"])
def test_a_declaration_without_its_end_does_not_take_the_next_ones_word(unfinished: str, behind: str) -> None:
    text = f"language 1\npolicy p \"t\"\n{unfinished}\n{behind}\nqueue bad: fifox\n"
    found = sorted(check(text).diagnostics, key=lambda each: each.primary.span)
    assert [each.code for each in found] == ["S010", "S509"]
    assert found[0].primary.span.start == text.index(unfinished) + len(unfinished)
