"""Bytes to text. A byte order mark is dropped; bytes that are not UTF-8 are refused, never guessed at."""

from __future__ import annotations

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s0_syntax as messages
from schedc.source import Source


def read_source(name: str, content: bytes, diagnostics: Diagnostics) -> Source | None:
    """The text of a file; None if it is none (reported)."""
    try:
        return Source(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        diagnostics.add(messages.not_utf8(error.start, content[error.start]))
        return None
