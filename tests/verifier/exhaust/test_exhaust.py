"""All orders are gone through: what breaks in one of them is found, by the fewest steps, and shown again."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from schedc import api
from schedc.cli.main import main
from schedc.verifier.exhaust import Bound, ExhaustError, exhaust
from schedc.verifier.fuzz import Subject, run

PLAIN = """language 1
policy plain "First come, first served."

queue ready: fifo

promise work_conserving within 1ms

on enqueue(task) {
    insert task into ready for 20ms
    kick idle_cpu(task)
}

on dispatch(cpu, prev) {
    pull ready
}
"""
# A CPU that is idle is told of a task only if none waits yet: if it is late, the second task is not told of.
SHY = PLAIN.replace("    kick idle_cpu(task)", "    if length(ready) == 0 { kick idle_cpu(task) }").replace(
    "on enqueue", "on select_cpu(task, prev) {\n    return prev\n}\n\non enqueue"
)
CENTRAL = (resources.files("schedc.stdlib_policies") / "central.sched").read_text()


def subject(text: str, was: str = "", now: str = "") -> Subject:
    """`was` in the C is now another text, as an error of the compiler would make it."""
    made = Subject.of(api.compile(text))
    assert was in made.program.c_source
    return replace(made, program=replace(made.program, c_source=made.program.c_source.replace(was, now, 1)))


def test_every_order_is_counted() -> None:
    """One task on one CPU: it is chosen; its run is over, or a tick comes; then it wakes, or one of three follows."""
    counts = []
    for depth in (1, 2, 3):
        outcome = exhaust(subject(PLAIN), Bound(1, 1, depth, 1000))
        naps = next(each for each in outcome.explored if each.scene.title == "tasks run and sleep")
        counts.append(naps.orders)
        assert naps.depth == depth
    assert counts == [1, 2, 4]


def test_what_stands_says_how_far_and_the_same_again() -> None:
    first = exhaust(subject(PLAIN), Bound(2, 2, states=300))
    again = exhaust(subject(PLAIN), Bound(2, 2, states=300))
    assert first.failure is None
    assert first.depth >= 4
    assert first.level == f"checked(cpus<=2, tasks<=2, depth {first.depth}, callbacks atomic)"
    assert first.explored == again.explored


@pytest.mark.parametrize(
    ("text", "was", "now", "breaks"),
    [
        (SHY, "", "", "work_conserving"),
        (PLAIN, "return usable_cpu(p, claim_idle_or(p, v_prev, wake_flags));", "return 0;", "no_bad_cpu"),
        (PLAIN, "insert(p, QUEUE_ready,", "if (sim_line) insert(p, p->scx.weight == 33 ? QUEUE_ready + 1 : QUEUE_ready,", "no_abort"),
        (PLAIN, "\tevacuate(cpu);\n", "\t;\n", "every_task_ran"),
        (CENTRAL, "\tkick(told(cpu, -1), 0);\n}", "}", "every_task_ran"),
    ],
    ids=["a kick that is left out", "a CPU that a task may not use", "a queue that is not there", "nothing is moved away",
         "nobody is told of a CPU that went off"],
)  # fmt: skip
def test_what_breaks_in_some_order_is_found(text: str, was: str, now: str, breaks: str) -> None:
    outcome = exhaust(subject(text, was, now), Bound(states=2000))
    assert outcome.failure is not None
    assert outcome.failure.story.broken == breaks
    assert len(outcome.failure.story.scenario.steps) <= 12


def test_its_story_is_kept_told_and_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "plain.sched"
    policy.write_text(SHY)
    assert main(["exhaust", str(policy), "--format", "json", "--cpus", "2", "--tasks", "3"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["failure"]["broken"][0]["property"] == "work_conserving"
    assert main(["replay", found["file"]]) == 1
    assert capsys.readouterr().out.splitlines() == found["failure"]["told"]

    policy.write_text(PLAIN)
    assert main(["replay", found["file"]]) == 0
    assert "stands this story" in capsys.readouterr().out


def test_a_policy_that_stands_is_0_with_its_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "plain.sched"
    policy.write_text(PLAIN)
    assert main(["exhaust", str(policy), "--depth", "3", "--cpus", "1", "--tasks", "2"]) == 0
    assert capsys.readouterr().out.startswith("plain: checked(cpus<=1, tasks<=2, depth 3, callbacks atomic)\n")
    assert main(["exhaust", str(policy), "--cpus", "5"]) == 2
    assert "cpus of 5 cannot be explored" in capsys.readouterr().err


def test_a_bound_has_bounds() -> None:
    with pytest.raises(ExhaustError, match="tasks of 0"):
        exhaust(subject(PLAIN), Bound(tasks=0))


def test_a_story_tells_its_order() -> None:
    outcome = exhaust(subject(SHY), Bound(states=500))
    assert outcome.failure is not None
    story = outcome.failure.story
    assert run(outcome.subject, story).broken == outcome.failure.broken
