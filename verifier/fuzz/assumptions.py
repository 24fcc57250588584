"""What a story has to be for a property to be judged by it: the assumptions of the laws and of promises, as tests."""

from __future__ import annotations

from schedc.verifier.sim.scenario import GROUP_EVENTS, MACHINE_EVENTS, Scenario

_DISTURBING = GROUP_EVENTS | MACHINE_EVENTS | {"affinity", "off", "on", "higher", "nice"}
_PAST_THE_POLICY = frozenset({"pin", "unpin", "fork"})


def is_calm(scenario: Scenario) -> bool:
    """Every task may run on every CPU and goes through the policy, no other becomes runnable, nothing takes or changes
    a CPU or a task, and time is the machine's: not that of steps that are given."""
    if scenario.steps or any(event.kind in _DISTURBING for event in scenario.events):
        return False
    return all(
        task.cpus is None and not task.kthread and task.start is not None
        and not any(phase.kind in _PAST_THE_POLICY for phase in task.phases)
        for task in scenario.tasks
    )  # fmt: skip


def has_equal_weights(scenario: Scenario) -> bool:
    """All tasks have weight 100."""
    return all(task.nice == 0 for task in scenario.tasks)


def most_runnable_per_cpu(scenario: Scenario) -> float:
    """Tasks for each CPU, if all were runnable at once."""
    return len(scenario.tasks) / len(scenario.cpus)


def are_always_runnable(scenario: Scenario) -> bool:
    """One CPU, and tasks that all run from the beginning to the end."""
    return len(scenario.cpus) == 1 and all(
        task.start == 0 and not task.repeat and all(phase.kind == "run" for phase in task.phases)
        for task in scenario.tasks
    )


def changes_params(scenario: Scenario) -> bool:
    return any(event.kind == "param" for event in scenario.events)
