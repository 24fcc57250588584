"""Stories that broke the library or a law."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path

from schedc import api
from schedc.verifier.exits import STALL
from schedc.verifier.fuzz import Judged, Story, Subject, run
from schedc.verifier.fuzz.contract import judge
from schedc.verifier.fuzz.story import read
from schedc.verifier.sim.scenario import MS, Phase

BY_DEADLINE = """language 1
policy by_deadline "Deadlines and the previous task."
queue ready: time from 0ms to 1s
on enqueue(task) { insert task into ready at now + 10ms for 5ms }
on dispatch(cpu, prev) { pull ready or keep prev for 5ms }
"""
STORIES = Path(__file__).parent / "stories"


def holds(policy: str, story: str) -> bool:
    text = (resources.files("schedc.stdlib_policies") / f"{policy}.sched").read_text()
    return run(Subject.of(api.compile(text)), read(STORIES / policy / story)).broken == ()


def test_a_short_slice_bounds_waits_where_prev_is_not_kept() -> None:
    assert holds("fifo", "bounded_wait-d26991f11000.json")


def test_who_ends_waits_on_its_cpu_because_the_kernel_says_so() -> None:
    assert holds("quota", "work_conserving-a163592b6b10.json")


def test_who_goes_on_beside_deadlines_gives_way_in_the_end() -> None:
    story = read(STORIES / "by_deadline/no_abort-89069f91346a.json")
    assert run(Subject.of(api.compile(BY_DEADLINE)), story).broken == ()


def test_a_kick_goes_to_a_cpu_that_is_on() -> None:
    assert holds("fair", "work_conserving-29033ede154e.json")


def test_who_waited_for_a_higher_class_is_not_late_when_it_is_queued_again() -> None:
    assert holds("fair", "work_conserving-a9ed6d5d8bfb.json")


def test_nobody_is_put_before_a_cpus_own_kernel_thread_that_it_has_not_yet_begun() -> None:
    assert holds("lavd", "work_conserving-682913a3210f.json")


def test_who_yields_all_the_time_does_not_take_the_turns_of_its_layer() -> None:
    assert holds("layered", "no_abort-bb6671d1dca3.json")


def test_who_was_overtaken_on_the_cpu_that_was_kicked_for_it_is_not_forgotten_by_the_policy() -> None:
    assert holds("nest", "work_conserving-ad00e41b381d.json")


def test_a_cpu_that_goes_idle_while_a_task_is_being_queued_does_not_see_it() -> None:
    assert holds("mlfq", "work_conserving-e2ae996a86b2.json")


def test_nor_is_it_held_against_that_cpu_when_it_looks_again() -> None:
    assert holds("budget", "work_conserving-871ffa51442f.json")


def test_a_cpu_may_take_another_task_while_it_is_being_chosen() -> None:
    assert holds("lavd", "work_conserving-cbef87ff504b.json")


def test_rescues_take_every_second_turn_only() -> None:
    assert holds("sojourn", "no_abort-9d69a730b7b3.json")


def stalled(policy: str, story: str) -> tuple[Subject, Story, Judged]:
    """A stall that is foreseen."""
    subject = Subject.of(api.compile((resources.files("schedc.stdlib_policies") / f"{policy}.sched").read_text()))
    found = read(STORIES / policy / story)
    judged = run(subject, found)
    assert (judged.result.exit.kind, judged.broken) == (STALL, ())
    return subject, found, judged


def test_a_stall_counts_where_weights_do_not_explain_it() -> None:
    flash, story, judged = stalled("flash", "no_abort-93dd71c66ad8.json")
    equal = replace(judged.result, tasks=tuple(replace(task, weight=100) for task in judged.result.tasks))
    assert [each.name for each in judge(flash, story, equal)] == ["no_abort"]


def test_a_stall_counts_where_short_runs_do_not_take_the_turns_of_a_queue_that_is_aged() -> None:
    bpfland, story, judged = stalled("bpfland", "no_abort-f3a3ee11c9fa.json")
    long = tuple(replace(task, phases=(Phase("run", 10 * MS),)) for task in story.scenario.tasks)
    steady = replace(story, scenario=replace(story.scenario, tasks=long))
    assert [each.name for each in judge(bpfland, steady, judged.result)] == ["no_abort"]
