"""Characters that begin no token: operators, comments and quotes of other languages, typography."""

from __future__ import annotations

import re
import unicodedata

from schedc.diagnostics import Applicability, Diagnostic, Edit, Fix
from schedc.diagnostics import s0_syntax as messages
from schedc.diagnostics.s0_habits import habit
from schedc.record import record
from schedc.source import Source, Span
from schedc.syntax.hidden import ZERO_WIDTH
from schedc.syntax.tokens import Token


@record
class Mended:
    """Tokens that stand for the text up to offset `resume`, and for the last `replaces` tokens before it."""

    diagnostic: Diagnostic
    tokens: tuple[Token, ...]
    resume: int
    replaces: int = 0


# Signs of typography and mathematics: what they stand for, and its token type.
_SIGNS = {
    "→": ("->", "GIVES"), "⇒": ("=>", "ARROW"), "≤": ("<=", "AT_MOST"), "≥": (">=", "COMPARE"),
    "≠": ("!=", "COMPARE"), "×": ("*", "STAR"), "·": ("*", "STAR"), "÷": ("/", "SLASH"), "−": ("-", "MINUS"),
    "–": ("-", "MINUS"), "—": ("-", "MINUS"), "…": ("..", "RANGE"), "∧": ("and", "AND"), "∨": ("or", "OR"),
    "¬": ("not", "NOT"), "，": (",", "COMMA"), "：": (":", "COLON"), "；": (";", "SEMICOLON"),
    "（": ("(", "LPAR"), "）": (")", "RPAR"), "｛": ("{", "LBRACE"), "｝": ("}", "RBRACE"),
    "∞": ("infinite", "NAME"),
}  # fmt: skip
_QUOTES = {"'": "'", "“": "”", "”": "”", "„": "“", "‘": "’", "’": "’", "«": "»", "`": "`"}
_NAME = re.compile(r"[^\W\d]\w*")
_VALUE_ENDS = ("NAME", "NUMBER", "RPAR", "RSQB")
# One value up to the end of the line: a number, a field, a call or a group; and one word, which may be either.
_LINE_END = r"[ \t]*[;)}]*[ \t\r]*(?:\n|$)"
_OPERAND = re.compile(r"[ \t]*(?:[0-9]\w*%?|[A-Za-z_]\w*(?:\.\w+|\([^()\n]*\))+|\([^()\n]*\))" + _LINE_END)
_WORD = re.compile(r"[ \t]*\w+" + _LINE_END)
_OPERAND_END = re.compile(
    r"!\s*[A-Za-z_][\w.]*(?:\([^()\n]*\)|\[[^\[\]\n]*\])?\s*(?:&&|\|\||and\b|or\b|\{|\)|;|#|\n|$)|!\s*\([^()\n]*\)\s*"
    r"(?:&&|\|\||and\b|or\b|\{|\)|;|#|\n|$)"
)


def mend_text(source: Source, offset: int, before: list[Token]) -> Mended | None:
    """What the text at `offset`, which begins no token, was meant to be."""
    text, character = source.text, source.text[offset]
    if text.startswith(("//", "/*"), offset):
        return _comment(source, offset, before)
    if text.startswith(("&&", "||"), offset):
        word = "and" if character == "&" else "or"
        return _operator(word, text, offset, 2, word.upper(), word)
    if character in "&|^~!@$":
        return _lone_operator(text, offset, before)
    if character == '"' or (character in _QUOTES and _closing_quote(text, offset) is not None):
        return _string(source, offset)
    if character in _SIGNS:
        shown, kind = _SIGNS[character]
        span = Span(offset, offset + 1)
        return Mended(
            messages.typographic(source, span, shown, shown), (_token(kind, shown, span),), span.end
        )
    if character in "µμ":
        return _micro(source, offset, before)
    if character in ZERO_WIDTH:
        return Mended(messages.hidden(source, Span(offset, offset + 1)), (), offset + 1)
    if character.isspace() or unicodedata.category(character) == "Zs":
        return Mended(messages.odd_space(source, Span(offset, offset + 1)), (), offset + 1)
    return _foreign_name(source, offset, before) or _run(source, offset)


def _token(kind: str, text: str, span: Span) -> Token:
    return Token(kind, text, start_pos=span.start, end_pos=span.end)


def _comment(source: Source, offset: int, before: list[Token]) -> Mended:
    """One comment; the lines of `/* */` become one `#` each."""
    text = source.text
    written = text[offset : offset + 2]
    if written == "//":
        return _slashes(source, offset, before)
    close = text.find("*/", offset + 2)
    end = len(text) if close < 0 else close + 2
    body = text[offset + 2 : close if close >= 0 else len(text)]
    lines = [line.strip().lstrip("*").strip() for line in body.split("\n")]
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    indent = " " * (source.line_column(offset)[1] - 1)
    line_end = text.find("\n", end)
    ends_line = not text[end : len(text) if line_end < 0 else line_end].strip()
    blanks = len(text[end:]) - len(text[end:].lstrip(" \t")) if not ends_line else 0
    commented = f"\n{indent}".join(f"# {line}".rstrip() for line in lines) + (
        "" if ends_line else f"\n{indent}"
    )
    edits = (Edit(Span(offset, end + blanks), commented),) if close >= 0 else ()
    return Mended(habit("comment", Span(offset, offset + 2), edits, written=written), (), end)


