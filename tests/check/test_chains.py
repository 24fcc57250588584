"""Chains of pulls, and what only looks like one."""

from __future__ import annotations

import pytest

from schedc import api

POLICY = """language 1
policy p "t"
queue ready: fifo
queue other: fifo
on enqueue(task) {{ insert task into ready for 5ms }}
on dispatch(cpu, prev) {{ {} }}
"""


@pytest.mark.parametrize(
    "body",
    [
        "if ready aging 5ms { return } pull ready",
        "if empty(ready) or ready aging 5ms { return } pull ready",
        "if other aging 5ms or pull ready { return }",
        "if not ready aging 5ms { return } pull ready",
    ],
)
def test_aging_without_a_pull_is_refused(body: str) -> None:
    result = api.check(POLICY.format(body))
    assert "S512" in {each.code for each in result.diagnostics}


def test_a_move_to_another_queue_does_not_go_on_a_chain() -> None:
    """It would be read as a pull to this CPU."""
    text = POLICY.replace("queue other: fifo", "queue other: fifo per cpu")
    result = api.check(text.format("if pull ready or pull ready into other[cpu] { return } pull other[cpu]"))
    (found,) = [each for each in result.diagnostics if each.severity.value == "error"]
    assert (found.code, found.title) == ("S512", "`pull ... into` is not possible in the middle of a chain")


def test_a_condition_behind_a_chain_is_told_where_to_stand() -> None:
    result = api.check(POLICY.format("if pull ready or cpu.idle { return }"))
    (found,) = [each for each in result.diagnostics if each.code == "S503"]
    assert "before the chain" in found.fixes[0].text


def test_what_is_wrong_in_the_language_is_not_blamed_on_the_kernel() -> None:
    (found,) = [each for each in api.check(POLICY.format("pull ready\nbreak")).diagnostics if each.code == "S512"]
    assert found.why == ""
