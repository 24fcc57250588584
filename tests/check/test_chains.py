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
