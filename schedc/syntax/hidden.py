"""Characters that cannot be seen or that reorder what is seen: refused wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schedc.source import Source, Span

# Controls but tab and newline (a carriage return only before a newline), bidirectional controls, the line
# separators that editors show as a new line, and halves of a surrogate pair.
_ALWAYS = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
_HIDDEN = re.compile(_ALWAYS + "|\r(?!\n)")
# Those that emoji in a comment need, and that deceive anywhere else.
ZERO_WIDTH = frozenset("\xad\u180e\u200b\u200c\u200d\u2060\ufeff")


def hidden_places(source: Source) -> Iterator[Span]:
    for match in _HIDDEN.finditer(source.text):
        yield Span(match.start(), match.end())


def visible_text(text: str) -> str:
    """The text to read: each hidden character as a space, every place as before."""
    if text.startswith("\ufeff"):
        text = " " + text[1:]
    return _HIDDEN.sub(" ", text)
