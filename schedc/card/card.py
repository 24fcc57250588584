"""The card: a page with places that are filled from what the compiler itself uses."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from schedc.card import mistakes, parts

_TEMPLATE = Path(__file__).with_name("template.md")
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_PARTS = {
    "types": parts.types,
    "events": parts.events,
    "fields": parts.fields,
    "laws": parts.laws,
    "examples": parts.examples,
    "mistakes": mistakes.lines,
}


@lru_cache(maxsize=1)
def card() -> str:
    """The card as Markdown; the same text on every call."""
    return _PLACE.sub(lambda match: _PARTS[match[1]](), _TEMPLATE.read_text(encoding="utf-8"))
