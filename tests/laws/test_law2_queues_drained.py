"""Every queue is pulled from, by CPUs that may run what waits there."""

from __future__ import annotations

import pytest
from policies import LAYERS, errors, level, policy, warnings

PER_LAYER = LAYERS + "queue ready: fifo per layer\n"
OWN = "queue ready: fifo per cpu\n"
TO_LAYER = "insert task into ready[task.layer] for slice"
TO_OWN = "insert task into ready[task.cpu] for slice"


@pytest.mark.parametrize(
    "dispatch",
    [
        "pull ready[*]",
        "pull ready[a] or ready[b] aging 50ms",
        "for l in layers { if pull ready[l] { return } }",
        "if pull ready[a] { return } for l in layers except a { if pull ready[l] { return } }",
    ],
)
def test_every_layer_is_served(dispatch: str) -> None:
    assert errors(policy(declared=PER_LAYER, enqueue=TO_LAYER, dispatch=dispatch)) == set()


@pytest.mark.parametrize(
    "dispatch",
    [
        "pull ready[a]",
        "for l in layers except a { if pull ready[l] { return } }",
        "for l in layers where task_free(l) { if pull ready[l] { return } }",
        "let l = a if pull ready[l] { return }",
    ],
)
def test_a_layer_is_not_served(dispatch: str) -> None:
    more = "fn task_free(l: layer) -> bool { return l == a }\n"
    assert errors(policy(declared=PER_LAYER, enqueue=TO_LAYER, dispatch=dispatch, more=more)) == {"S501"}


def test_a_layer_that_nothing_fills_need_not_be_served() -> None:
    enqueue = "if task.woken { insert task into ready[a] for slice } else { insert task into ready[a] for slice }"
    assert errors(policy(declared=PER_LAYER, enqueue=enqueue, dispatch="pull ready[a]")) == set()


@pytest.mark.parametrize(
    "enqueue",
    [
        "if let c = any_cpu(task) { insert task into ready[c] for slice } else { insert task into ready[task.cpu] for slice }",
        "let c = any_cpu(task, where cpu == boot_cpu) or task.cpu insert task into ready[c] for slice",
        "let first = any_cpu(task, where cpu == boot_cpu) let c = first or task.cpu insert task into ready[c] for slice",
    ],
)  # fmt: skip
def test_a_cpu_that_was_picked_for_the_task_serves_it(enqueue: str) -> None:
    assert errors(policy(declared=OWN, enqueue=enqueue, dispatch="pull ready[cpu]")) == set()


@pytest.mark.parametrize(
    "dispatch",
    [
        "pull ready[cpu]",
        "pull ready[*]",
        "if pull ready[cpu] { return } for other in cpus except cpu { if pull ready[other] { return } }",
    ],
)
def test_places_are_served(dispatch: str) -> None:
    assert errors(policy(declared=OWN, enqueue=TO_OWN, dispatch=dispatch)) == set()


@pytest.mark.parametrize(
    ("enqueue", "dispatch"),
    [
        (TO_OWN, "pull ready[boot_cpu]"),
        (TO_OWN, "for other in cpus except cpu { if pull ready[other] { return } }"),
        (TO_OWN, "for other in cpus of cpu.llc { if pull ready[other] { return } }"),
        ("insert task into ready[boot_cpu] for slice", "pull ready[cpu]"),
        ("let c = any_cpu(task) or boot_cpu insert task into ready[c] for slice", "pull ready[cpu]"),
        ("var c: cpu = task.cpu c = boot_cpu insert task into ready[c] for slice", "pull ready[cpu]"),
    ],
)  # fmt: skip
def test_places_are_not_served(enqueue: str, dispatch: str) -> None:
    assert errors(policy(declared=OWN, enqueue=enqueue, dispatch=dispatch)) == {"S502"}


def test_moving_alone_serves_nobody() -> None:
    declared = "queue ready: fifo\nqueue given: fifo per cpu\n"
    move = "if pull ready into given[cpu] { return }"
    circle = move + " if pull given[cpu] into given[cpu] { return } pull ready"
    assert errors(policy(declared=declared, dispatch=circle)) == {"S501"}
    assert errors(policy(declared=declared, dispatch=move + " pull given[cpu] or ready aging 5ms")) == set()


@pytest.mark.parametrize(
    "dispatch",
    [
        "if random(2) == 0 { pull ready }",
        "if let p = prev { return } pull ready",
        "match cpu.llc.cpus { 4 => { return } otherwise => { } } pull ready",
        "for l in llcs { return } pull ready",
        "if cpu.idle and pull ready { return }",
        "if cpu.idle or pull ready { return }",
        "for l in llcs where l == cpu.llc { if pull ready { return } }",
        "repeat random(3) { if pull ready { return } }",
    ],
)
def test_a_queue_that_is_tried_sometimes_is_warned_of(dispatch: str) -> None:
    text = policy(dispatch=dispatch)
    assert errors(text) == set()
    assert warnings(text) == {"S523"}
    assert level(text, 2) == "assumed"


