"""S4: bounds and cost."""

from __future__ import annotations

from schedc.diagnostics.model import Applicability, Diagnostic, Edit, Fix, Label
from schedc.source import Span
from schedc.types.kinds import Kind

# What zero is in a unit, and a small value above it; the least one where nothing lies between.
_SMALL = {Kind.DURATION: ("0ns", "1ns"), Kind.RATIO: ("0%", "1%"), Kind.RATE: ("0hz", "1hz")}
_FRACTIONS = (Kind.RATIO, Kind.RATE)


def divisor_zero(span: Span, text: str, kind: Kind) -> Diagnostic:
    zero, small = _SMALL.get(kind, ("0", "1"))
    instead = f"max({text}, {small})"
    applicability = Applicability.UNSAFE if kind in _FRACTIONS else Applicability.SAFE
    return Diagnostic(
        "S401",
        "this divisor may be zero",
        Label(span, f"can be {zero}"),
        fixes=(Fix(f"write  {instead}", (Edit(span, instead),), applicability),),
        why="a division by zero has no value; which one is meant is for the policy to say",
    )


def unbounded_repeat(span: Span, high: int, limit: int) -> Diagnostic:
    return Diagnostic(
        "S402",
        "the number of repetitions has no small bound",
        Label(span, f"can be up to {high}" if high < 1 << 32 else "has no bound"),
        fixes=(Fix(f"repeat a number of at most {limit}, or a param with such a range"),),
        why="every callback ends within a number of steps that is known before it is loaded",
    )


def too_costly(span: Span, what: str, cost: str, budget: int) -> Diagnostic:
    return Diagnostic(
        "S403",
        f"{what} may take too long",
        Label(span, f"up to {cost} instructions"),
        notes=(f"the budget of a callback is {budget} instructions",),
        why="a callback runs with interrupts off and the run queue locked",
    )


def nested_too_deep(span: Span, limit: int) -> Diagnostic:
    return Diagnostic(
        "S404",
        f"loops are nested deeper than {limit}",
        Label(span, "one too deep"),
        fixes=(Fix("move the inner search into state that a timer keeps"),),
    )


def too_large(span: Span, limit: int) -> Diagnostic:
    return Diagnostic("S405", f"this grows beyond {limit} operations when its functions are written out",
                      Label(span, "too large"), fixes=(Fix("make it simpler, or compute parts of it in a timer"),))  # fmt: skip


def empty_slice(span: Span, text: str) -> Diagnostic:
    least = f"max({text}, 100us)"
    return Diagnostic(
        "S406",
        "this slice may be zero",
        Label(span, "can be 0ns"),
        fixes=(Fix(f"write  {least}", (Edit(span, least),), Applicability.SAFE),),
        why="a task without a slice runs on what is left of its last one, or for a nanosecond at a time",
    )
