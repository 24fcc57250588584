"""Reads the object that clang made: what it may do, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping

from schedc.build.places import place_of
from schedc.build.report import Report
from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s4_bounds as bounds
from schedc.diagnostics import s6_build as messages
from schedc.laws.prove import Proven
from schedc.lower.lifted import cgroup_patterns
from schedc.typed import tree as t
from schedc.verifier.audit.cost import CallbackCost, CostError, object_cost
from schedc.verifier.audit.elf import ObjectError
from schedc.verifier.audit.object import Object
from schedc.verifier.audit.object_audit import audit_object
from schedc.verifier.audit.poly import REFERENCE, Poly

# What a callback may cost at most, at the size of machine that `poly.REFERENCE` describes.
BUDGET = 4_000_000
# Callbacks of a machine that changes: their cost is stated, but it is nobody's latency.
RARE = frozenset({"cpu_online", "cpu_offline"})


def read_object(
    proven: Proven,
    data: bytes,
    clang: str,
    sched_name: str,
    limits: dict[int, Poly],
    diagnostics: Diagnostics,
) -> Report | None:
    """The report, or None if anything was refused."""
    policy = proven.policy
    try:
        obj = Object.parse(data)
        for finding in audit_object(obj, sched_file=sched_name):
            place = place_of(policy.source, finding.sched_line)
            diagnostics.add(messages.object_finding(place, finding.rule, f"{finding.message} ({finding.where})"))
        if diagnostics.has_errors:
            return None
        costs = object_cost(obj, limits, sched_name)
    except CostError as error:
        diagnostics.add(messages.object_finding(place_of(policy.source, error.sched_line), "cost", str(error)))
        return None
    except ObjectError as error:
        diagnostics.add(messages.object_finding(policy.span, "format", str(error)))
        return None
    _check_budget(policy, costs, diagnostics)
    return Report(
        policy.name, policy.title, clang, proven.verdicts, costs, obj.map_memory(), policy.params,
        tuple(counter.name for counter in policy.counters), tuple(cgroup_patterns(policy)),
    )  # fmt: skip


def _check_budget(policy: t.Policy, costs: Mapping[str, CallbackCost], diagnostics: Diagnostics) -> None:
    """What the policy writes, handlers and timers, may take no longer than the budget on a large machine."""
    handlers = [handler for name, handler in policy.handlers.items() if name not in RARE]
    written = {handler.event.name: (handler.name_span, f"`on {handler.event.name}`") for handler in handlers}
    written |= {f"timer:run_timer_{timer.index}": (timer.span, "this timer") for timer in policy.timers}
    for name, (span, what) in written.items():
        cost = costs.get(name)
        if cost is not None and cost.instructions.evaluate(REFERENCE) > BUDGET:
            diagnostics.add(bounds.too_costly(span, what, str(cost.instructions), BUDGET))
