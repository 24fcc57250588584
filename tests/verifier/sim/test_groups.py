"""Control groups in the simulator: their weights are shares, they come and go, and the interpreter agrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from schedc import api
from schedc.verifier.fuzz import Story
from schedc.verifier.interpret import Subject
from schedc.verifier.interpret.differ import compare
from schedc.verifier.sim import Event, Phase, Program, Result, Scenario, Task, broken, machine, simulate
from schedc.verifier.sim.scenario import MS, SECOND, with_parents

HOG = (Phase("run", 10 * MS),)
NAP = (Phase("run", 2 * MS), Phase("sleep", 3 * MS))
SELDOM = (Phase("run", MS), Phase("sleep", 200 * MS))
PLACES = """language 1
policy places "What a task's group is charged tells which place it has."
param slice: duration = 5ms in 1ms..20ms
queue ready: fifo per cgroup
cgroup { used: duration  best: duration in 1ms..9ms = 7ms  heir: cgroup? }
counter others "runs of tasks that share the root's place"
on enqueue(task) { insert task into ready[task.cgroup] for slice }
on dispatch(cpu, prev) {
    if let group = any_cgroup(where not empty(ready[cgroup]), most cgroup.weight) { if pull ready[group] { return } }
    pull ready[*] or keep prev for slice
}
on stopping(task, ran) {
    task.cgroup.used += ran
    task.cgroup.best = min(task.cgroup.best, ran)
    task.cgroup.heir = task.cgroup.parent
    if task.cgroup == root_cgroup and task.uid == 1000 { others += 1 }
}
"""


def test_shares_follow_the_weights_of_all_levels(library: Callable[..., Program]) -> None:
    groups = {"/a": 4, "/b": 1, "/c/small": 2, "/c/large": 2}
    weights = {"/a": 300, "/c": 200, "/c/large": 300}
    scenario = Scenario(
        machine(1),
        tuple(Task(HOG, cgroup=path) for path, count in groups.items() for _ in range(count)),
        tuple(Event(0, "weight", group=path, value=weight) for path, weight in weights.items()),
        end=10 * SECOND,
    )
    result = simulate(library("flatcg"), scenario)
    ran: Counter[str] = Counter()
    for task, found in zip(scenario.tasks, result.tasks, strict=True):
        ran[task.cgroup] += found.ran
    due = {"/a": 300 / 600, "/b": 100 / 600, "/c/small": 50 / 600, "/c/large": 150 / 600}
    assert {path: ran[path] / scenario.end for path in due} == pytest.approx(due, abs=0.02)
    assert not broken(result, scenario)


def test_the_interpreter_agrees_when_groups_move_change_and_go() -> None:
    tasks = (Task(HOG, "hog", cgroup="/a"), Task(HOG, "other", cgroup="/b/c"), Task(NAP, "nap", cgroup="/b"))
    events = (
        Event(10 * MS, "weight", group="/b/c", value=500),
        Event(50 * MS, "cgroup", 1, group="/a"),
        Event(60 * MS, "rmcgroup", group="/b/c"),
        Event(70 * MS, "rmcgroup", group="/a"),  # is in use
        Event(80 * MS, "cgroup", 0, group="/b/c"),  # is gone
        Event(90 * MS, "mkcgroup", group="/b/c"),
        Event(100 * MS, "cgroup", 0, group="/b/c"),
    )
    result = compare(Subject.of(PLACES), Story(Scenario(machine(2), tasks, events, end=200 * MS)))
    assert result.disagreement is None
    assert result.callbacks > 100


def test_a_group_without_a_place_shares_the_roots() -> None:
    scenario = Scenario(
        machine(1), tuple(Task(SELDOM, f"t{at}", cgroup=f"/g{at}", uid=1000) for at in range(70)), end=SECOND
    )
    program = Program.of(api.compile(PLACES, "places.sched"))
    result = simulate(program, scenario)
    assert not broken(result, scenario)
    assert result.counters["others"] > 0
    assert all(task.ran for task in result.tasks)


def test_groups_stand_behind_those_that_they_are_in() -> None:
    assert with_parents(["/a/b/c", "/a", "/d"]) == ("/", "/a", "/a/b", "/a/b/c", "/d")


def together(result: Result, scenario: Scenario, cpus: tuple[int, int]) -> Counter[str]:
    """How long (ns) two CPUs ran tasks of one control group, of two, or were not both busy."""
    groups = {task.pid: told.cgroup for task, told in zip(result.tasks, scenario.tasks, strict=True)}
    here: dict[int, str | None] = dict.fromkeys(cpus)
    spans: Counter[str] = Counter()
    last = 0
    for line in result.trace:
        if line.what not in ("running", "stopping") or line.cpu not in cpus:
            continue
        found = set(here.values())
        spans["not both" if None in found else "one group" if len(found) == 1 else "two groups"] += line.time - last
        here[line.cpu] = groups[line.pid] if line.what == "running" else None
        last = line.time
    return spans


@pytest.mark.parametrize("name", ["gang", "pair"])
def test_two_cpus_run_one_group_at_a_time(name: str, library: Callable[..., Program]) -> None:
    tasks = tuple(Task(HOG, cgroup=group) for group in ("/a", "/b", "/c") for _ in range(2))
    scenario = Scenario(machine(2, smt=2), tasks, end=2 * SECOND)
    result = simulate(library(name), scenario, trace=True)
    spans = together(result, scenario, (0, 1))
    assert spans["one group"] > 0.9 * scenario.end
    assert spans["two groups"] < 0.02 * scenario.end
    assert min(task.ran for task in result.tasks) > 0.25 * scenario.end


def test_a_cell_has_cpus_by_its_weight(library: Callable[..., Program]) -> None:
    tasks = tuple(Task(HOG, cgroup=group) for group in ("/a", "/b", "/c") for _ in range(4))
    weight = Event(0, "weight", group="/a", value=200)
    result = simulate(library("mitosis"), Scenario(machine(4), tasks, (weight,), end=4 * SECOND))
    ran = [sum(task.ran for task in result.tasks[at : at + 4]) / (4 * SECOND) for at in (0, 4, 8)]
    assert ran == pytest.approx([2, 1, 1], abs=0.3)
    assert result.counters["moved"] < 40


def test_a_layer_gets_cpus_and_gives_them_back(library: Callable[..., Program]) -> None:
    work = Task((Phase("run", SECOND), Phase("sleep", SECOND)), "batch", nice=5)
    tasks = (work, *(Task(work.phases, "batch", nice=5) for _ in range(2)), Task(NAP, "input", nice=-5))
    result = simulate(library("layered"), Scenario(machine(4), tasks, end=4 * SECOND))
    assert result.counters["grown"] >= 3
    assert result.counters["shrunk"] >= 2
    assert result.tasks[3].worst_wait < 5 * MS
