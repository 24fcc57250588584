"""What the C says where a mistake would show on rare machines, or at rare moments, only."""

from __future__ import annotations

import re

import pytest

from schedc.api import check
from schedc.build.compile import lower_to_c

HEAD = """language 1
policy example "What a test is about."
param slice: duration = 5ms in 1ms..20ms
queue ready: fifo
"""


def c_of(text: str) -> str:
    proven = check(HEAD + text).proven
    assert proven is not None
    return lower_to_c(proven)


def body(c_text: str, function: str) -> str:
    found = re.search(rf"^\S.*\b{function}\(.*?^}}", c_text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("order", "test"), [("least", "vtime_before(value, best_value)"), ("most", "vtime_before(best_value, value)")]
)
def test_the_least_virtual_time_is_found_across_its_wrap(order: str, test: str) -> None:
    picks = f"on running(task) {{ if let c = any_cpu(task, {order} cpu.seen) {{ kick c }} }}\n"
    assert test in c_of(f"cpu {{ seen: vtime }}\n{picks}")


@pytest.mark.parametrize("pick", ["task", "task, whole core", "task, in task.llc", "task, where cpu.seen < 5"])
def test_a_claimed_cpu_that_takes_no_tasks_is_asked_about_again(pick: str) -> None:
    """One on its way down may look idle; to return it, or to insert there, would be counted against the scheduler."""
    found = f"if let c = idle_cpu({pick}) {{ insert task into local(c) for slice"
    select = f"on select_cpu(task, prev) {{ {found} return c }} return prev }}\n"
    enqueue = f"on enqueue(task) {{ {found} }} else {{ insert task into ready for slice }} }}\n"
    text = c_of(f"cpu {{ seen: count }}\n{select}{enqueue}")
    assert "return usable_cpu(p, v_c)" in body(text, "policy_select_cpu")
    assert "may_run_on(p, target__) && is_active(target__)" in body(text, "policy_enqueue")


def test_a_whole_core_near_a_cpu_is_looked_for_near_it() -> None:
    kick = "on running(task) { kick idle_cpu(task, near task.cpu, whole core) }\n"
    assert "s32 near = " in c_of(kick)


@pytest.mark.parametrize("kind", ["count", "duration", "time", "ratio", "rate", "weight"])
def test_a_shared_word_from_which_more_was_taken_than_was_there_is_nothing(kind: str) -> None:
    amount = {"count": "1", "ratio": "1%", "rate": "1hz", "weight": "task.weight"}.get(kind, "1ms")
    declared = f"global kept: {kind}\nllc {{ own: {kind} }}\n"
    test = "if kept > task.llc.own { kick task.cpu }"
    taking = c_of(f"{declared}on running(task) {{ {test} kept -= {amount} task.llc.own -= {amount} }}\n")
    assert "settled(READ_ONCE(global_kept))" in taking and "settled(READ_ONCE(llc_state(" in taking
    # What nothing is taken from may be as large as it likes: its highest bit is no sign.
    assert "settled(" not in c_of(f"{declared}on running(task) {{ {test} kept += {amount} }}\n")


@pytest.mark.parametrize(
    ("expression", "exact"),
    [
        ("often * long", "mul_div_wide(v_often, v_long, 1024000000000ULL)"),
        ("small * many", "mul_div(v_many, v_small, 1048576ULL)"),
        ("many / long", "mul_div_wide(v_many, 1024000000000ULL, v_long)"),
        ("long * part", "mul_div_wide("),
        ("longest scaled by task.weight", "mul_div(v_longest, 100, "),
    ],
)
def test_products_that_may_be_too_long_are_divided_exactly(expression: str, exact: str) -> None:
    function = "fn f(task, often: rate, long: duration in 1ns..9000000s, many: count, part: ratio, small: ratio in 0.0..2.0, longest: duration)"
    kind = {"often": "count", "small": "count", "many": "rate"}.get(expression.split()[0], "duration")
    more = "on running(task) { task.kept = f(task, 5hz, 5ms, 5, 50%, 50%, 5ms) }\n"
    text = c_of(f"task {{ kept: {kind} }}\n{function} -> {kind} {{ return {expression} }}\n{more}")
    assert exact in text
