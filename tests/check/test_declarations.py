"""Declarations that say something which nothing would keep are refused, with what to write instead."""

from __future__ import annotations

import pytest

from schedc.api import check
from schedc.diagnostics import Applicability, Diagnostic
from schedc.diagnostics.apply import apply_safe

POLICY = """language 1
policy p "t"
queue ready: fifo
{}
on enqueue(task) {{ insert task into ready for 5ms }}
on dispatch(cpu, prev) {{ pull ready }}
"""


def reported(item: str) -> list[Diagnostic]:
    return [each for each in check(POLICY.format(item)).diagnostics if each.severity.value == "error"]


@pytest.mark.parametrize("item", ["param p: count in 0..5 = 3 in 0..9", "param p: count in 0..5 = 3"])
def test_the_range_of_a_param_stands_behind_its_value(item: str) -> None:
    (found,) = reported(item)
    assert found.code == "S212" and "param p: count = 3 in 0..5" in found.fixes[0].text


@pytest.mark.parametrize("broken", ["", "on running(task) { task. }\n"])
def test_a_range_in_a_params_type_is_moved(broken: str) -> None:
    text = POLICY.format(broken + "param p: duration in 1ms..20ms = 5ms")
    mended, _ = apply_safe(text, check(text).diagnostics)
    assert "param p: duration = 5ms in 1ms..20ms\n" in mended
    assert bool(broken) or check(mended).accepted


@pytest.mark.parametrize(
    "item",
    [
        "param p: bool per layer = true",
        "param p: bool in false..true = true",
        "param p: bool = true in false..true",
    ],
)
def test_a_bool_has_no_range_and_is_one(item: str) -> None:
    assert [each.code for each in reported(item)] == ["S202"]


def test_an_average_has_no_range() -> None:
    """A sample would leave it, and the division be one by zero."""
    item = "task { load: average of count over 8 samples in 1..5 }\n"
    item += "on stopping(task, ran) { task.load.add(100 / task.load) }"
    assert [each.code for each in reported(item)] == ["S202"]


@pytest.mark.parametrize(
    ("promise", "place"),
    [
        ("max_wait 10s within 1ms", "1ms"),
        ("work_conserving 5ms within 1ms", "5ms"),
        ("max_wait 0s", "0s"),
        ("work_conserving within 0ms", "0ms"),
        ("max_wait 10s while runnable <= 0 per cpu", "0"),
    ],
)
def test_every_part_of_a_promise_counts(promise: str, place: str) -> None:
    (found,) = reported(f"promise {promise}")
    text = POLICY.format(f"promise {promise}")
    assert found.code == "S522" and text[found.primary.span.start : found.primary.span.end] == place


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ("every 10us { kick boot_cpu }", "a timer's period is at least 100us"),
        ("task { a: average of duration over 0 samples }", "an average is over 1 to 1024 samples, or a time above 0"),
    ],
)
def test_a_length_that_is_wrong_is_not_called_an_empty_range(item: str, title: str) -> None:
    assert [(each.code, each.title) for each in reported(item)] == [("S213", title)]


@pytest.mark.parametrize(
    ("item", "instead", "applicability"),
    [
        ("param p: ratio = 50 in 10%..90%", "50%", Applicability.UNSAFE),
        ("param p: ratio = 1 in 10%..200%", "1.0", Applicability.SAFE),
        ("param p: rate = 50 in 10hz..90hz", "50hz", Applicability.UNSAFE),
        ("param p: duration = 5000000 in 1ms..9ms", "5ms", Applicability.SAFE),
        ("param p: difference = -5000000 in -9ms..9ms", "-5ms", Applicability.SAFE),
    ],
)
def test_a_number_is_offered_the_unit_that_it_needs(item: str, instead: str, applicability: Applicability) -> None:
    (found,) = reported(item)
    (fix,) = found.fixes
    assert (found.code, fix.edits[0].text, fix.applicability) == ("S203", instead, applicability)
    assert check(POLICY.format(item.replace(f"= {item.split()[4]}", f"= {instead}"))).accepted


@pytest.mark.parametrize("number", ["5", "-5"])
def test_a_number_that_says_too_little_is_offered_units(number: str) -> None:
    (found,) = reported(f"param p: difference = {number} in -9ms..9ms")
    assert (found.code, found.fixes[0].text) == ("S203", "add `ns`, `us`, `ms` or `s`")


@pytest.mark.parametrize(
    ("item", "code", "title"),
    [
        ("queue q: fifo per cpu per cpu", "S508", "a queue cannot be `per cpu` as well: it already is"),
        ("queue q: fifo per cpu per llc per node", "S508",
         "a queue cannot be `per node` as well: there are at most 2"),
        ("task { cpu: count }", "S102", "a task already has a field `cpu`"),
        ("param p: count = 3 in 1..5\nconst k: count = p", "S214", "`p` is not known here"),
        ("const k: count = m\nconst m: count = 3", "S214", "`m` is not known here"),
        ("fn f(x: count) { return 3 }", "S215", "`fn f` has to return a count"),
    ],
)  # fmt: skip
def test_a_report_says_what_is_so(item: str, code: str, title: str) -> None:
    assert [(each.code, each.title) for each in reported(item)] == [(code, title)]


def test_a_task_is_not_said_to_be_a_var() -> None:
    (found,) = reported("on running(task) { task = task }")
    assert (found.code, found.fixes[0].text) == ("S207", "the event gives it")


def test_a_handler_that_is_there_twice_becomes_one() -> None:
    handler = "on running(task) { kick task.cpu }\n"
    (found,) = reported(handler + handler)
    assert (found.code, found.fixes[0].text) == ("S102", "put both into one")