def _slashes(source: Source, offset: int, before: list[Token]) -> Mended:
    """`//`: a comment of C, or between two values a division of Python."""
    text, span = source.text, Span(offset, offset + 2)
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    behind_value = bool(before) and before[-1].type in _VALUE_ENDS and "\n" not in text[before[-1].end_pos : offset]
    if behind_value and _OPERAND.match(text, span.end):
        return Mended(habit("division", span, (Edit(span, "/"),), False), (_token("SLASH", "/", span),), span.end)
    certain = not (behind_value and _WORD.match(text, span.end))
    edit = Edit(Span(offset, offset + (3 if text.startswith("///", offset) else 2)), "#")
    return Mended(habit("comment", span, (edit,), certain, written="//"), (), end)


def _operator(
    name: str, text: str, offset: int, length: int, kind: str, word: str, safe: bool = True
) -> Mended:
    span = Span(offset, offset + length)
    left = "" if text[offset - 1 : offset].isspace() or offset == 0 else " "
    right = "" if text[span.end : span.end + 1].isspace() else " "
    if text[offset - 1 : offset] == "(" or word == "not":
        left = "" if not text[offset - 1 : offset].isalnum() else left
    edit = Edit(span, left + word + right)
    written = text[offset : span.end]
    return Mended(habit(name, span, (edit,), safe, written=written), (_token(kind, word, span),), span.end)


def _lone_operator(text: str, offset: int, before: list[Token]) -> Mended:
    span, written = Span(offset, offset + 1), text[offset]
    if written == "!":
        return _operator("not", text, offset, 1, "NOT", "not", bool(_OPERAND_END.match(text, offset)))
    ends_value = bool(before) and before[-1].type in ("NAME", "NUMBER", "RPAR", "RSQB")
    if written in "&@$" and not ends_value:
        name = "address" if written == "&" else "no_sign"
        return Mended(habit(name, span, (Edit(span, ""),), written == "&", written=written), (), span.end)
    # The rest is read as if another operator stood there.
    stand_in = () if not ends_value else (_token("PLUS", "+", span),)
    return Mended(habit("bits", span, written=written), stand_in, span.end)


def _closing_quote(text: str, offset: int) -> int | None:
    """Where the string in other quotes ends, on its line."""
    close = text.find(_QUOTES[text[offset]], offset + 1)
    line_end = text.find("\n", offset)
    return close if close > 0 and (line_end < 0 or close < line_end) else None


def _string(source: Source, offset: int) -> Mended:
    text = source.text
    line_end = text.find("\n", offset)
    line_end = len(text) if line_end < 0 else line_end
    if text[offset] != '"':
        close = _closing_quote(text, offset) or offset
        span, inner = Span(offset, close + 1), text[offset + 1 : close].replace('"', "").replace("\\", "")
        return Mended(messages.string_quotes(span, inner), (_token("STRING", f'"{inner}"', span),), span.end)
    if match := re.compile(r'"(?:[^"\\\n]|\\.)*"').match(text, offset):
        span = Span(offset, match.end())
        return Mended(messages.string_escape(span), (_token("STRING", '""', span),), span.end)
    if close := next((i for i in range(offset + 1, line_end) if text[i] in "”“"), 0):
        span = Span(offset, close + 1)
        inner = text[offset + 1 : close]
        return Mended(messages.string_quotes(span, inner), (_token("STRING", f'"{inner}"', span),), span.end)
    end = offset + len(text[offset:line_end].rstrip())
    fix = Fix('close it with `"`', (Edit(Span(end, end), '"'),), Applicability.UNSAFE)
    span = Span(offset, end)
    return Mended(
        messages.string_open(span, fix), (_token("STRING", text[offset:end] + '"', span),), line_end
    )


def _micro(source: Source, offset: int, before: list[Token]) -> Mended | None:
    """`5µs`."""
    last = before[-1] if before else None
    if last is None or last.type != "NUMBER" or not source.text.startswith("s", offset + 1):
        return _foreign_name(source, offset, before)
    start = last.start_pos or 0
    span = Span(offset, offset + 1)
    number = _token("NUMBER", f"{last}us", Span(start, offset + 2))
    return Mended(messages.typographic(source, span, "u", "us"), (number,), offset + 2, replaces=1)


def _foreign_name(source: Source, offset: int, before: list[Token]) -> Mended | None:
    """A name with letters beyond a to z; what was read of it before belongs to it."""
    match = _NAME.match(source.text, offset)
    if match is None:
        return None
    last = before[-1] if before else None
    joined = (
        last is not None
        and last.end_pos == offset
        and last.type not in ("NUMBER", "STRING")
        and last[-1].isalnum()
    )
    start = (last.start_pos or 0) if joined and last is not None else offset
    span = Span(start, match.end())
    token = _token("NAME", source.text[start : match.end()], span)
    report = messages.foreign_letters(span, source.text[start : match.end()])
    return Mended(report, (token,), match.end(), replaces=1 if joined else 0)


def _run(source: Source, offset: int) -> Mended | None:
    """Several of the same unknown character: one report."""
    end = offset + 1
    while end < len(source.text) and source.text[end] == source.text[offset]:
        end += 1
    if end == offset + 1 and source.text[offset] != "\\":
        return None
    return Mended(messages.bad_character(source, Span(offset, end)), (), end)
