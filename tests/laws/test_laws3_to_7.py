"""The discipline of queues, CPUs, ranges, bounds and waiting."""

from __future__ import annotations

import pytest
from policies import LAYERS, errors, level, policy, warnings

from schedc.api import check
from schedc.laws.verdict import Level

VTIME = "queue ready: vtime from -20ms to 500ms\n"
AT = "insert task into ready at task.vtime for slice"


@pytest.mark.parametrize(
    ("declared", "enqueue", "code"),
    [
        (VTIME, "insert task into ready for slice", "S504"),
        ("queue ready: fifo\n", AT, "S505"),
        (VTIME, "insert task into ready at now for slice", "S202"),
        ("queue ready: time from 0ms to 1s\n", AT, "S202"),
        ("queue ready: fifo per llc\n", "insert task into ready[task.cpu] for slice", "S202"),
        ("queue ready: fifo per llc\n", "insert task into ready[task.llc, task.cpu] for slice", "S506"),
        ("queue ready: fifo per llc\n", "insert task into ready[*] for slice", "S507"),
    ],
)
def test_law3_a_queue_has_one_discipline(declared: str, enqueue: str, code: str) -> None:
    dispatch = "pull ready[*]" if "per" in declared else "pull ready"
    assert errors(policy(declared=declared, enqueue=enqueue, dispatch=dispatch)) == {code}


@pytest.mark.parametrize("queue", ["local(cpu)", "global", "SCX_DSQ_GLOBAL", "SCX_DSQ_LOCAL"])
def test_law3_the_kernels_queues_are_not_pulled_from(queue: str) -> None:
    found = errors(policy(dispatch=f"pull {queue}"))
    assert found and found <= {"S503", "S010", "S017", "S024"}


@pytest.mark.parametrize("cpu", ["prev", "task.cpu", "boot_cpu", "task.home or prev"])
def test_law4_local_queues_take_claims(cpu: str) -> None:
    body = f"insert task into local({cpu}) for slice return prev"
    assert "S309" in errors(policy(declared="queue ready: fifo\ntask { home: cpu? }\n", select=body))


def test_law4_what_is_returned_unclaimed_is_guarded() -> None:
    assert level(policy(select="return prev"), 4) == "guarded"


@pytest.mark.parametrize(
    "expression",
    ["slice / length(ready)", "slice / task.burst", "5 % waiting", "slice scaled by task.share", "slice / (waiting - 1)",
     "slice / random(4)", "slice / (if task.woken { 1 } else { 0 })", "slice / at_most_three(0)"],
)  # fmt: skip
def test_law5_a_divisor_that_may_be_zero(expression: str) -> None:
    declared = "queue ready: fifo\ntask { burst: duration share: weight }\nglobal waiting: count\n"
    declared += "fn at_most_three(x: count) -> count in 0..3 { return x }\n"
    assert "S401" in errors(policy(declared=declared, enqueue=f"let x = {expression} insert task into ready for slice"))


@pytest.mark.parametrize(
    "expression",
    ["slice / max(length(ready), 1)", "slice / task.weight", "slice / (waiting + 1)", "slice scaled by task.weight",
     "slice / one_to_three(0)", "slice / (if task.woken { 1 } else { 2 })", "slice / clamp(waiting, 1, 8)"],
)  # fmt: skip
def test_law5_a_divisor_that_is_not_zero(expression: str) -> None:
    declared = "queue ready: fifo\nglobal waiting: count\nfn one_to_three(x: count in 1..3) -> count in 1..3 { return 6 / x }\n"
    assert errors(policy(declared=declared, enqueue=f"let x = {expression} insert task into ready for slice")) == set()


def test_law5_saturation_is_reported() -> None:
    assert level(policy(enqueue="let x = now + slice insert task into ready for slice"), 5) == "proved"
    assert level(policy(enqueue="let x = now - slice insert task into ready for slice"), 5) == "guarded"


def test_law5_sums_of_several_cpus_are_assumed_to_be_small() -> None:
    def assumed(statement: str) -> bool:
        text = policy(declared="queue ready: fifo\nglobal sum: duration\n", more=f"on running(task) {{ {statement} }}\n")
        return any("shared words" in each for law in check(text).verdicts if law.law == 5 for each in law.assumptions)

    assert assumed("sum += slice")
    assert not assumed("sum = max(sum, slice)")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("repeat 65 { }", "S402"),
        ("repeat length(ready) { }", "S402"),
        ("for a in llcs { for b in llcs { for c in llcs { } } }", "S404"),
        ("for a in llcs { repeat 2 { for c in llcs { } } }", "S404"),
    ],
)
def test_law6_loops_have_bounds(body: str, code: str) -> None:
    assert errors(policy(enqueue=f"{body} insert task into ready for slice")) == {code}


