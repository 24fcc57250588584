"""What a policy may take at most, on the object that it becomes."""

from __future__ import annotations

import pytest

from schedc.api import compile

HEAD = """language 1
policy costly "Looks at all pairs of CPUs."
queue ready: fifo
cpu { n: count }
"""
PAIRS = "for a in cpus { for b in cpus where b.n > a.n { b.n += 1 } }"
ONCE = "for a in cpus where a.n > 5 { a.n = 0 }"


@pytest.mark.parametrize("where", ["every 10ms", "on tick(task)", "on enable(task)"])
def test_what_takes_too_long_is_refused(where: str) -> None:
    found = compile(f"{HEAD}{where} {{ {PAIRS} }}\n")
    assert [each.code for each in found.diagnostics] == ["S403"]
    assert found.object is None


@pytest.mark.parametrize("handler", [f"every 10ms {{ {ONCE} }}", f"on cpu_online(cpu) {{ {PAIRS} }}"])
def test_what_is_short_or_rare_is_not(handler: str) -> None:
    found = compile(f"{HEAD}{handler}\n")
    assert found.diagnostics == () and found.object is not None
