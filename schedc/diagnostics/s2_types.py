"""S2: types and units."""

from __future__ import annotations

from schedc.diagnostics.model import Applicability, Diagnostic, Edit, Fix, Label
from schedc.source import Span
from schedc.types.kinds import Kind, Type

_ZEROS = {
    Kind.COUNT: "0", Kind.WEIGHT: "0", Kind.NICE: "0", Kind.DURATION: "0ms", Kind.DIFFERENCE: "0ms",
    Kind.RATIO: "0%", Kind.RATE: "0hz",
}  # fmt: skip


def units_disagree(span: Span, operator: str, left: Type, right: Type, left_span: Span, right_span: Span) -> Diagnostic:
    fixes: tuple[Fix, ...] = ()
    if left.kind is Kind.VTIME and right.kind is Kind.VTIME and operator == "+":
        fixes = (Fix("the difference of two virtual times can be added:  a + (b - c)"),)
    return Diagnostic(
        "S201",
        f"`{operator}` has no meaning between a {left} and a {right}",
        Label(span, "here"),
        secondary=(Label(left_span, f"a {left}"), Label(right_span, f"a {right}")),
        fixes=fixes,
        why="units are types: what they do not allow would be a number without a meaning",
    )


# What is written instead of a number, for what is no number.
_PICKED = {"cpu": "pick one: `idle_cpu(task)`, `task.cpu`, `this_cpu` or `boot_cpu`; a CPU has no number"}


def expected(span: Span, wanted: Type | str, found: Type | str, fixes: tuple[Fix, ...] = ()) -> Diagnostic:
    if not fixes and str(found) == "count" and str(wanted) in _PICKED:
        fixes = (Fix(_PICKED[str(wanted)]),)
    return Diagnostic("S202", f"a {wanted} is needed, this is a {found}", Label(span, f"a {found}"), fixes=fixes)


def number_without_unit(span: Span, text: str, wanted: Type, suggestion: str, certain: bool) -> Diagnostic:
    """`suggestion` is the number with a unit, or "" where none is likely."""
    fixes: tuple[Fix, ...] = ()
    if suggestion:
        applicability = Applicability.SAFE if certain else Applicability.UNSAFE
        fixes = (Fix(f"write `{suggestion}`", (Edit(span, suggestion),), applicability),)
    return Diagnostic(
        "S203",
        f"a {wanted} is needed, `{text}` has no unit",
        Label(span, "which unit?"),
        fixes=fixes or (Fix("add `ns`, `us`, `ms` or `s`"),),
    )


def bad_number(span: Span, text: str, reason: str, instead: str = "", certain: bool = False) -> Diagnostic:
    fixes: tuple[Fix, ...] = ()
    if instead:
        applicability = Applicability.SAFE if certain else Applicability.UNSAFE
        fixes = (Fix(f"write `{instead}`", (Edit(span, instead),), applicability),)
    return Diagnostic("S204", f"`{text}` cannot be read as a number", Label(span, reason), fixes=fixes)


def maybe_none(span: Span, type_: Type) -> Diagnostic:
    return Diagnostic(
        "S205",
        f"this {type_.some} may be none",
        Label(span, f"a {type_}"),
        fixes=(
            Fix("take it apart:  if let x = ... { }"),
            Fix("or say what to use instead:  ... or prev"),
        ),
    )


def not_optional(span: Span, type_: Type) -> Diagnostic:
    return Diagnostic("S206", f"this {type_} is always there", Label(span, "never none"), fixes=(Fix("use `let`"),))


def not_assignable(span: Span, what: str, fix: str = "") -> Diagnostic:
    return Diagnostic(
        "S207", f"{what} cannot be assigned", Label(span, "not assignable"), fixes=(Fix(fix),) if fix else ()
    )


def wrong_arguments(span: Span, name: str, signature: str) -> Diagnostic:
    return Diagnostic(
        "S208", f"`{name}` is called with other arguments than it takes", Label(span, f"it is `{signature}`")
    )


