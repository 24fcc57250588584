"""What people and models write by habit from other languages, and what they meant.

`mend_text` handles characters that begin no token, `repair` tokens that do not fit where they stand.
"""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token

from schedc.diagnostics import Diagnostic
from schedc.source import Source


@dataclass(frozen=True)
class Mended:
    """Tokens that stand for the text up to offset `resume`."""

    diagnostic: Diagnostic
    tokens: tuple[Token, ...]
    resume: int


@dataclass(frozen=True)
class Repair:
    """Tokens to read instead of the next `consumed` ones; None: say so, but do not go on from here."""

    diagnostic: Diagnostic
    tokens: tuple[Token, ...] | None
    consumed: int


def mend_text(source: Source, offset: int, before: list[Token]) -> Mended | None:
    """What the text at `offset`, which begins no token, was meant to be."""
    return None


def repair(source: Source, tokens: list[Token], at: int, accepted: set[str]) -> Repair | None:
    """What the token at `at`, which does not fit, was meant to be; `accepted` are the types that would."""
    return None
