"""S1: names."""

from __future__ import annotations

from collections.abc import Iterable

from schedc.diagnostics import absent
from schedc.diagnostics.model import Applicability, Diagnostic, Edit, Fix, Label, Severity
from schedc.diagnostics.suggest import did_you_mean, listed
from schedc.source import Span


def _instead(text: str) -> tuple[Fix, ...]:
    """What to write for a name that version 1 does not have."""
    return (Fix(text),) if text else ()


def unknown_name(span: Span, name: str, what: str, known: Iterable[str]) -> Diagnostic:
    known = sorted(set(known))
    return Diagnostic(
        "S101",
        f"no {what} is named `{name}`",
        Label(span, "not declared"),
        fixes=_instead(absent.VALUES.get(name, "")) or did_you_mean(span, name, known),
        notes=(f"there is {listed(known)}",) if 0 < len(known) <= 12 else (),
    )


def unknown_method(span: Span, text: str, name: str) -> Diagnostic:
    """`text` is called as a function of the value in front of its last name."""
    return Diagnostic(
        "S101", f"no function is named `{text}`", Label(span, "not declared"), fixes=_instead(absent.METHODS.get(name, ""))
    )


def declared_twice(span: Span, name: str, first: Span, fix: str = "give one of them another name") -> Diagnostic:
    return Diagnostic(
        "S102",
        f"`{name}` is declared twice",
        Label(span, "declared again"),
        secondary=(Label(first, "first declared here"),),
        fixes=(Fix(fix),),
    )


def own_field(span: Span, owner: str, name: str) -> Diagnostic:
    """A field that the language already gives to an entity."""
    return Diagnostic(
        "S102",
        f"a {owner} already has a field `{name}`",
        Label(span, "the language's own"),
        fixes=(Fix("use it as it is, or give this one another name"),),
    )


def unknown_field(span: Span, owner: str, name: str, known: Iterable[str], block: str) -> Diagnostic:
    known = sorted(set(known))
    return Diagnostic(
        "S103",
        f"a {owner} has no field `{name}`",
        Label(span, "unknown field"),
        fixes=_instead(absent.field(block, name))
        or (*did_you_mean(span, name, known), Fix(f"declare it as state:  {block} {{ {name}: duration }}")),
        notes=(f"it has {listed(known)}",) if known else (),
    )


def unknown_type(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    return Diagnostic(
        "S104",
        f"`{name}` is not a type",
        Label(span, "unknown type"),
        fixes=_instead(absent.TYPES.get(name, "")) or did_you_mean(span, name, known),
        notes=(f"types are units and entities: {listed(sorted(known))}",),
    )


def unknown_event(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    return Diagnostic(
        "S105",
        f"there is no event `{name}` to handle",
        Label(span, "unknown event"),
        fixes=_instead(absent.EVENTS.get(name, "")) or did_you_mean(span, name, known),
        notes=(f"the events are {listed(sorted(known))}",),
    )


def wrong_formals(span: Span, event: str, expected: str) -> Diagnostic:
    return Diagnostic(
        "S106", f"`on {event}` is given other things than these names", Label(span, f"write `on {event}({expected})`")
    )


def unused_name_kind(span: Span, name: str, kind: str, needed: str) -> Diagnostic:
    return Diagnostic("S107", f"`{name}` is a {kind}, not a {needed}", Label(span, f"a {needed} is needed here"))


def shadows(span: Span, name: str, first: Span) -> Diagnostic:
    return Diagnostic(
        "S108",
        f"`{name}` hides another `{name}`",
        Label(span, "the new name"),
        secondary=(Label(first, "hidden by it"),),
        fixes=(Fix("give it another name"),),
        why="one name, one meaning: a reader must not have to count braces",
    )


def missing_handler(span: Span, event: str, why: str, example: str) -> Diagnostic:
    return Diagnostic(
        "S109",
        f"the policy has no `on {event}`",
        Label(span, "this policy"),
        fixes=(Fix(f"add one, for example:\n{example}"),),
        why=why,
    )


def unsafe_name(span: Span, name: str, limit: int) -> Diagnostic:
    return Diagnostic(
        "S110", f"the name has {len(name)} characters; at most {limit} are allowed", Label(span, "too long")
    )


def recursion(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "S111",
        f"`{name}` is called before it is declared, or calls itself",
        Label(span, "not declared yet"),
        fixes=(Fix("declare functions before their use; repeat with a bound instead of recursion"),),
        why="functions are inlined, so that each handler ends in a bounded number of steps",
    )


def never_used(span: Span, name: str, kind: str) -> Diagnostic:
    return Diagnostic("S112", f"the {kind} `{name}` is never used", Label(span, "never used"), Severity.WARNING)


def reserved_name(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "S113",
        f"`{name}` is a name of the language",
        Label(span, "choose another name"),
        fixes=(Fix(f"for example `my_{name}`", (Edit(span, f"my_{name}"),), Applicability.UNSAFE),),
    )
