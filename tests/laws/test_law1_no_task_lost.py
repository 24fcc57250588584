"""Every path of enqueue inserts once, every path of select_cpu at most once."""

from __future__ import annotations

import pytest
from policies import LAYERS, errors, policy

INSERT = "insert task into ready for slice"
KEPT = {
    "both branches": f"if task.woken {{ {INSERT} }} else {{ {INSERT} }}",
    "nested": f"if task.woken {{ if task.pinned {{ {INSERT} }} else {{ {INSERT} }} }} else {{ {INSERT} }}",
    "return in a branch": f"if task.woken {{ {INSERT} return }} {INSERT}",
    "return in a match arm": f"match task.weight {{ 100 => {{ {INSERT} return }} otherwise => {{ }} }} {INSERT}",
    "every arm": f"match task.layer {{ a => {{ {INSERT} }} b => {{ {INSERT} }} }}",
    "return in a loop": f"for llc in llcs {{ if llc.cpus > 1 {{ {INSERT} return }} }} {INSERT}",
    "break before it": f"for llc in llcs {{ if llc.cpus > 1 {{ break }} }} {INSERT}",
    "else if": f"if task.woken {{ {INSERT} }} else if task.pinned {{ {INSERT} }} else {{ {INSERT} }}",
    "if let": f"if let cpu = idle_cpu(task) {{ {INSERT} kick cpu }} else {{ {INSERT} }}",
}
LOST = {
    "nothing": "",
    "one branch": f"if task.woken {{ {INSERT} }}",
    "else if without else": f"if task.woken {{ {INSERT} }} else if task.pinned {{ {INSERT} }}",
    "return before it": f"if task.woken {{ return }} {INSERT}",
    "an arm": f"match task.layer {{ a => {{ {INSERT} }} b => {{ }} }}",
    "return in an arm": f"match task.layer {{ a => {{ return }} b => {{ }} }} {INSERT}",
    "a loop that may not run": f"for llc in llcs where llc.cpus > 1 {{ {INSERT} return }}",
    "a loop that breaks": f"for llc in llcs {{ {INSERT} break }}",
    "if let": f"if let cpu = idle_cpu(task) {{ {INSERT} kick cpu }}",
}
DOUBLED = {
    "one after the other": f"{INSERT} {INSERT}",
    "after a branch": f"if task.woken {{ {INSERT} }} {INSERT}",
    "after a match": f"match task.weight {{ 100 => {{ {INSERT} }} otherwise => {{ }} }} {INSERT}",
    "after a loop": f"for llc in llcs {{ {INSERT} break }} {INSERT}",
}
AGAIN = {
    "end of the body": f"for llc in llcs {{ {INSERT} }} return prev",
    "continue": f"for llc in llcs {{ {INSERT} continue }} return prev",
    "continue in a branch": f"for llc in llcs {{ if llc.cpus > 1 {{ {INSERT} continue }} }} return prev",
    "repeat": f"repeat 2 {{ {INSERT} }} return prev",
    "inner loop": f"for llc in llcs {{ for cpu in cpus of llc {{ {INSERT} break }} }} return prev",
}
DECLARED = LAYERS + "queue ready: fifo\n"


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT)
def test_kept(body: str) -> None:
    assert errors(policy(declared=DECLARED, enqueue=body)) == set()


@pytest.mark.parametrize("body", LOST.values(), ids=LOST)
def test_lost(body: str) -> None:
    assert "S301" in errors(policy(declared=DECLARED, enqueue=body))


@pytest.mark.parametrize("body", DOUBLED.values(), ids=DOUBLED)
def test_doubled(body: str) -> None:
    assert "S302" in errors(policy(declared=DECLARED, enqueue=body))


@pytest.mark.parametrize("body", AGAIN.values(), ids=AGAIN)
def test_inserted_again_by_a_loop(body: str) -> None:
    assert errors(policy(declared=DECLARED, select=body)) == {"S307"}


def test_select_cpu_need_not_insert() -> None:
    assert errors(policy(select="return prev")) == set()
    assert (
        errors(
            policy(select=f"if task.woken {{ {INSERT} }} return prev".replace("task.woken", "task.pinned"))
        )
        == set()
    )


@pytest.mark.parametrize("returned", ["prev", "task.cpu", "idle_cpu(task) or prev"])
def test_the_cpu_of_a_local_queue_is_returned(returned: str) -> None:
    body = f"if let cpu = idle_cpu(task) {{ insert task into local(cpu) for slice return {returned} }} return prev"
    assert "S305" in errors(policy(select=body))
    assert errors(policy(select=body.replace(f"return {returned}", "return cpu", 1))) == set()
