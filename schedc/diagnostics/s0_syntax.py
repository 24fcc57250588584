"""S0: text and syntax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lark import Token

from schedc.diagnostics.model import Diagnostic, Label
from schedc.source import Source, Span


def too_long(source: Source, limit: int) -> Diagnostic:
    return Diagnostic(
        "S002",
        f"the policy has {len(source.text)} characters; at most {limit} are read",
        Label(Span(limit, limit + 1), "everything from here on is too much"),
    )


def too_many_tokens(span: Span, limit: int) -> Diagnostic:
    return Diagnostic("S002", f"the policy has more than {limit} words and signs", Label(span, "the first one too many"))


def too_deep(span: Span, limit: int) -> Diagnostic:
    return Diagnostic("S003", f"nested deeper than {limit} levels", Label(span, "this is too deep"))


def bad_character(source: Source, span: Span) -> Diagnostic:
    return Diagnostic(
        "S001", f"{source.text[span.start : span.end]!r} has no meaning in the language", Label(span, "not expected")
    )


def unexpected(
    source: Source,
    token: Token | None,
    accepted: set[str],
    words: Mapping[str, str],
    previous: Sequence[Token],
) -> Diagnostic:
    if token is None or token.type == "$END":
        end = len(source.text)
        return Diagnostic("S010", "the policy ends too early", Label(Span(end, end), "something is missing here"))
    start = token.start_pos or 0
    return Diagnostic("S010", f"`{token}` does not fit here", Label(Span(start, start + len(token)), "not expected"))
