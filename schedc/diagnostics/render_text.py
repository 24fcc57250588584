"""Diagnostics for people: the headline, the lines as written with what is marked in them, what to write.

What comes from the policy is shown escaped where it would not print, so that a policy cannot forge output.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from schedc.diagnostics.model import Diagnostic, Fix, Label, Severity
from schedc.record import record
from schedc.source import Source

_TAB = 4
_BETWEEN = 2  # lines that are shown between two marked ones rather than left out
_MAX_WIDTH = 160

_COLORS = {"error": "1;31", "warning": "1;33", "title": "1", "frame": "34", "secondary": "36", "help": "1;32"}


@record
class _Paint:
    on: bool

    def __call__(self, what: str, text: str) -> str:
        return f"\x1b[{_COLORS[what]}m{text}\x1b[0m" if self.on and text else text


@record
class _Mark:
    """What is marked in one line: columns `first` to `last` (exclusive) of the characters as written."""

    line: int
    first: int
    last: int
    text: str
    primary: bool


def render(source: Source, diagnostics: Iterable[Diagnostic], color: bool = False) -> str:
    """All reports about a text, one after the other."""
    return "\n".join(render_one(source, diagnostic, color) for diagnostic in diagnostics)


def render_one(source: Source, diagnostic: Diagnostic, color: bool = False) -> str:
    paint = _Paint(color)
    kind = diagnostic.severity.value
    line, column = source.line_column(diagnostic.primary.span.start)
    lines = [
        paint(kind, f"{kind}[{diagnostic.code}]") + paint("title", f": {_plain(diagnostic.title)}"),
        paint("frame", " --> ") + f"{_plain(source.name)}:{line}:{column}",
        *_excerpt(source, diagnostic, paint),
        *(paint("help", "help: ") + line for fix in diagnostic.fixes for line in _help(fix)),
    ]
    if diagnostic.why:
        lines.append(f"   = why: {_plain(diagnostic.why)}")
    lines.extend(f"   = note: {_plain(note)}" for note in diagnostic.notes)
    lines.append(f"   = explain: schedc explain {diagnostic.code}")
    return "\n".join(lines) + "\n"


def summary(name: str, diagnostics: Iterable[Diagnostic], color: bool = False) -> str:
    """The last line: accepted or not, and how much there is to say."""
    paint = _Paint(color)
    found = list(diagnostics)
    errors = sum(d.severity is Severity.ERROR for d in found)
    warnings = len(found) - errors
    parts = [_count(errors, "error")] if errors else []
    parts += [_count(warnings, "warning")] if warnings else []
    verdict = paint("error", "refused") if errors else paint("help", "accepted")
    return f"{_plain(name)}: {verdict}" + (f" ({', '.join(parts)})" if parts else "") + "\n"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("s" if number != 1 else "")


def _help(fix: Fix) -> list[str]:
    return [_plain(line) for line in fix.text.split("\n")] or [""]


# ---- the excerpt


def _excerpt(source: Source, diagnostic: Diagnostic, paint: _Paint) -> list[str]:
    labels = [(diagnostic.primary, True), *((label, False) for label in diagnostic.secondary)]
    marks = [mark for label, primary in labels for mark in _marks(source, label, primary)]
    numbers = sorted({mark.line for mark in marks})
    width = len(str(max(numbers, default=1)))
    shown: list[str] = []
    previous = 0
    for number in numbers:
        if previous and number - previous > _BETWEEN + 1:
            shown.append(paint("frame", "..."))
        elif previous:
            shown += [_line(source, between, width, paint) for between in range(previous + 1, number)]
        shown.append(_line(source, number, width, paint))
        shown += _below(source, [mark for mark in marks if mark.line == number], width, paint)
        previous = number
    return shown


def _marks(source: Source, label: Label, primary: bool) -> list[_Mark]:
    """One mark for a label within a line; for one over several lines its first and its last line."""
    first_line, first = source.line_column(label.span.start)
    last_line, last = source.line_column(max(label.span.end, label.span.start))
    if last_line > first_line and last == 1:  # up to a newline
        last_line -= 1
        last = len(source.line(last_line)) + 1
    if first_line == last_line:
        return [_Mark(first_line, first - 1, max(last - 1, first), label.text, primary)]
    head = source.line(first_line)
    tail = source.line(last_line)
    begins = len(tail) - len(tail.lstrip())
    return [
        _Mark(first_line, first - 1, max(len(head.rstrip()), first), "from here", primary),
        _Mark(last_line, min(begins, last - 1), max(last - 1, begins + 1), label.text, primary),
    ]


def _line(source: Source, number: int, width: int, paint: _Paint) -> str:
    text = "".join(_shown(c) for c in source.line(number).removesuffix("\r"))
    return paint("frame", f"{number:>{width}} | ") + _cut(text.rstrip())


def _below(source: Source, marks: list[_Mark], width: int, paint: _Paint) -> list[str]:
    """The marks of one line, each with its words on a line of its own."""
    text = source.line(marks[0].line)
    frame = paint("frame", " " * width + " | ")
    lines = []
    for mark in sorted(marks, key=lambda mark: (mark.first, not mark.primary)):
        start = _column(text, mark.first)
        length = max(_column(text, mark.last) - start, 1)
        if start >= _MAX_WIDTH:
            start, length = _MAX_WIDTH, 1
        length = min(length, _MAX_WIDTH + 3 - start)
        sign = "^" if mark.primary else "-"
        words = f" {_plain(mark.text)}" if mark.text else ""
        color = "error" if mark.primary else "secondary"
        lines.append(frame + " " * start + paint(color, sign * length + words))
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_WIDTH else text[:_MAX_WIDTH] + "..."


def _column(text: str, characters: int) -> int:
    """How many cells the first characters of a line take."""
    cells = sum(_cells(c) for c in text[:characters])
    return cells + max(0, characters - len(text))


def _cells(character: str) -> int:
    shown = _shown(character)
    if len(shown) > 1:
        return len(shown)
    if unicodedata.combining(shown):
        return 0
    return 2 if unicodedata.east_asian_width(shown) in "WF" else 1


def _shown(character: str) -> str:
    """A character as it is shown: a tab as blanks, one that would not print as its code."""
    if character == "\t":
        return " " * _TAB
    if character == " " or character.isprintable():
        return character
    return f"<U+{ord(character):04X}>"


def _plain(text: str) -> str:
    return "".join(_shown(c) for c in text)
