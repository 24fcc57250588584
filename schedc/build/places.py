"""Where in the policy a finding about its program is shown."""

from __future__ import annotations

from schedc.source import Source, Span


def place_of(source: Source, line: int | None) -> Span:
    """The span of a line; generated code, behind the last line, is shown at the first."""
    return source.line_span(line if line is not None and line <= source.line_count else 1)
