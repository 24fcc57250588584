"""What this policy owes beyond what every policy does: its promises, and what the laws found for it."""

from __future__ import annotations

from collections.abc import Iterator

from schedc.laws import waiting
from schedc.laws.verdict import Level
from schedc.lower.program import TIMEOUT_MS
from schedc.typed import tree as t
from schedc.types.kinds import Kind
from schedc.verifier.exits import STALL
from schedc.verifier.fuzz import assumptions
from schedc.verifier.fuzz.catalogue import CATALOGUE
from schedc.verifier.fuzz.story import Story
from schedc.verifier.fuzz.subject import Subject
from schedc.verifier.fuzz.words import duration, plural
from schedc.verifier.sim.properties import Broken, broken
from schedc.verifier.sim.result import Result, TaskResult
from schedc.verifier.sim.scenario import MS, Cpu, Scenario

# The kernel's tick: a slice ends with one.
TICK = 4 * MS
# Slices that generated guards give where the policy is passed by.
_OWN_SLICE = 20 * MS
# The policy as it is loaded, whatever is simulated.
_PLAIN = Story(Scenario((Cpu(0),), ()))
_ENDED = frozenset({"running", "asleep", "dead"})


def judge(subject: Subject, story: Story, result: Result) -> tuple[Broken, ...]:
    """All properties that this run breaks, those of every policy first."""
    limit = grace(subject)
    if limit is not None:
        limit += slack(story.scenario, result)
    found = [*broken(result, story.scenario, grace=limit)]
    if is_foreseen_stall(subject, story, result):
        found = [each for each in found if each.name != "no_abort"]
    if result.trap is None:
        for check in (bounded_wait, promise_kept, weights_honoured, slices_in_bounds, cost_kept, counters_true):
            found += check(subject, story, result)
    return tuple(found)


def slack(scenario: Scenario, result: Result) -> int:
    """What no policy can make good: how long callbacks stopped, and how far clocks are apart."""
    skews = [cpu.skew for cpu in scenario.cpus]
    return result.stopped + max(skews) - min(skews)


def judged_by(subject: Subject) -> tuple[str, ...]:
    """The properties that some drawn story of this policy may break, by name."""
    kinds = {promise.kind for promise in _policy(subject).promises}
    of_some = {
        "every_task_ran": False,
        "work_conserving": grace(subject) is not None,
        "bounded_wait": _is_bounded(subject),
        "promise_kept": "max_wait" in kinds,
        "weights_honoured": _has_one_vtime_queue(subject) and _is_bounded(subject),
        "slices_in_bounds": waiting.longest_slice(_policy(subject), subject.values(_PLAIN)) is not None,
        "counters_true": bool(kinds),
    }
    return tuple(name for name in CATALOGUE if of_some.get(name, True))


def grace(subject: Subject) -> int | None:
    """How long the policy lets a CPU idle while a task waits for it; None where it does not say."""
    limits = [promise.limit for promise in _policy(subject).promises if promise.kind == "work_conserving"]
    return min(limits) if limits else None


def _policy(subject: Subject) -> t.Policy:
    return subject.proven.policy


# ---- waiting


def is_foreseen_stall(subject: Subject, story: Story, result: Result) -> bool:
    """Whether the watchdog found a wait that weights explain: among these, virtual time takes longer than the watchdog
    waits to move through a window, as beside several tasks of nice -20, or beside heavy ones that run shortly in a
    queue that is aged."""
    if result.exit.kind != STALL:
        return False
    late = max(range(len(result.tasks)), key=lambda index: result.tasks[index].worst_wait)
    others = [task.weight for index, task in enumerate(result.tasks) if index != late]
    runs = [phase.value for task in story.scenario.tasks for phase in task.phases if phase.kind == "run"]
    passing = waiting.through_window(_policy(subject), others, subject.values(story), min(runs, default=1))
    return passing > (story.scenario.timeout or TIMEOUT_MS * MS)


def bounded_wait(subject: Subject, story: Story, result: Result) -> Iterator[Broken]:
    """No task waits longer than law 7 says for these tasks, weights and params."""
    scenario = story.scenario
    if not _is_bounded(subject) or not assumptions.is_calm(scenario) or assumptions.changes_params(scenario):
        return
    for index, task in enumerate(result.tasks):
        others = [other.weight for at, other in enumerate(result.tasks) if at != index]
        if not others:
            return
        limit = _bound(subject, story, others)
        if limit is not None and task.worst_wait > limit + slack(scenario, result):
            yield Broken(
                "bounded_wait",
                f"{_name(task)} waited {duration(task.worst_wait)}; beside {plural(len(others), 'other')} "
                f"it is at most {duration(limit)} by law 7",
            )


def _is_bounded(subject: Subject) -> bool:
    """Whether law 7 proved a bound for every queue."""
    titles = {f"nobody starves in `{queue.name}`" for queue in _policy(subject).queues}
    proved = {v.title for v in subject.proven.verdicts if v.law == 7 and v.level is Level.PROVED}
    return titles <= proved


def _bound(subject: Subject, story: Story, others: list[int]) -> int | None:
    values = subject.values(story)
    bounds = [waiting.at_values(_policy(subject), queue, others, values, TICK) for queue in _policy(subject).queues]
    known = [each for each in bounds if each is not None]
    return max(known) if len(known) == len(bounds) else None


