"""The rules of sched_ext that the core follows, each as one small story. docs/simulator.md says where each stands."""

from __future__ import annotations

from hand import HOTPLUG, by_hand

from schedc.verifier.sim import Event, Phase, Program, Result, Scenario, Task, machine, simulate
from schedc.verifier.sim.scenario import MS, SECOND, US

HOG = (Phase("run", 10 * MS),)
ONCE = (Phase("run", 2 * MS),)
NAP = (Phase("run", MS), Phase("sleep", 10 * MS))
ALL = HOTPLUG + "".join(
    f" .{name} = (void *)policy_note,"
    for name in ("runnable", "running", "stopping", "quiescent", "enable", "set_weight", "set_cpumask", "disable", "exit_task")
)
CALLBACKS = {
    "init_task", "enable", "set_weight", "set_cpumask", "select_cpu", "runnable", "enqueue", "running", "stopping",
    "quiescent", "disable", "exit_task",
}  # fmt: skip
GREEDY = "insert(p, READY, 50000000, flags);"


def run(program: Program, cpus: int, *tasks: Task, events: tuple[Event, ...] = (), end: int = SECOND // 2) -> Result:
    result = simulate(program, Scenario(machine(cpus), tasks, events, end), trace=True)
    assert result.exit.kind == 0, result.exit
    return result


def calls(result: Result, pid: int = 100, since: int = 0, until: int = SECOND) -> list[str]:
    """The callbacks for a task, in their order."""
    return [
        line.what for line in result.trace if line.pid == pid and line.what in CALLBACKS and since <= line.time < until
    ]


def order(result: Result, what: str = "run") -> list[int]:
    """Which tasks something happened to, one after the other."""
    return [line.pid for line in result.trace if line.what == what]


# ---- callbacks in the kernel's order


def test_the_life_of_a_task() -> None:
    result = run(by_hand(ops=ALL), 2, Task((Phase("run", MS), Phase("sleep", MS)), repeat=2))
    born = ["init_task", "enable", "set_weight", "select_cpu", "runnable", "enqueue", "running"]
    wakes = ["select_cpu", "runnable", "enqueue", "running"]
    leaves = ["runnable", "running"]
    assert calls(result) == [
        *born, "stopping", "quiescent", *wakes, "stopping", "quiescent", *wakes, "stopping", "quiescent", *leaves,
        "stopping", "quiescent", "disable", "exit_task",
    ]  # fmt: skip


def test_a_new_task_has_no_weight_yet() -> None:
    refuse = 'SEC("x") s32 policy_init_task(u64 *ctx) { return ARG(0, struct task_struct *)->scx.weight ? -12 : 0; }'
    result = run(by_hand(ops=f"{HOTPLUG} .init_task = (void *)policy_init_task,", extra=refuse), 1, Task(HOG, nice=5))
    assert (result.refused, result.tasks[0].weight) == (0, 33)


def test_a_fork_that_the_policy_refuses_leaves_the_rest_alone() -> None:
    refuse = 'SEC("x") s32 policy_init_task(u64 *ctx) { return ARG(0, struct task_struct *)->pid > 101 ? -12 : 0; }'
    child = Task(ONCE, "child", start=None)
    parent = Task((Phase("run", MS), Phase("fork", 0)), "parent", repeat=3)
    result = run(by_hand(ops=f"{HOTPLUG} .init_task = (void *)policy_init_task,", extra=refuse), 1, child, parent)
    assert result.refused == 3
    assert [task.place for task in result.tasks] == ["unborn", "dead", "dead", "dead", "dead"]


def test_a_change_of_nice_goes_through_the_queue() -> None:
    tasks = (Task(HOG, "a"), Task(HOG, "b"))
    events = (Event(MS, "nice", 0, 5), Event(MS, "nice", 1, 5))
    result = run(by_hand(ops=ALL), 1, *tasks, events=events)
    assert calls(result, 100, MS, MS + 1) == ["stopping", "quiescent", "set_weight", "runnable", "running"]
    assert calls(result, 101, MS, MS + 1) == ["quiescent", "set_weight", "runnable", "enqueue"]
    assert [task.weight for task in result.tasks] == [33, 33]


def test_a_running_task_that_must_leave_its_cpu_is_queued_again_elsewhere() -> None:
    events = (Event(MS, "affinity", 0, cpus=frozenset({1})),)
    result = run(by_hand(ops=ALL), 2, Task(HOG), events=events)
    assert calls(result, 100, MS, 2 * MS) == [
        "stopping", "quiescent", "set_cpumask", "runnable", "running", "stopping", "enqueue", "running",
    ]  # fmt: skip
    assert result.tasks[0].cpu == 1


# ---- waking up


def test_a_pinned_task_is_not_asked_about() -> None:
    result = run(by_hand(), 2, Task(NAP, "free"), Task(NAP, "pinned", cpus=frozenset({1})))
    assert "select_cpu" in calls(result, 100)
    assert "select_cpu" not in calls(result, 101)


def test_a_task_that_may_not_migrate_skips_the_policy() -> None:
    section = (Phase("pin"), Phase("run", MS), Phase("sleep", MS), Phase("unpin"), Phase("run", MS))
    result = run(by_hand(), 2, Task(section, repeat=1))
    assert calls(result) == ["init_task", "select_cpu", "enqueue"]
    assert result.events["ENQ_SKIP_MIGRATION_DISABLED"] == 1


def test_an_exiting_task_skips_the_policy() -> None:
    tick = 4 * MS
    dying = Task((Phase("run", tick - 10 * US),), "dying", repeat=1)
    result = run(by_hand(enqueue="insert(p, READY, 1000000, flags);"), 1, dying, Task(HOG, "other"))
    assert result.events["ENQ_SKIP_EXITING"] == 1


def test_a_bad_choice_is_replaced_and_counted() -> None:
    task = Task(NAP, cpus=frozenset({1, 2}), start=MS)
    result = run(by_hand(select_cpu="return 0;"), 3, task)
    assert result.events["SELECT_CPU_FALLBACK"] == order(result, "wake").count(100)
    assert result.tasks[0].cpu in (1, 2)


def test_who_is_inserted_by_select_cpu_is_not_enqueued() -> None:
    direct = "insert(p, DSQ_LOCAL, 5000000, 0); return 1;"
    result = run(by_hand(select_cpu=direct), 2, Task(NAP))
    assert "enqueue" not in calls(result)
    assert {line.cpu for line in result.trace if line.what == "run"} == {1}


def test_the_local_queue_of_another_cpu_is_filled() -> None:
    result = run(by_hand(select_cpu="return 0;", enqueue="insert(p, DSQ_LOCAL_ON | 1, 5000000, flags);"), 2, Task(NAP))
    assert {line.cpu for line in result.trace if line.what == "run"} == {1}


# ---- queues


def test_first_in_first_out() -> None:
    result = run(by_hand(), 1, *(Task(ONCE, f"t{i}", repeat=1) for i in range(4)))
    assert order(result) == [100, 101, 102, 103]


def test_virtual_time_wraps_and_equals_keep_their_order() -> None:
    """The third is before the first two, though its number is larger: the way there is the shorter one."""
    at = "u64 at[] = { 5, 5, -3, 2 }; insert_at(p, READY, 5000000, at[(p->pid - 100) & 3], flags);"
    result = run(by_hand(enqueue=at), 1, *(Task(ONCE, f"t{i}", repeat=1) for i in range(4)))
    assert order(result) == [102, 103, 100, 101]


def test_a_pull_skips_who_may_not_run_here() -> None:
    one = frozenset({1})
    tasks = (Task(ONCE, "there", cpus=one, repeat=1), Task(ONCE, "too", cpus=one, repeat=1), Task(ONCE, "here", repeat=1))
    result = run(by_hand(select_cpu="return 0;"), 2, *tasks)
    assert [(line.pid, line.cpu) for line in result.trace if line.what == "run"] == [(102, 0), (100, 1), (101, 1)]


def test_the_global_queue_is_served_without_dispatch() -> None:
    result = run(by_hand(enqueue="insert(p, DSQ_GLOBAL, 5000000, flags);", dispatch=""), 1, Task(HOG, "a"), Task(HOG, "b"))
    assert order(result)[:4] == [100, 101, 100, 101]
    assert "pull" not in {line.what for line in result.trace}


def test_an_iterator_shows_what_was_there_when_it_began() -> None:
    """Each task is moved to the end of the same queue once, and not met again."""
    walk = "struct task_struct *p; each_waiting(p, READY) move(&it__, p, READY); pull(READY);"
    result = run(by_hand(dispatch=walk), 1, *(Task(ONCE, f"t{i}", repeat=1) for i in range(3)))
    assert order(result, "move")[:3] == [100, 101, 102]
    assert order(result) == [100, 101, 102]


# ---- dispatch


def test_who_has_slice_left_goes_on() -> None:
    result = run(by_hand(enqueue=GREEDY + " kick(0, 0);"), 1, Task(HOG, "a"), Task(NAP, "b"))
    first = next(line.time for line in result.trace if line.what == "run" and line.pid == 101)
    assert first == 52 * MS


def test_dispatch_comes_before_the_previous_task_is_queued() -> None:
    """With one task in the queue the two take turns: prev is not there to be taken again."""
    result = run(by_hand(), 1, Task(HOG, "a"), Task(HOG, "b"))
    assert order(result)[:6] == [100, 101, 100, 101, 100, 101]
    whats = [line.what for line in result.trace if 7 * MS < line.time < 9 * MS]
    assert whats.index("dispatch") < whats.index("enqueue")


def test_the_last_one_goes_on_with_the_default_slice() -> None:
    result = run(by_hand(), 1, Task(HOG), end=100 * MS)
    assert result.events["DISPATCH_KEEP_LAST"] == result.events["REFILL_SLICE_DFL"] == 5
    assert order(result) == [100]


def test_what_waits_locally_comes_before_dispatch() -> None:
    local = "if (p->pid == 101) insert(p, DSQ_LOCAL, 5000000, flags); else insert(p, READY, 5000000, flags);"
    result = run(by_hand(enqueue=local), 1, Task(HOG, "a"), Task(HOG, "b"), Task(HOG, "c"))
    assert order(result)[:3] == [101, 100, 101]


def test_dispatch_is_not_asked_for_ever() -> None:
    """It inserts what is already in a queue, so that nothing comes of it: after 32 times the CPU is left idle."""
    vain = "struct task_struct *w; if (cpu) pull(READY); else each_waiting(w, READY) insert(w, READY, 0, 0);"
    task, taken = Task(NAP, cpus=frozenset({1}), start=MS), Event(0, "higher", 1, SECOND)
    result = run(by_hand(enqueue=GREEDY + " kick(0, 0);", dispatch=vain), 2, task, events=(taken,), end=2 * MS)
    times = [line.time for line in result.trace if line.what == "dispatch"]
    assert {times.count(time) for time in times[:-1]} == {32}


# ---- time


def test_a_slice_ends_with_a_tick() -> None:
    result = run(by_hand(enqueue="insert(p, READY, 1000000, flags);"), 1, Task(HOG, "a"), Task(HOG, "b"))
    times = [line.time for line in result.trace if line.what == "run"]
    assert times[:4] == [0, 4 * MS, 8 * MS, 12 * MS]


def test_a_yield_ends_the_slice() -> None:
    yields = Task((Phase("run", MS), Phase("yield")), "yields")
    result = run(by_hand(enqueue=GREEDY), 1, yields, Task(ONCE, "b", repeat=1))
    assert [(line.pid, line.time) for line in result.trace if line.what == "run"][:2] == [(100, 0), (101, MS)]


def test_a_higher_class_puts_the_task_first_in_line() -> None:
    events = (Event(MS, "higher", 0, 10 * MS),)
    result = run(by_hand(enqueue=GREEDY), 1, Task(HOG, "a"), Task(HOG, "b"), events=events)
    runs = [(line.pid, line.time) for line in result.trace if line.what == "run"]
    assert runs[:2] == [(100, 0), (100, 11 * MS)]


def test_a_cpu_cannot_take_what_waits_behind_a_higher_class() -> None:
    """That is no fault of the policy's: nobody can take a task from another CPU's local queue."""
    result = run(by_hand(enqueue=GREEDY), 2, Task(HOG), events=(Event(MS, "higher", 0, 10 * MS),))
    assert (result.tasks[0].worst_wait, result.unserved.length) == (10 * MS, 0)


def test_the_watchdog_sees_a_stall_at_its_half_time() -> None:
    stuck = by_hand(enqueue="if (p->pid == 101) insert(p, READY, 1, flags); else insert(p, DSQ_LOCAL, 1, flags);", dispatch="")
    scenario = Scenario(machine(1), (Task(HOG, "a"), Task(HOG, "b", start=100 * MS)), end=5 * SECOND, timeout=SECOND)
    result = simulate(stuck, scenario)
    assert result.exit.message == "b[101] failed to run for 1.400s"


# ---- CPUs


def test_a_preempting_kick_ends_the_slice() -> None:
    preempt = GREEDY + " if (p->pid == 101) kick(0, KICK_PREEMPT);"
    result = run(by_hand(enqueue=preempt), 1, Task(HOG, "a"), Task(NAP, "b", start=7 * MS))
    assert [(line.pid, line.time) for line in result.trace if line.what == "run"][:2] == [(100, 0), (101, 7 * MS + 500)]


def test_kicks_without_end_take_time() -> None:
    result = run(by_hand(enqueue=GREEDY + " kick(0, KICK_PREEMPT);"), 1, Task(HOG, "a"), Task(HOG, "b"), end=20 * MS)
    assert 0 < sum(task.ran for task in result.tasks) <= 20 * MS


def test_a_kick_of_who_is_idle_leaves_the_busy_alone() -> None:
    idle = GREEDY + " kick(0, KICK_IDLE);"
    result = run(by_hand(enqueue=idle), 1, Task(HOG, "a"), Task(NAP, "b", start=7 * MS))
    assert [(line.pid, line.time) for line in result.trace if line.what == "run"][1] == (101, 52 * MS)


def _choices(cpus: tuple[int, int, int], busy: set[int], prev: int, per_node: int = 0) -> int:
    """The CPU that the kernel's selection gives a task that was on `prev` while others are busy."""
    count, smt, per_llc = cpus
    hogs = [Task(HOG, f"hog{cpu}", cpus=frozenset({cpu})) for cpu in sorted(busy)]
    task = Task((Phase("run", MS), Phase("sleep", 20 * MS)), "task", cpus=frozenset({prev}))
    free = Event(10 * MS, "affinity", len(hogs), cpus=frozenset(range(count)))
    places = machine(count, smt=smt, per_llc=per_llc, per_node=per_node)
    result = simulate(by_hand(), Scenario(places, (*hogs, task), (free,), 30 * MS), trace=True)
    return next(line.a for line in result.trace if line.what == "select_cpu" and line.pid == 100 + len(hogs))


def test_idle_selection() -> None:
    assert _choices((4, 1, 4), {0}, 2) == 2  # where it was
    assert _choices((8, 2, 4), {1}, 0) in (2, 3)  # a whole core near, before the idle half of its own
    assert _choices((4, 1, 2), {2}, 2) == 3  # the same cache
    assert _choices((8, 1, 2), {4, 5}, 4, per_node=4) in (6, 7)  # the same node
    assert _choices((4, 1, 2), {2, 3}, 2) in (0, 1)  # any
    assert _choices((4, 2, 4), {1, 3}, 0) == 0  # no whole core is left


def test_a_cpu_that_goes_off_is_emptied_and_comes_back() -> None:
    tasks = [Task(HOG, f"t{i}") for i in range(4)]
    events = (Event(50 * MS, "off", 1), Event(200 * MS, "on", 1))
    result = run(by_hand(), 2, *tasks, events=events)
    off = next(line.time for line in result.trace if line.what == "cpu_dead")
    on = next(line.time for line in result.trace if line.what == "cpu_online")
    ran = [line.time for line in result.trace if line.what == "run" and line.cpu == 1]
    assert 51 * MS <= off < 150 * MS
    assert not [time for time in ran if off < time < on]
    assert [time for time in ran if time >= on]
    assert all(task.misplaced == 0 for task in result.tasks)


def test_a_task_whose_cpus_are_all_off_may_run_anywhere() -> None:
    result = run(by_hand(), 2, Task(NAP, cpus=frozenset({1})), events=(Event(50 * MS, "off", 1),))
    assert result.tasks[0].cpu == 0
    assert result.tasks[0].runs > 30


# ---- without the policy


def asleep(program: Program, cpus: int, *tasks: Task, events: tuple[Event, ...] = ()) -> Result:
    """The policy is bypassed from 20 to 60 ms."""
    sleep = (Event(20 * MS, "bypass"), Event(60 * MS, "resume"))
    return run(program, cpus, *tasks, events=(*sleep, *events), end=100 * MS)


def test_an_exec_is_not_told_to_the_policy() -> None:
    """It has another name and does something else from then on, on the same CPU."""
    shell = Task((Phase("run", MS), Phase("exec", 1)), "shell", start=MS)
    result = run(by_hand(ops=ALL), 2, shell, Task((Phase("run", 2 * MS), Phase("sleep", MS)), "program", start=None, repeat=2))
    assert (result.tasks[0].name, result.tasks[0].place) == ("program", "dead")
    at = next(line.time for line in result.trace if line.what == "exec")
    assert calls(result, since=2 * MS, until=at + 1) == []
    assert at + 2 * MS == next(line.time for line in result.trace if line.what == "quiescent")


def test_who_waits_goes_through_the_queues_when_bypass_begins_and_ends() -> None:
    tasks = [Task(HOG, f"t{i}") for i in range(4)]
    result = asleep(by_hand(enqueue=GREEDY, ops=ALL), 1, *tasks)
    times = [line.time for line in result.trace if line.what in ("bypass", "resume")]
    assert times == [20 * MS, 60 * MS]
    moved = [line.pid for line in result.trace if line.time == times[0] and line.what == "runnable"]
    assert moved == [103, 102, 101]  # from the last one on; the first one runs
    assert calls(result, 102, 20 * MS, 20 * MS + 1) == ["quiescent", "runnable"]
    assert calls(result, 101, 60 * MS, 60 * MS + 1) == ["quiescent", "runnable", "enqueue"]


def test_a_bypassed_policy_is_told_and_not_asked() -> None:
    """Tasks have turns of 5 ms then, which end at the next tick whatever slices they had."""
    ticks = by_hand(enqueue=GREEDY, ops=ALL + " .tick = (void *)policy_note,")
    result = asleep(ticks, 1, Task(HOG, "a"), Task(HOG, "b"), Task(NAP, "c"))
    during = {line.what for line in result.trace if 20 * MS < line.time < 60 * MS}
    assert during & {"select_cpu", "enqueue", "dispatch", "tick", "insert", "pull"} == set()
    assert {"runnable", "running", "stopping", "quiescent"} <= during
    assert {line.b for line in result.trace if line.what == "run" and 21 * MS < line.time < 60 * MS} == {5 * MS}
    assert [line.time for line in result.trace if line.what == "run" and line.pid == 101][:2] == [21 * MS, 28 * MS]
    assert result.events["BYPASS_ACTIVATE"] == 1
    assert result.events["BYPASS_DURATION"] == 40 * MS
    assert result.events["BYPASS_DISPATCH"] > 8


def test_each_cpu_serves_its_own_tasks_while_the_policy_is_bypassed() -> None:
    """All are on CPU 0, and nobody takes one from there; that CPU 1 is idle is not the policy's doing."""
    one = by_hand(select_cpu="return 0;", enqueue="insert(p, DSQ_LOCAL_ON, 5000000, flags);", dispatch="")
    result = asleep(one, 2, Task(HOG, "a"), Task(HOG, "b"))
    assert {line.cpu for line in result.trace if line.what == "run"} == {0}
    free = tuple(Event(30 * MS, "affinity", task, cpus=frozenset({0, 1})) for task in (0, 1))
    spread = asleep(by_hand(), 2, *(Task(HOG, name, cpus=frozenset({0})) for name in "ab"), events=free)
    assert {line.cpu for line in spread.trace if line.what == "run" and line.time < 60 * MS} == {0}
    assert next(line.time for line in spread.trace if line.what == "run" and line.cpu == 1) < 61 * MS
    assert spread.unserved.length < MS


def test_kicks_of_a_bypassed_cpu_come_to_nothing() -> None:
    kicks = 'SEC("x") void policy_kick(u64 *ctx) { scx_bpf_kick_cpu(0, 0); }'
    program = by_hand(ops=HOTPLUG + " .running = (void *)policy_kick,", extra=kicks)
    times = [line.time for line in asleep(program, 1, Task(NAP)).trace if line.what == "kick"]
    assert [time for time in times if time < 20 * MS]
    assert [time for time in times if time > 60 * MS]
    assert not [time for time in times if 20 * MS < time < 60 * MS]


def test_the_same_story_has_the_same_trace() -> None:
    tasks = (Task(NAP, "a"), Task(HOG, "b"), Task(HOG, "c"))
    assert run(by_hand(), 2, *tasks).trace == run(by_hand(), 2, *tasks).trace
