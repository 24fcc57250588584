"""Which properties an exploration judges: those that do not depend on how long something takes."""

from __future__ import annotations

from schedc.verifier.fuzz.contract import judged_by
from schedc.verifier.fuzz.subject import Subject

_ALWAYS = (
    "no_trap", "no_abort", "no_task_lost", "allowed_cpus", "every_task_ran", "no_bad_cpu", "state_freed", "cost_kept",
)  # fmt: skip
_OF_SOME = ("work_conserving", "slices_in_bounds")


def claimed(subject: Subject) -> tuple[str, ...]:
    """By name. Idle CPUs are judged where the policy promises something of them, slices where they have a limit."""
    return (*_ALWAYS, *(name for name in judged_by(subject) if name in _OF_SOME))