def promise_kept(subject: Subject, story: Story, result: Result) -> Iterator[Broken]:
    """No wait is longer than a `max_wait`, while what the promise assumes holds."""
    scenario = story.scenario
    if not assumptions.is_calm(scenario) or not assumptions.has_equal_weights(scenario):
        return
    for promise, watched in zip(_policy(subject).promises, result.promises, strict=True):
        most = promise.runnable_per_cpu
        if promise.kind != "max_wait" or (most and assumptions.most_runnable_per_cpu(scenario) > most):
            continue
        limit = promise.limit + slack(scenario, result)
        if promise.layer is not None:
            if watched.worst > limit:
                yield Broken(
                    "promise_kept", f"a task of {promise.layer.name} waited {duration(watched.worst)}, and the policy "
                    f"promises at most {duration(promise.limit)}"
                )  # fmt: skip
            continue
        for task in result.tasks:
            if task.worst_wait > limit:
                yield Broken(
                    "promise_kept", f"{_name(task)} waited {duration(task.worst_wait)}, and the policy promises at "
                    f"most {duration(promise.limit)}"
                )  # fmt: skip


# ---- shares


def weights_honoured(subject: Subject, story: Story, result: Result) -> Iterator[Broken]:
    """Tasks that always want a CPU get it by their weights, to within a turn of each."""
    scenario = story.scenario
    if not _shares_by_weight(subject, story, result) or not assumptions.is_calm(scenario):
        return
    if not assumptions.are_always_runnable(scenario) or len(result.tasks) < 2:
        return
    turn = (waiting.longest_slice(_policy(subject), subject.values(story)) or 0) + TICK
    had = [(task, task.ran * 100 // task.weight, turn * 100 // task.weight) for task in result.tasks]
    (least, low, _), (most, high, _) = min(had, key=lambda one: one[1]), max(had, key=lambda one: one[1])
    allowed = sum(sorted((per_turn for _, _, per_turn in had), reverse=True)[:2])
    if high - low > allowed + slack(scenario, result):
        yield Broken(
            "weights_honoured",
            f"{_name(most)} had {duration(most.ran)} of the CPU and {_name(least)} {duration(least.ran)}: for their "
            f"weights they are {duration(high - low)} apart, where two turns explain {duration(allowed)}",
        )


def _has_one_vtime_queue(subject: Subject) -> bool:
    queues = _policy(subject).queues
    return len(queues) == 1 and queues[0].order is Kind.VTIME and not queues[0].dimensions


def _shares_by_weight(subject: Subject, story: Story, result: Result) -> bool:
    """Whether the policy orders one queue by what tasks ran, and a turn of the lightest one fits its window."""
    policy = _policy(subject)
    if not _has_one_vtime_queue(subject) or not _is_bounded(subject) or assumptions.changes_params(story.scenario):
        return False
    window = waiting.window_at(policy.queues[0], subject.values(story))
    slice_ = waiting.longest_slice(policy, subject.values(story))
    lightest = max(1, min(task.weight for task in result.tasks))
    return window is not None and slice_ is not None and (slice_ + TICK) * 100 // lightest <= window[1]


# ---- what the program does


def slice_limit(subject: Subject, story: Story) -> int | None:
    """The longest slice that the policy or a generated guard gives; None where slices may be of any length."""
    longest = waiting.longest_slice(_policy(subject), subject.values(story))
    return None if longest is None or assumptions.changes_params(story.scenario) else max(longest, _OWN_SLICE)


def slices_in_bounds(subject: Subject, story: Story, result: Result) -> Iterator[Broken]:
    """No slice is longer than the policy's longest, and none is nothing."""
    longest = slice_limit(subject, story)
    if result.slices is None or longest is None:
        return
    if result.slices[1] > longest or result.slices[0] == 0:
        low, high = map(duration, result.slices)
        yield Broken("slices_in_bounds", f"slices were {low} to {high}, and the longest is {duration(longest)}")


def cost_limits(subject: Subject, scenario: Scenario, tasks: int) -> dict[str, int]:
    """How many kernel functions each callback calls at most by law 6, for a machine of this size and so many tasks."""
    sizes = {
        "cpus": len(scenario.cpus), "tasks": tasks, "cgroups": len(scenario.groups()),
        "layers": max(1, len(_policy(subject).layers)),
        **{f"{kind}s": len({getattr(cpu, kind) for cpu in scenario.cpus}) for kind in ("core", "llc", "node")},
    }  # fmt: skip
    return {name: cost.calls.evaluate(sizes) for name, cost in subject.report.costs.items()}


def cost_kept(subject: Subject, story: Story, result: Result) -> Iterator[Broken]:
    """No call of a callback calls more kernel functions than law 6 counted for a machine of this size."""
    limits = cost_limits(subject, story.scenario, len(result.tasks))
    for name, calls in result.costs.items():
        if calls > limits.get(name, calls):
            yield Broken(
                "cost_kept", f"{name} called {calls} kernel functions at once, and {limits[name]} are its bound"
            )


def counters_true(subject: Subject, story: Story, result: Result) -> Iterator[Broken]:
    """What the policy's own watcher says of waits is what the simulator saw, in time that is the machine's."""
    if story.scenario.steps:
        return
    ended = [task.worst_wait for task in result.tasks if task.place in _ENDED]
    most = max((task.worst_wait for task in result.tasks), default=0)
    unsure = slack(story.scenario, result)
    for promise, watched in zip(_policy(subject).promises, result.promises, strict=True):
        if watched.broken > watched.seen:
            yield Broken("counters_true", f"{watched.broken} of {watched.seen} looks found a promise broken")
        if promise.kind != "max_wait":
            continue
        if watched.worst > most + unsure:
            yield Broken("counters_true", f"the longest wait is {duration(most)}, not {duration(watched.worst)}")
        if promise.layer is None and not result.exit.kind and watched.worst + unsure < max(ended, default=0):
            yield Broken("counters_true", f"a wait of {duration(max(ended))} was counted as {duration(watched.worst)}")


def _name(task: TaskResult) -> str:
    return f"{task.name}[{task.pid}]"
