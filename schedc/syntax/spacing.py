"""What stands between two tokens on one line: a blank or nothing."""

from __future__ import annotations

from schedc.syntax.tokens import Token

_VALUE_ENDS = frozenset({"NAME", "NUMBER", "STRING", "RPAR", "RSQB", "TRUE", "FALSE", "NONE", "RBRACE"})
_TIGHT_BEFORE = frozenset({"RPAR", "RSQB", "COMMA", "SEMICOLON", "COLON", "DOT", "RANGE", "OPTIONAL"})
_TIGHT_AFTER = frozenset({"LPAR", "LSQB", "DOT", "RANGE"})
# What a call, an index or the names of a handler follow at once.
_CALLED = frozenset({"NAME", "RPAR", "RSQB"})


def joined(tokens: list[Token]) -> str:
    """The tokens of one line as text."""
    parts: list[str] = []
    for at, token in enumerate(tokens):
        if at and blank_between(tokens, at):
            parts.append(" ")
        parts.append(str(token))
    return "".join(parts)


def blank_between(tokens: list[Token], at: int) -> bool:
    """Whether a blank stands before `tokens[at]`."""
    before, token = tokens[at - 1], tokens[at]
    if token.type in _TIGHT_BEFORE or before.type in _TIGHT_AFTER:
        return False
    if token.type in ("LPAR", "LSQB"):
        return not _is_called(tokens, at - 1)
    return not (before.type == "MINUS" and _is_sign(tokens, at - 1))


def _is_called(tokens: list[Token], at: int) -> bool:
    """A name, or the member `layer`, which is a word elsewhere."""
    token = tokens[at]
    return token.type in _CALLED or (at > 0 and tokens[at - 1].type == "DOT")


def _is_sign(tokens: list[Token], at: int) -> bool:
    """A minus with no value before it."""
    return at == 0 or not (tokens[at - 1].type in _VALUE_ENDS or (at > 1 and tokens[at - 2].type == "DOT"))
