"""Queues of virtual time beside a sorted list: whatever comes, goes and equals, the first is the first."""

from __future__ import annotations

from bisect import insort

from hand import by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from schedc.verifier.sim import Event, Phase, Scenario, Task, machine, simulate
from schedc.verifier.sim.scenario import MS, SECOND, US

DRAWN = by_hand(
    select_cpu="return prev;", enqueue="insert_at(p, READY, 5000000, bpf_get_prandom_u32() % 16, flags);"
)
CHANGES = st.builds(
    lambda time, on, nice: Event(time, "nice", on, nice), st.integers(0, SECOND), st.integers(0, 39), st.integers(-20, 19)
)


@settings(max_examples=40)
@given(st.integers(1, 1 << 40), st.integers(1, 40), st.lists(CHANGES, max_size=30))
def test_a_queue_is_sorted_and_stable(seed: int, tasks: int, changes: list[Event]) -> None:
    """A change of nice takes a task out of the middle and puts it back with another time."""
    events = tuple(event for event in changes if event.on < tasks)
    body = (Phase("run", 3 * MS), Phase("sleep", 200 * US))
    story = Scenario(machine(1), (Task(body),) * tasks, events, seed=seed)
    model: list[tuple[int, int, int]] = []
    pulls = 0
    for order, line in enumerate(simulate(DRAWN, story, trace=True).trace):
        if line.what == "insert":
            insort(model, (line.b, order, line.pid))
        elif line.what == "quiescent" or line.what == "nice":
            model = [each for each in model if each[2] != line.pid]
        elif line.what == "pull":
            assert model.pop(0)[2] == line.pid
            pulls += 1
    assert pulls > 50


def test_memory_does_not_grow_with_time() -> None:
    body = (Phase("run", 300 * US), Phase("sleep", 500 * US))

    def memory(seconds: int) -> int:
        story = Scenario(machine(2), (Task(body),) * 8, end=seconds * SECOND)
        return simulate(by_hand(), story).memory

    assert memory(20) < 1.2 * memory(1)
