"""Each way of breaking a policy is caught, with the kernel's reason; the policy that is not broken passes."""

from __future__ import annotations

import pytest
from hand import HOTPLUG, by_hand

from schedc.verifier.sim import Event, Phase, Program, Result, Scenario, Task, broken, machine, simulate
from schedc.verifier.sim.scenario import MS, SECOND

HOG = (Phase("run", 10 * MS),)
NAP = (Phase("run", 2 * MS), Phase("sleep", 3 * MS))
BUSY = Scenario(
    machine(2),
    (Task(HOG, "hog"), Task(HOG, "other"), Task(NAP, "nap"), Task(NAP, "first", cpus=frozenset({0}))),
    end=2 * SECOND,
    timeout=SECOND // 2,
)


def run(program: Program, scenario: Scenario = BUSY) -> tuple[Result, set[str]]:
    result = simulate(program, scenario)
    return result, {each.name for each in broken(result, scenario)}


def test_what_is_well_breaks_nothing() -> None:
    result, names = run(by_hand())
    assert names == set()
    assert result.exit.kind == 0
    assert sum(task.ran for task in result.tasks) > 3 * SECOND


def test_a_task_that_is_put_nowhere() -> None:
    lost = "if (!(p->pid % 3)) return; insert(p, READY, 5000000, flags);"
    result, names = run(by_hand(enqueue=lost))
    assert names == {"no_task_lost", "no_abort"}
    assert result.exit.kind == 1026
    assert "other[102]" not in result.exit.message
    assert result.exit.message.endswith("s")
    assert " failed to run for 0." in result.exit.message


ABORTS = {
    "an absent queue": (
        {"enqueue": "insert(p, 99, 5000000, flags);"}, "non-existent DSQ 0x63",
    ),
    "a pull from an absent queue": ({"dispatch": "pull(99);"}, "invalid DSQ ID 0x0000000000000063"),
    "a pull from a built-in queue": (
        {"dispatch": "pull(DSQ_GLOBAL);"}, "invalid DSQ ID 0x8000000000000001",
    ),
    "the same task twice": (
        {"enqueue": "insert(p, READY, 5000000, flags); insert(p, READY, 5000000, flags);"},
        "hog[100] already direct-dispatched",
    ),
    "vtime in a built-in queue": (
        {"enqueue": "insert_at(p, DSQ_GLOBAL, 5000000, 1, flags);"}, "cannot use vtime ordering for built-in DSQs",
    ),
    "both orders in one queue": (
        {"enqueue": "if (p->pid & 1) insert(p, READY, 1, flags); else insert_at(p, READY, 1, 1, flags);",
         "select_cpu": "return prev;"},
        "DSQ ID 0x0000000000000007 already had PRIQ-enqueued tasks",
    ),
    "a CPU that is not there": (
        {"select_cpu": "return 77;"}, "invalid CPU 77 from ops.select_cpu()",
    ),
    "a local queue that is not there": (
        {"enqueue": "insert(p, DSQ_LOCAL_ON | 9, 5000000, flags);"},
        "invalid CPU 9 in SCX_DSQ_LOCAL_ON dispatch verdict",
    ),
    "a CPU where the task may not run": (
        {"enqueue": "insert(p, DSQ_LOCAL_ON | 1, 5000000, flags);"},
        "SCX_DSQ_LOCAL[_ON] target CPU 1 not allowed for first[103]",
    ),
    "a kick that is two": (
        {"enqueue": "insert(p, READY, 5000000, flags); kick(0, KICK_IDLE | KICK_PREEMPT);"},
        "PREEMPT/WAIT cannot be used with SCX_KICK_IDLE",
    ),
    "a pull where none may be": (
        {"enqueue": "insert(p, READY, 5000000, flags); pull(READY);"},
        "kfunc with mask 0x4 called from an operation only allowing 0x2",
    ),
    "more inserts than there is room for": (
        {"dispatch": "s32 i; struct task_struct *p; each_waiting(p, READY) each_number(i, 0, 40) insert(p, READY, 0, 0);"},
        "dispatch buffer overflow",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ABORTS))
def test_aborts(name: str) -> None:
    parts, message = ABORTS[name]
    result, names = run(by_hand(**parts))
    assert result.exit.message == message
    assert result.exit.reason == "runtime error"
    assert "no_abort" in names


def test_an_absent_hotplug_callback_ends_the_scheduler() -> None:
    scenario = Scenario(machine(2), (Task(HOG),), (Event(MS, "off", 1),))
    result, _ = run(by_hand(ops=""), scenario)
    assert result.exit.message == "cpu 1 going offline, exiting scheduler"


def test_a_task_that_may_not_migrate_stays() -> None:
    pinned = Task((Phase("pin"), Phase("run", MS), Phase("sleep", MS), Phase("unpin")), "pinned")
    send = "insert(p, DSQ_LOCAL_ON | (task_cpu(p) ^ 1), 5000000, flags);"
    ops = f"{HOTPLUG} .flags = SCX_OPS_ENQ_MIGRATION_DISABLED,"
    result, _ = run(by_hand(enqueue=send, ops=ops), Scenario(machine(2), (pinned,)))
    assert result.exit.message.startswith("SCX_DSQ_LOCAL[_ON] cannot move migration disabled pinned[100] from CPU ")


def test_starving() -> None:
    """Who comes last in a queue that is served from its end waits for ever."""
    last_first = "insert_at(p, READY, 5000000, -now(), flags);"
    result, names = run(by_hand(enqueue=last_first), Scenario(machine(1), (Task(HOG, "old"), Task(HOG, "b"), Task(HOG, "c")), end=2 * SECOND, timeout=SECOND // 2))
    assert names == {"no_abort"}
    assert "failed to run for 0.7" in result.exit.message
    assert result.exit.reason == "runnable task stall"


def test_a_cpu_left_idle() -> None:
    """Nobody tells the other CPU of what waits."""
    result, names = run(
        by_hand(select_cpu="return 0;", enqueue="insert(p, READY, 20000000, flags);"),
        Scenario(machine(2), (Task(HOG, "a"), Task(HOG, "b"))),
    )
    assert names == {"work_conserving"}
    assert (result.unserved.cpu, result.unserved.length) == (1, 20 * MS)


def test_a_loop_without_calls_ends_by_its_processor_time() -> None:
    result = simulate(by_hand(dispatch="for (;;) WRITE_ONCE(nothing, 1);"), BUSY, deadline=1)
    assert result.trap is not None
    assert str(result.trap).startswith("dispatch does not end")


@pytest.mark.parametrize(
    ("part", "signal", "what"),
    [
        ("for (;;) scx_bpf_kick_cpu(0, 0);", 0, "calls the kernel without end"),
        ("*(volatile u32 *)8 = 1;", 11, "uses memory that is not its own"),
        ("s32 zero = READ_ONCE(nothing); p->pid /= zero;", 4, "divides by zero"),
        ("volatile u32 by = 64; flags <<= by;", 4, "shifts by more bits than a number has"),
        ("volatile s32 most = 2147483647; most = most + 1;", 4, "overflows a signed number"),
        ("static int table[4]; volatile int at = 9; table[at] = 1;", 4, "reads or writes behind the end of an array"),
    ],
)
def test_traps_name_the_callback_and_what_it_did(part: str, signal: int, what: str) -> None:
    result, names = run(by_hand(enqueue=part))
    assert result.trap is not None
    assert names == {"no_trap"}
    assert (result.trap.callback, result.trap.pid, result.trap.signal) == ("enqueue", 100, signal)
    assert f"enqueue {what}" in str(result.trap)
