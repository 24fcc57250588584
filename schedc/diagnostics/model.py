"""The one diagnostic model: what every stage reports, whatever renders it.

A diagnostic is data. Its words come from the catalogue (one module a phase beside this file), never from
the analysis that found the fault; renderers turn it into text or JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from schedc.record import record
from schedc.source import Span


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"


class Applicability(Enum):
    """How a fix may be used: `SAFE` keeps what the author meant and compiles; `UNSAFE` may change it;
    `DISPLAY` is only shown."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@record
class Label:
    """A place with a few words; empty words mark the place only."""

    span: Span
    text: str = ""


@record
class Edit:
    """Replace the characters of `span` by `text`; an empty span inserts."""

    span: Span
    text: str


@record
class Fix:
    """What to write instead: words, and the edits that do it (all or none are applied)."""

    text: str
    edits: tuple[Edit, ...] = ()
    applicability: Applicability = Applicability.DISPLAY


@record
class Diagnostic:
    """One finding.

    `code` is permanent (`S301`); `title` stands alone, in lower case; `primary` is where; `why` says what
    would happen if it were let through; `fixes` are ranked, the likeliest first.
    """

    code: str
    title: str
    primary: Label
    severity: Severity = Severity.ERROR
    secondary: tuple[Label, ...] = ()
    why: str = ""
    fixes: tuple[Fix, ...] = ()
    notes: tuple[str, ...] = ()


class Diagnostics:
    """Collects the findings of one run; each place reports a code once."""

    def __init__(self, found: Iterable[Diagnostic] = ()) -> None:
        self._found: dict[tuple[str, Span], Diagnostic] = {}
        for diagnostic in found:
            self.add(diagnostic)

    def add(self, diagnostic: Diagnostic) -> None:
        self._found.setdefault((diagnostic.code, diagnostic.primary.span), diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found.values(), key=lambda d: (d.primary.span, d.code)))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def has_errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self._found.values())