def match_incomplete(span: Span, missing: str) -> Diagnostic:
    return Diagnostic(
        "S209",
        f"the match does not say what happens for {missing}",
        Label(span, "not every case is named"),
        fixes=(Fix("name it, or end with `otherwise => ...`"),),
    )


def match_unreachable(span: Span) -> Diagnostic:
    return Diagnostic("S210", "this case is never reached", Label(span, "an earlier case takes it"))


def bad_default(span: Span, name: str, text: str) -> Diagnostic:
    return Diagnostic("S211", f"the value of `{name}` is outside its range", Label(span, text))


def range_needed(span: Span, name: str, example: str) -> Diagnostic:
    return Diagnostic(
        "S212",
        f"`{name}` has no range",
        Label(span, "from where to where may it be set?"),
        fixes=(Fix(f"write, for example:  {example}"),),
        why="what is certified is the whole range of a param, not its value",
    )


def range_behind_type(span: Span, name: str, instead: str, edits: tuple[Edit, ...]) -> Diagnostic:
    """`instead` is the param with its range at its end; `edits` move it there, or are none where that is unclear."""
    applicability = Applicability.SAFE if edits else Applicability.DISPLAY
    return Diagnostic(
        "S212",
        f"the range of `{name}` stands behind its type, not behind its value",
        Label(span, "only a type goes here"),
        fixes=(Fix(f"write  {instead}", edits, applicability),),
    )


def no_range(span: Span, what: str, instead: str) -> Diagnostic:
    return Diagnostic("S202", f"{what} has no range", Label(span, "not here"), fixes=(Fix(instead),))


def bad_length(span: Span, most: int) -> Diagnostic:
    text = f"1 to {most} samples, or a time above 0"
    return Diagnostic("S213", f"an average is over {text}", Label(span, "nothing, or too much"))


def short_period(span: Span, least: str) -> Diagnostic:
    return Diagnostic("S213", f"a timer's period is at least {least}", Label(span, "can be shorter"))


def bad_range(span: Span, text: str) -> Diagnostic:
    return Diagnostic("S213", f"the range is empty: {text}", Label(span, "from the smaller to the larger"))


def not_constant(span: Span, what: str) -> Diagnostic:
    return Diagnostic("S214", f"{what} has to be a constant", Label(span, "not known before the policy is loaded"))


def not_known_yet(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "S214",
        f"`{name}` is not known here",
        Label(span, "declared further down, or set at load"),
        fixes=(Fix("use literals, and consts that are declared above"),),
    )


def needs_value(span: Span, what: str, type_: Type) -> Diagnostic:
    return Diagnostic("S215", f"{what} has to return a {type_}", Label(span, f"a {type_} is missing here"))


def useless_value(span: Span) -> Diagnostic:
    return Diagnostic("S216", "this value is not used", Label(span, "computed for nothing"))


def not_a_condition(span: Span, type_: Type) -> Diagnostic:
    if type_.optional:
        text = "write `if let x = ... { }`"
    elif type_.kind in _ZEROS:
        text = f"compare it:  ... > {_ZEROS[type_.kind]}"
    else:
        text = f"compare it with another {type_}"
    return Diagnostic("S217", f"a condition is needed, this is a {type_}", Label(span, f"a {type_}"), fixes=(Fix(text),))


def not_in_patterns(span: Span, type_: Type) -> Diagnostic:
    return Diagnostic(
        "S218",
        "only `task.comm` and `task.cgroup` have patterns",
        Label(span, f"a {type_}"),
    )


def bad_pattern(span: Span, reason: str) -> Diagnostic:
    return Diagnostic("S219", f"the pattern cannot be used: {reason}", Label(span, reason))


def only_for_patterns(span: Span, text: str) -> Diagnostic:
    return Diagnostic(
        "S220",
        f"`{text}` is no value: it can only be compared with patterns",
        Label(span, "for patterns"),
        fixes=(Fix(f'write, for example:  {text} in "..."'),),
        why="text is matched when a task is classed, and never kept, joined or shown by a policy",
    )
