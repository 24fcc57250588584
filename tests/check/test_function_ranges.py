"""What a function's value can be: the range that it declares, or else that of what it returns."""

from __future__ import annotations

import pytest

from schedc import api

POLICY = """language 1
policy p "t"
param slice: duration = 5ms in 1ms..20ms
queue ready: fifo
fn factor(nice: count) -> count {}
on enqueue(task) {{ insert task into ready for slice / factor(task.uid) }}
on dispatch(cpu, prev) {{ pull ready }}
"""


@pytest.mark.parametrize(
    ("function", "accepted"),
    [
        ("{ return 1 + min(nice, 9) }", True),
        ("{ if nice > 4 { return 2 }\n return 7 }", True),
        ("{ if nice > 4 { return 2 }\n return nice }", False),
        ("in 1..9 { return nice }", True),
    ],
)
def test_a_divisor_is_known_from_what_is_returned(function: str, accepted: bool) -> None:
    result = api.check(POLICY.format(function))
    assert result.accepted is accepted, [each.title for each in result.diagnostics]
    assert accepted or {each.code for each in result.diagnostics} == {"S401"}
