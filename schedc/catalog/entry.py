"""What is known of one policy of the library, and the policies for given words."""

from __future__ import annotations

import hashlib

from schedc.catalog.figures import Costs, Measured, stored
from schedc.catalog.head import Head, head
from schedc.catalog.search import Match, ranked
from schedc.check.literals import show
from schedc.laws.verdict import Level
from schedc.library import policies as library
from schedc.library import policy_text
from schedc.record import record
from schedc.typed import tree as t

# How a program holds the absence of a value.
_NONE = -1


@record
class Param:
    """Values are written as in a policy; `live`: may change while the policy runs."""

    name: str
    type: str
    live: bool
    default: str
    low: str
    high: str
    about: str
    """What the larger and the smaller value do."""


@record
class Property:
    """A law, or a promise (part of law 7), and how surely it is kept."""

    law: int
    title: str
    level: Level
    detail: str
    assumptions: tuple[str, ...]


@record
class Entry:
    """`costs` is None, and `measured` empty, where nothing is stored; what is stored may be stale."""

    name: str
    title: str
    idea: str
    after: str
    """Whose algorithm it is."""
    workloads: str
    """What it is for."""
    bad_at: str
    params: tuple[Param, ...]
    properties: tuple[Property, ...]
    costs: Costs | None
    measured: tuple[Measured, ...]
    matched: tuple[Match, ...] = ()
    """Why it is an answer to the words that were asked for."""

    @property
    def stale(self) -> bool:
        """Whether some stored figure is of another text than the policy has."""
        return any(each.stale for each in self.measured) or (self.costs is not None and self.costs.stale)


def policies(words: str = "") -> tuple[Entry, ...]:
    """The library's policies that have something to do with the words, best first; without words all, by name.
    `FiguresError` where the stored figures are damaged."""
    if not words.strip():
        return tuple(entry(name) for name in library())
    return tuple(entry(name, matched) for name, matched in found(words))


def found(words: str) -> list[tuple[str, tuple[Match, ...]]]:
    """The names of policies for the words, best first, and why; without words all."""
    heads = {name: head(policy_text(name)) for name in library()}
    return ranked(words, heads) if words.strip() else [(name, ()) for name in heads]


def entry(name: str, matched: tuple[Match, ...] = ()) -> Entry:
    """KeyError where the library has no such policy."""
    from schedc.api import check

    text = policy_text(name)
    said = head(text)
    proven = check(text, f"{name}.sched").proven
    costs, measured = stored(name, hashlib.sha256(text.encode()).hexdigest())
    return Entry(
        name, said.title, said.idea, said.after, said.workloads, said.bad_at,
        params=tuple(param(each, said) for each in proven.policy.params) if proven else (),
        properties=tuple(
            Property(each.law, each.title, each.level, each.detail, each.assumptions) for each in proven.verdicts
        ) if proven else (),
        costs=costs, measured=measured, matched=matched,
    )  # fmt: skip


def param(found: t.Param, said: Head) -> Param:
    """As a policy's text would write it."""
    kind, values = found.type.kind, found.range
    default, low, high = (show(kind, value) for value in (found.default, values.low, values.high))
    if found.type.optional and found.default == _NONE:
        default = "none"
    return Param(found.name, str(found.type), found.live, default, low, high, said.params.get(found.name, ""))
