"""Shared state changes atomically."""

from __future__ import annotations

import pytest
from policies import errors, policy

DECLARED = """queue ready: fifo
global load: count
global best: duration
global gap: difference
cpu { n: count }
llc { n: count }
task { n: count }
fn read() -> count { return load + 1 }
fn read_of(llc: llc) -> count { return llc.n / 2 }
fn read_near(cpu: cpu) -> count { return read_of(cpu.llc) }
fn read_some(cpu: cpu) -> count { let llc = cpu.llc return llc.n / 2 }
"""
FINE = [
    "load += 1",
    "load -= 1",
    "load = 0",
    "best = max(best, 5ms)",
    "best = min(best, slice)",
    "task.n = task.n * 2",
    "task.llc.n += 1",
    "task.cpu.n = task.cpu.n / 2",
    "load = task.llc.n",
    "load = read_of(task.llc)",
]
RACY = [
    "load *= 2",
    "load = load + 1",
    "load = load / 2",
    "gap += 5ms",
    "task.llc.n = task.llc.n / 2",
    "best = max(best, best / 2)",
    "let old = load load = old + 1",
    "let old = load let next = old + 1 load = next",
    "var next: count = 0 next = load load = next / 2",
    "load = read()",
    "task.llc.n = read_of(task.llc)",
    "task.llc.n = read_near(task.cpu)",
    "task.llc.n = task.cpu.llc.n / 2",
    "task.llc.n = read_some(task.cpu)",
    "let old = read_of(task.llc) task.llc.n = old",
    "load = if load > 5 { 0 } else { load }",
]


@pytest.mark.parametrize("statement", FINE)
def test_fine(statement: str) -> None:
    assert errors(policy(declared=DECLARED, more=f"on running(task) {{ {statement} }}\n")) == set()


@pytest.mark.parametrize("statement", RACY)
def test_racy(statement: str) -> None:
    assert errors(policy(declared=DECLARED, more=f"on running(task) {{ {statement} }}\n")) == {"S308"}


def test_another_cpus_state_is_shared() -> None:
    assert errors(policy(declared=DECLARED, dispatch="cpu.n = cpu.n / 2 pull ready")) == set()
    assert errors(policy(declared=DECLARED, dispatch="for c in cpus { c.n = c.n / 2 } pull ready")) == {
        "S308"
    }
    assert errors(
        policy(declared=DECLARED, enqueue="task.cpu.n = task.cpu.n / 2 insert task into ready for slice")
    ) == {"S308"}


def test_atomic_changes_have_no_range() -> None:
    more = "global n: count in 1..8\non running(task) { n += 1 }\n"
    assert errors(policy(more=more)) == {"S311"}
    assert errors(policy(more=more.replace("n += 1", "n = 3"))) == set()