def test_law6_functions_do_not_explode() -> None:
    doubling = "fn f0(x: count) -> count { return x + 1 }\n"
    doubling += "".join(f"fn f{n}(x: count) -> count {{ return f{n - 1}(x) + f{n - 1}(x) }}\n" for n in range(1, 60))
    assert errors(policy(more=doubling)) == {"S405"}


def test_law7_strict_priority_is_warned_of() -> None:
    declared = LAYERS + "queue ready: fifo per layer\n"
    enqueue = "insert task into ready[task.layer] for slice"
    strict = policy(declared=declared, enqueue=enqueue, dispatch="pull ready[a] or ready[b]")
    aging = policy(declared=declared, enqueue=enqueue, dispatch="pull ready[a] or ready[b] aging 50ms")
    assert warnings(strict) == {"S518"} and level(strict, 7) == "assumed"
    assert warnings(aging) == set()


@pytest.mark.parametrize(
    ("declared", "expected"),
    [("queue ready: fifo\n", "proved"), (VTIME, "proved"), ("queue ready: time from 0ms to 1s\n", "tested")],
)
def test_law7_bounds_on_waiting(declared: str, expected: str) -> None:
    at = " at task.vtime" if "vtime" in declared else " at now" if "time" in declared else ""
    assert level(policy(declared=declared, enqueue=f"insert task into ready{at} for slice"), 7) == expected


def test_law7_infinite_slices_have_no_bound() -> None:
    assert level(policy(enqueue="insert task into ready for infinite"), 7) == "tested"


TWO = "queue ready: fifo\nqueue late: fifo\n"
BOTH = "if task.woken { insert task into ready for slice } else { insert task into late for slice }"


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (policy(declared=VTIME, enqueue=AT, more="on stopping(task, ran) { }\n"), "charged"),
        (policy(declared=VTIME, enqueue=AT, more="on stopping(task, ran) { task.vtime += 1ms }\n"), "charged"),
        (policy(declared=VTIME, enqueue=AT, more="on stopping(task, ran) { if task.kthread { return } "
                "task.vtime += ran scaled by task.weight }\n"), "charged"),
        (policy(declared=VTIME, enqueue=AT, more="on stopping(task, ran) { if not task.kthread { "
                "task.vtime += ran scaled by task.weight } }\n"), "charged"),
        (policy(declared=VTIME, enqueue=AT, more="on running(task) { task.vtime = clock(ready) }\n"), "charged"),
        (policy(declared=VTIME, enqueue="insert task into ready at clock(ready) for slice"), "charged"),
        (policy(dispatch="if let last = prev { return } pull ready"), "may go idle"),
        (policy(declared=TWO, enqueue=BOTH,
                dispatch="if cpu.llc.cpus > 4 { pull ready or late } else { pull late or ready }"), "others come first"),
        (policy(declared=TWO, enqueue=BOTH, dispatch="pull ready or late aging 5ms"), "as long as agings"),
        (policy(declared=VTIME + "queue late: fifo\n", dispatch="pull late or ready aging 100ms",
                enqueue="if task.woken { insert task into late for slice } else { " + AT + " }"), "is aged"),
    ],
)  # fmt: skip
def test_law7_what_bounds_no_waiting_is_not_said_to(made: str, why: str) -> None:
    assert errors(made) == set()
    weak = [each for each in check(made).verdicts if each.law == 7 and each.level is not Level.PROVED]
    assert any(why in each.detail for each in weak)


def test_law7_a_source_that_is_aged_waits_for_its_turn_each_time() -> None:
    made = policy(declared=TWO + "promise max_wait 1s while runnable <= 20 per cpu\n", enqueue=BOTH,
                  dispatch="pull ready or late aging 100ms")  # fmt: skip
    ready, late, promise = (each for each in check(made).verdicts if each.law == 7)
    # One slice of 5 ms in 100 ms goes to `late`: 19 others, and one that was served first, in 19/20 of the time;
    # and the 15 ms by which the kernel's slice, of who goes on alone, is longer.
    assert ready.level is Level.PROVED and "at most 121ms at the defaults" in ready.detail
    # 19 others, each after 100 ms and the two slices that may lie before, in 19/20 of the time.
    assert late.level is Level.PROVED and "at most 2116ms at the defaults" in late.detail
    assert promise.level is Level.TESTED
