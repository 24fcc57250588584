"""A claimed CPU is used on every path."""

from __future__ import annotations

import pytest
from policies import errors, policy

USED = {
    "kicked": "let c = idle_cpu(task) kick c return prev",
    "returned": "if let c = idle_cpu(task) { return c } return prev",
    "through or": "let c = idle_cpu(task) return c or idle_cpu(task, in prev.llc) or prev",
    "under a new name": "let c = idle_cpu(task) let d = c or prev return d",
    "if let of a name": "let c = idle_cpu(task) if let d = c { return d } return prev",
    "if let chain": "if let c = idle_cpu(task) { if let d = any_cpu(task) { kick d } return c } return prev",
    "value of an if let": "return if let c = idle_cpu(task) { c } else { prev }",
    "value of a match": "let c = match task.weight { 100 => idle_cpu(task), otherwise => none } return c or prev",
    "every branch": "if let c = idle_cpu(task) { if c == prev { kick c } else { return c } } return prev",
    "every arm": "if let c = idle_cpu(task) { match task.weight { 100 => { kick c } otherwise => { return c } } } return prev",
    "break of an inner loop": "if let c = idle_cpu(task) { for l in llcs { break } kick c } return prev",
    "inside a loop": "for l in llcs { if let c = idle_cpu(task, in l) { return c } } return prev",
}
FORGOTTEN = {
    "one branch": "if let c = idle_cpu(task) { if c == prev { return c } } return prev",
    "one arm": "if let c = idle_cpu(task) { match task.weight { 100 => { kick c } otherwise => { } } } return prev",
    "return": "if let c = idle_cpu(task) { if task.pinned { return prev } return c } return prev",
    "return from a loop": "if let c = idle_cpu(task) { for l in llcs { if l == prev.llc { return prev } } kick c } return prev",
    "only in a loop": "if let c = idle_cpu(task) { for l in llcs { kick c } } return prev",
    "break of its own loop": "for l in llcs { if let c = idle_cpu(task, in l) { if c == prev { break } return c } } return prev",
    "continue": "for l in llcs { let c = idle_cpu(task, in l) if l == prev.llc { continue } kick c } return prev",
    "behind another one": "let c = idle_cpu(task) return idle_cpu(task, in prev.llc) or c or prev",
    "mixed with a plain one": "let c = idle_cpu(task) or prev if task.pinned { return prev } return c",
    "if let as a value": "let n = if let c = idle_cpu(task) { 1 } else { 2 } if n > 1 { return task.cpu } return prev",
    "under a new name": "let c = idle_cpu(task) let d = c return prev",
    "given to a function": "let c = idle_cpu(task) if same(c or prev) { return prev } return prev",
}
DROPPED = {
    "compared": "if idle_cpu(task) == prev { return prev } return prev",
    "a var": "var c: cpu? = idle_cpu(task) return c or prev",
    "assigned": "var c: cpu? = none c = idle_cpu(task) return c or prev",
    "kept": "task.home = idle_cpu(task) return prev",
    "a statement": "idle_cpu(task) return prev",
    "in where": "return any_cpu(task, where idle_cpu(task) == prev) or prev",
}
DECLARED = "queue ready: fifo\ntask { home: cpu? }\nfn same(cpu) -> bool { return cpu == boot_cpu }\n"


@pytest.mark.parametrize("body", USED.values(), ids=USED)
def test_used(body: str) -> None:
    assert errors(policy(declared=DECLARED, select=body)) == set()


@pytest.mark.parametrize("body", FORGOTTEN.values(), ids=FORGOTTEN)
def test_forgotten(body: str) -> None:
    assert errors(policy(declared=DECLARED, select=body)) == {"S303"}


@pytest.mark.parametrize("body", DROPPED.values(), ids=DROPPED)
def test_dropped(body: str) -> None:
    assert errors(policy(declared=DECLARED, select=body)) == {"S304"}
