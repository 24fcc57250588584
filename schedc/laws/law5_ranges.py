"""Law 5: units agree and arithmetic never wraps silently. Units and divisors are the checker's; this counts the
operations that interval analysis proves in range and those that saturate instead."""

from __future__ import annotations

from schedc.laws.verdict import Level, Verdict
from schedc.typed import tree as t
from schedc.typed.ranges import Ranges
from schedc.typed.walk import walk_policy
from schedc.types import intervals
from schedc.types.kinds import Kind


def check(policy: t.Policy) -> Verdict:
    ranges = Ranges()
    proved = saturating = 0
    assumptions = ["a task runs less than two years without stopping"]
    for node in walk_policy(policy):
        if isinstance(node, t.Binary | t.Scaled) and node.type.kind is not Kind.VTIME:
            if intervals.word(node.type.kind).contains(ranges.exact(node)):
                proved += 1
            else:
                saturating += 1
    if any(_is_added_up(node) for node in walk_policy(policy)):
        assumptions.append("what is added up in shared words stays below 2^63")
    detail = f"{proved} operations stay in range, {saturating} saturate; virtual time is compared modulo 2^64"
    return Verdict(
        5,
        "arithmetic never wraps silently",
        Level.GUARDED if saturating else Level.PROVED,
        detail,
        tuple(assumptions),
    )


def _is_added_up(node: object) -> bool:
    """True for an atomic change of a word that several CPUs share: the machine has none that saturates."""
    if not isinstance(node, t.Assign) or node.operator not in ("+", "-") or node.target.type.kind is Kind.VTIME:
        return False
    match node.target:
        case t.StateRef():
            return node.target.owner.type.kind is not Kind.TASK
        case target:
            return isinstance(target, t.GlobalRef)
