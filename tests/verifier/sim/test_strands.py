"""Callbacks that stop in the middle: what others do meanwhile, and what the kernel's locks forbid them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hand import by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from schedc.verifier.sim import Phase, Program, Result, Scenario, SimError, Stop, Task, broken, machine, simulate
from schedc.verifier.sim.scenario import MS, US

STORM = tuple(Task((Phase("run", MS), Phase("sleep", 3 * MS)), f"t{at}") for at in range(6))
SCENARIO = Scenario(machine(4, per_llc=2), STORM, end=40 * MS)
OFTEN = tuple(Stop(access, 20 * US) for access in range(5, 2000, 3))
COUNTING = "extern u64 count; insert(p, READY, 5000000, flags); {} kick(claim_idle(p), KICK_IDLE);"
IN_TWO_STEPS = "u64 was = READ_ONCE(count); WRITE_ONCE(count, was + 1);"
IN_ONE = "__sync_fetch_and_add(&count, 1);"


def counted(how: str, stops: tuple[Stop, ...]) -> tuple[int, int]:
    """What the program counted, and how often it was to."""
    program = replace(by_hand(enqueue=COUNTING.format(how), extra="u64 count;"), readings=("count",))
    result = simulate(program, replace(SCENARIO, stops=stops), trace=True)
    return result.readings["count"][0], sum(line.what == "enqueue" for line in result.trace)


def test_an_update_is_lost_where_it_is_not_atomic() -> None:
    count, enqueues = counted(IN_TWO_STEPS, OFTEN)
    assert count < enqueues


@pytest.mark.parametrize(("how", "stops"), [(IN_TWO_STEPS, ()), (IN_ONE, ()), (IN_ONE, OFTEN)])
def test_none_is_lost_where_it_is_or_nothing_stops(how: str, stops: tuple[Stop, ...]) -> None:
    count, enqueues = counted(how, stops)
    assert count == enqueues


def test_stops_that_never_come_change_nothing() -> None:
    plain = simulate(by_hand(), SCENARIO, trace=True)
    assert simulate(by_hand(), replace(SCENARIO, stops=(Stop(1 << 40, MS),)), trace=True) == plain


def overlapping(result: Result) -> list[str]:
    """Callbacks on the CPU of one that stopped, or for its task, before it went on."""
    found: list[str] = []
    open_ones: dict[int, int] = {}
    for line in result.trace:
        kind = line.what.partition(".")[0]
        if line.cpu in open_ones and kind != "go_on":
            found.append(f"{line.what} on CPU {line.cpu} at {line.time}")
        if kind in ("enqueue", "running", "stopping") and line.pid in [pid for pid in open_ones.values() if pid]:
            found.append(f"{line.what} for {line.pid} at {line.time}")
        if kind == "stop":
            open_ones[line.cpu] = line.a
        elif kind == "go_on":
            del open_ones[line.cpu]
    return found


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(st.sets(st.integers(1, 250), min_size=1, max_size=120), st.sampled_from([US, 50 * US, MS]))
def test_neither_a_cpu_nor_a_task_is_in_two_callbacks_at_once(accesses: set[int], ns: int) -> None:
    scenario = replace(SCENARIO, stops=tuple(Stop(access, ns) for access in sorted(accesses)))
    first, second = (simulate(by_hand(), scenario, trace=True) for _ in range(2))
    assert first == second
    assert first.stops
    assert overlapping(first) == []
    assert broken(first, scenario, grace=None) == ()


def test_what_a_dead_task_had_is_there_while_somebody_may_look() -> None:
    mortal = tuple(replace(task, repeat=2) for task in STORM)
    result = simulate(by_hand(), Scenario(machine(4), mortal, end=40 * MS, stops=OFTEN))
    assert {task.place for task in result.tasks} == {"dead"}


@pytest.mark.parametrize(
    ("stops", "said"),
    [
        ((Stop(3, MS), Stop(3, MS)), "stop 1: the number of an access is behind that of the stop before"),
        ((Stop(1, -1),), "stop 0 has no length"),
        (tuple(Stop(at, 1) for at in range(1, 5000)), "more than 4096 stops"),
    ],
)
def test_stops_that_cannot_be_are_refused(stops: tuple[Stop, ...], said: str) -> None:
    with pytest.raises(SimError, match=said):
        simulate(Program("none", ""), replace(SCENARIO, stops=stops))


def test_who_is_queued_behind_the_back_of_a_cpu_that_looks_is_nobodys_fault() -> None:
    """The CPU has been at the queue, and is not idle yet for anybody to kick it: it may go idle while the task waits."""
    looks = by_hand(dispatch="extern u64 count; pull(READY); WRITE_ONCE(count, 1);", extra="u64 count;")
    turns = (Phase("run", 5 * MS), Phase("sleep", MS)), *[(Phase("run", MS), Phase("sleep", at * MS)) for at in (3, 4)]
    scenario = Scenario(machine(2), tuple(Task(phases) for phases in turns), end=80 * MS)
    results = [simulate(looks, replace(scenario, stops=(Stop(at, 2 * MS),)), trace=True) for at in range(310, 330)]
    behind = [each for each in results if any(line.what == "stop.dispatch.count" for line in each.trace)]
    assert behind
    assert max(each.unserved.length for each in behind) < 100 * US
