"""Which block is not closed: a closing brace whose indent is that of an outer block tells."""

from __future__ import annotations

from schedc.diagnostics import Diagnostic, Edit, Label
from schedc.diagnostics.s0_habits import habit
from schedc.source import Source, Span
from schedc.syntax.tokens import Token


def missing_brace(source: Source, tokens: list[Token], first: int, at: int) -> Diagnostic | None:
    """The report of a block that from token `first` on is open before `at`; None if only a mended one."""
    opened = _unclosed(source, tokens[first:at])
    if opened is None:
        return None
    start = opened.start_pos or 0
    last = tokens[at - 1].end_pos or 0
    place = source.text.find("\n", last)
    place = len(source.text) if place < 0 else place
    indent = _indent(source, opened)
    edit = Edit(Span(place, place), "\n" + " " * indent + "}")
    report = habit("brace_missing", Span(start, opened.end_pos or start), (edit,), False)
    if at >= len(tokens):
        return report
    following = tokens[at]
    where = Span(following.start_pos or 0, following.end_pos or 0)
    label = Label(where, "this begins while it is still open")
    return Diagnostic(report.code, report.title, report.primary, secondary=(label,), fixes=report.fixes)


def _unclosed(source: Source, tokens: list[Token]) -> Token | None:
    stack: list[Token] = []
    misfit: Token | None = None
    for token in tokens:
        if token.type == "LBRACE":
            stack.append(token)
        elif token.type == "RBRACE" and stack:
            opened = stack.pop()
            if (
                misfit is None
                and len(token)
                and _begins_line(source, token)
                and _indent(source, token) < _indent(source, opened)
            ):
                misfit = opened
    return misfit or stack[-1] if stack else None


def _indent(source: Source, token: Token) -> int:
    line = source.line(source.line_column(token.start_pos or 0)[0]).expandtabs(8)
    return len(line) - len(line.lstrip())


def _begins_line(source: Source, token: Token) -> bool:
    line, column = source.line_column(token.start_pos or 0)
    return not source.line(line)[: column - 1].strip()
