"""What the checker carries through one handler, function or timer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from schedc.check.symbols import Symbols, check_name
from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s1_names as names
from schedc.record import field, struct
from schedc.source import Source, Span
from schedc.typed import tree as t
from schedc.typed.ranges import Ranges
from schedc.types.events import Effect, Event
from schedc.types.kinds import Interval, Type, full_range


@struct
class Context:
    """The declared names, the locals in scope, and where the code stands (its event)."""

    source: Source
    symbols: Symbols
    diagnostics: Diagnostics
    event: Event
    ranges: Ranges
    scopes: list[dict[str, t.Local]] = field(default_factory=lambda: [{}])
    result: Type | None = None
    loops: int = 0
    prev: t.Local | None = None

    def lookup(self, name: str) -> t.Local | None:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    def allows(self, effect: Effect) -> bool:
        return effect in self.event.effects

    @contextmanager
    def scope(self) -> Iterator[None]:
        self.scopes.append({})
        yield
        self.scopes.pop()

    def bind(
        self, name: str, type_: Type, span: Span, range_: Interval | None = None, mutable: bool = False
    ) -> t.Local:
        """Declare a local name; one that hides another is reported."""
        check_name(name, span, self.diagnostics)
        hidden = self.lookup(name)
        if hidden is not None:
            self.diagnostics.add(names.shadows(span, name, hidden.span))
        elif name in self.symbols.by_name:
            self.diagnostics.add(names.shadows(span, name, self.symbols.by_name[name][1]))
        return self.bind_unchecked(name, type_, span, range_, mutable)

    def bind_unchecked(
        self, name: str, type_: Type, span: Span, range_: Interval | None = None, mutable: bool = False
    ) -> t.Local:
        local = t.Local(name, type_, mutable, range_ or full_range(type_.kind), span)
        self.scopes[-1][name] = local
        return local

    def text(self, span: Span) -> str:
        return self.source.text[span.start : span.end]

    @property
    def where(self) -> str:
        """The present place in words."""
        if self.event.name == "fn":
            return "a function"
        return "a timer" if self.event.name == "every" else f"`on {self.event.name}`"
