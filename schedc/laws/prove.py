"""All laws over one policy, in their order."""

from __future__ import annotations

from schedc.diagnostics import Diagnostics
from schedc.laws import (
    claims,
    law1_no_task_lost,
    law2_queues_drained,
    law3_discipline,
    law4_cpu_allowed,
    law5_ranges,
    law7_starvation,
    shared_state,
)
from schedc.laws.verdict import Level, Verdict
from schedc.record import record
from schedc.typed import tree as t


@record
class Proven:
    """A typed policy that keeps the laws; only made without errors. `guarded` asks for a way out of queues."""

    policy: t.Policy
    verdicts: tuple[Verdict, ...]
    guarded: bool


def prove(policy: t.Policy, diagnostics: Diagnostics) -> Proven | None:
    """Check every law; None if one is broken."""
    lost = law1_no_task_lost.check(policy, diagnostics)
    claims.check(policy, diagnostics)
    shared_state.check(policy, diagnostics)
    drained = law2_queues_drained.check(policy, diagnostics)
    allowed = law4_cpu_allowed.check(policy, diagnostics)
    starvation = law7_starvation.check(policy, drained.always, diagnostics)
    if diagnostics.has_errors:
        return None
    verdicts = (
        lost, drained.verdict, law3_discipline.check(policy), allowed, law5_ranges.check(policy),
        Verdict(6, "everything ends", Level.PROVED, "every loop has a bound; costs are counted on the object"),
        *starvation,
        Verdict(8, "only what a callback may do", Level.PROVED, "kernel functions are those of the callback; audited"),
        Verdict(9, "a policy says nothing outside itself", Level.PROVED, "names are prefixed, numbers typed; audited"),
        Verdict(10, "one object for all kernels", Level.ASSUMED, "6.12 to 7.3, by relocation; a run says more"),
    )  # fmt: skip
    return Proven(policy, verdicts, drained.guarded)
