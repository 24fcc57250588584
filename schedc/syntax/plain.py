"""What can be seen from neighbouring tokens, before the parser: `5 ms`, `True`, `_ =>`."""

from __future__ import annotations

from schedc.diagnostics import Diagnostic, Diagnostics, Edit
from schedc.diagnostics import s0_syntax as messages
from schedc.source import Source, Span
from schedc.syntax.numbers import UNITS, NumberError, parse_number
from schedc.syntax.tokens import Token

_VALUES = {
    "True": ("true", "TRUE"), "TRUE": ("true", "TRUE"), "False": ("false", "FALSE"),
    "FALSE": ("false", "FALSE"),
    "None": ("none", "NONE"), "NULL": ("none", "NONE"), "nullptr": ("none", "NONE"), "nil": ("none", "NONE"),
    "null": ("none", "NONE"),
}  # fmt: skip
_SPOKEN = {
    "nsec",
    "usec",
    "msec",
    "sec",
    "secs",
    "seconds",
    "milliseconds",
    "microseconds",
    "percent",
    "min",
    "minutes",
}


def mend_tokens(source: Source, tokens: list[Token], diagnostics: Diagnostics) -> list[Token]:
    """The tokens to parse; each number among them is one."""
    mended: list[Token] = []
    for token in tokens:
        last = mended[-1] if mended else None
        if last is not None and (joined := _unit_apart(source, last, token)) is not None:
            mended[-1] = joined
            instead = str(joined)
            place = _span(joined)
            diagnostics.add(habit("space", place, (Edit(place, instead),), instead=instead))
            continue
        mended.append(_mend(token, last, diagnostics))
    for token in mended:
        _check_number(token, diagnostics)
    return mended


def habit(name: str, span: Span, edits: tuple[Edit, ...], **words: str) -> Diagnostic:
    """The catalogue's report; loaded when there is one to make."""
    from schedc.diagnostics import s0_habits

    return s0_habits.habit(name, span, edits, True, **words)


def _span(token: Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)


def _unit_apart(source: Source, number: Token, unit: Token) -> Token | None:
    """`5 ms`, on one line, of a number that has no unit yet."""
    if (
        number.type != "NUMBER"
        or unit.type != "NAME"
        or not number.replace("_", "").replace(".", "").isdigit()
    ):
        return None
    between = source.text[number.end_pos or 0 : unit.start_pos or 0]
    written = str(unit).lower() if str(unit).lower() in UNITS else str(unit)
    if (written not in UNITS and written not in _SPOKEN) or between.strip(" \t") or not between:
        return None
    text = f"{number}{written}"
    meant = parse_number(text)
    if isinstance(meant, NumberError):
        text = meant.instead or text
    return Token("NUMBER", text, start_pos=number.start_pos, end_pos=unit.end_pos)


def _mend(token: Token, last: Token | None, diagnostics: Diagnostics) -> Token:
    instead, kind = _VALUES.get(str(token), ("", "")) if token.type == "NAME" else ("", "")
    if token.type == "ARROW" and last is not None and last == "_":
        place = _span(last)
        diagnostics.add(habit("arm", place, (Edit(place, "otherwise"),), written="_", instead="otherwise"))
    if not instead or (last is not None and last.type == "DOT"):
        return token
    name = "case" if str(token).lower() == instead else "word"
    place = _span(token)
    diagnostics.add(habit(name, place, (Edit(place, instead),), written=str(token), instead=instead))
    return Token(kind, instead, start_pos=token.start_pos, end_pos=token.end_pos)


def _check_number(token: Token, diagnostics: Diagnostics) -> None:
    if token.type != "NUMBER":
        return
    error = parse_number(str(token))
    if isinstance(error, NumberError):
        diagnostics.add(messages.bad_number(_span(token), str(token), error))