@pytest.mark.parametrize(
    "dispatch",
    [
        "pull ready",
        "pull ready or keep prev for slice",
        "if not pull ready { keep prev for slice }",
        "if pull ready { return } return",
        "let done = pull ready if done { return }",
        "for l in llcs { if pull ready { return } }",
        "if cpu.idle { pull ready } else { pull ready or keep prev for slice }",
    ],
)
def test_a_queue_that_is_always_tried_is_proved(dispatch: str) -> None:
    text = policy(dispatch=dispatch)
    assert errors(text) == set() and warnings(text) == set()
    assert level(text, 2) == "proved"


def test_layers_count_one_by_one() -> None:
    text = policy(
        declared=PER_LAYER,
        enqueue=TO_LAYER,
        dispatch="if pull ready[a] { return } if cpu.idle { pull ready[b] }",
    )
    assert "S523" in warnings(text)


@pytest.mark.parametrize("dispatch", ["if cpu != boot_cpu { return } pull ready", "if cpu == boot_cpu { pull ready }"])
def test_what_one_cpu_pulls_is_lost_to_tasks_that_may_not_run_there(dispatch: str) -> None:
    text = policy(dispatch=dispatch)
    assert errors(text) == set() and warnings(text) == {"S523"}
    assert level(text, 2) == "assumed"


def test_one_cpu_may_hand_out_tasks_to_the_others() -> None:
    hands = "for other in cpus except cpu { if pull ready into given[other] { kick other } } pull ready aging 20ms"
    text = policy(
        declared="queue ready: fifo\nqueue given: fifo per cpu\n",
        dispatch=f"if pull given[cpu] {{ return }} if cpu == boot_cpu {{ {hands} }}",
    )
    assert errors(text) == set() and warnings(text) == set()
    assert level(text, 2) == "assumed"


@pytest.mark.parametrize(
    ("dispatch", "found"),
    [
        ("if cpu != boot_cpu { pull ready[cpu] }", {"S523"}),
        ("if cpu == boot_cpu { pull ready[cpu] return } pull ready[cpu]", set()),
    ],
)
def test_what_waits_at_a_place_waits_for_its_own_cpus(dispatch: str, found: set[str]) -> None:
    """One CPU that looks into its queue is no help to what waits in another's."""
    text = policy(declared=OWN, enqueue=TO_OWN, dispatch=dispatch)
    assert errors(text) == set() and warnings(text) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("if pull ready[other] { return } break", {"S502"}),
        ("if pull ready[other] { return } return", {"S502"}),
        ("if pull ready[other] { break } else { return }", {"S502"}),
        ("if pull ready[other] { return } if cpu.idle { break }", {"S502"}),
        ("if not pull ready[other] { return }", {"S502"}),
        ("if pull ready[other] { break }", set()),
        ("if pull ready[other] { return } else { continue }", set()),
        ("if not pull ready[other] { continue } return", set()),
        ("if pull ready[other] { return } repeat 2 { break }", set()),
    ],
)
def test_a_loop_that_ends_before_it_found_a_task_serves_the_first_place_only(body: str, found: set[str]) -> None:
    dispatch = f"for other in cpus {{ {body} }}"
    assert errors(policy(declared=OWN, enqueue=TO_OWN, dispatch=dispatch)) == found


PER_GROUP = "queue ready: fifo per cgroup\n"
TO_GROUP = "insert task into ready[task.cgroup] for slice"


@pytest.mark.parametrize(
    "dispatch",
    [
        "pull ready[*]",
        "for g in cgroups { if pull ready[g] { return } }",
        "if let g = any_cgroup(where not empty(ready[cgroup])) { if pull ready[g] { return } } pull ready[*]",
    ],
)
def test_every_group_is_served(dispatch: str) -> None:
    text = policy(declared=PER_GROUP, enqueue=TO_GROUP, dispatch=dispatch)
    assert (errors(text), warnings(text)) == (set(), set())


@pytest.mark.parametrize(
    "dispatch",
    [
        "pull ready[root_cgroup]",
        "for g in cgroups where g.weight > 100 { if pull ready[g] { return } }",
        "if let g = any_cgroup(where not empty(ready[cgroup])) { pull ready[g] }",
    ],
)
def test_a_group_is_not_served(dispatch: str) -> None:
    assert errors(policy(declared=PER_GROUP, enqueue=TO_GROUP, dispatch=dispatch)) == {"S502"}
