"""The audit of the C's text: what a syntax tree no longer shows.

Directives, string literals, attributes and forbidden words are judged token by token. Since no macro
but a number can be defined here, every other macro that the text uses is one of our headers'; that is
what lets the walk over the tree trust what such a macro expands to.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from . import c_rules as rules
from .c_findings import CFinding

_TOKEN = re.compile(
    r"(?P<comment>/\*.*?\*/|//[^\n]*)"
    r"|(?P<directive>^[ \t]*#[^\n]*)"
    r'|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<char>'(?:[^'\\\n]|\\.)*')"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<mark>\S)",
    re.DOTALL | re.MULTILINE,
)
_LINE = re.compile(r'[ \t]*#[ \t]*line[ \t]+(\d{1,9})[ \t]+"([\w./ -]+)"[ \t]*')
_INCLUDE = re.compile(r'[ \t]*#[ \t]*include[ \t]+"([^"]+)"[ \t]*')
# A number with a name: it can change nothing but the code that comes after it.
_CONSTANT = re.compile(r"[ \t]*#[ \t]*define[ \t]+([A-Z][A-Z0-9_]*)[ \t]+\d+(?:[uU]?[lL]{0,2})[ \t]*")


class Place(NamedTuple):
    file: str
    line: int
    physical_line: int
    col: int


class Text:
    """The C's text with its `#line` directives resolved."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.constants: dict[str, int] = {}
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        # Physical line after a directive -> the file and line that it claims.
        self._claims: list[tuple[int, str, int]] = [(1, name, 1)]

    def claim(self, offset: int, file: str, line: int) -> None:
        self._claims.append((self.physical_line(offset) + 1, file, line))

    def physical_line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def place(self, offset: int) -> Place:
        physical = self.physical_line(offset)
        first, file, line = self._claims[bisect_right(self._claims, physical, key=lambda claim: claim[0]) - 1]
        col = offset - self._starts[physical - 1] + 1
        return Place(file, line + physical - first, physical, col)

    def finding(self, rule: str, message: str, offset: int) -> CFinding:
        place = self.place(offset)
        return CFinding(place.line, place.col, rule, message, place.file, place.physical_line)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def audit_text(source: Text, generated: frozenset[str]) -> Iterator[CFinding]:
    """Findings in the text; also teaches `source` its `#line`s, so it comes first. `generated` are the
    names of files that come with the C and are as little trusted."""
    text = source.text
    for odd in ("\\\n", "\\\r", "??", "%:", "<:", "\0", "\r"):
        if odd in text:
            yield source.finding("text", "a spelling that hides what the text says", text.index(odd))
            return
    if not text.isascii():
        at = next(place for place, char in enumerate(text) if not char.isascii())
        yield source.finding("text", "a character outside of ASCII", at)
        return
    tokens = [_Token(match.lastgroup or "", match.group(), match.start()) for match in _TOKEN.finditer(text)]
    for token in tokens:
        if token.kind == "directive" and (match := _LINE.fullmatch(token.text)):
            source.claim(token.at, match[2], int(match[1]))
    code = [token for token in tokens if token.kind not in ("comment", "directive")]
    yield from _directives(source, tokens, generated)
    yield from _words(source, code)
    yield from _strings(source, code)


def _directives(source: Text, tokens: list[_Token], generated: frozenset[str]) -> Iterator[CFinding]:
    for token in tokens:
        if token.kind != "directive" or _LINE.fullmatch(token.text):
            continue
        if constant := _CONSTANT.fullmatch(token.text):
            source.constants.setdefault(constant[1], token.at)
            continue
        included = _INCLUDE.fullmatch(token.text)
        if included is None:
            yield source.finding("directive", f"the directive {token.text.strip()[:40]!r}", token.at)
        elif source.constants:
            yield source.finding(
                "include", f"includes {included[1]!r} after defining names of its own", token.at
            )
        elif not rules.HEADER_NAME.fullmatch(included[1]) or included[1] in generated:
            yield source.finding("include", f"includes {included[1]!r}, not one of our headers", token.at)


def _words(source: Text, code: list[_Token]) -> Iterator[CFinding]:
    for place, token in enumerate(code):
        if token.kind == "mark" and token.text in "`@$\"'\\":
            yield source.finding("text", f"a stray {token.text!r}", token.at)
        if token.kind != "word":
            continue
        if token.text in rules.WORDS:
            yield source.finding("word", f"the word {token.text!r}", token.at)
        elif token.text.startswith(rules.COMPILER_PREFIXES) and token.text not in rules.BUILTINS:
            yield source.finding("builtin", f"the builtin {token.text!r}", token.at)
        elif token.text == "__attribute__":
            yield from _attribute(source, code, place)


def _attribute(source: Text, code: list[_Token], place: int) -> Iterator[CFinding]:
    """Only `__attribute__((name))` or `__attribute__((name(number)))` with a harmless name."""
    texts = [token.text for token in code[place + 1 : place + 9]]
    if texts[3:4] == ["("] and len(texts) == 8 and texts[4].isdigit():
        del texts[3:6]
    if texts[:2] != ["(", "("] or texts[2] not in rules.ATTRIBUTES or texts[3:5] != [")", ")"]:
        yield source.finding("attribute", "an attribute that generated code does not need", code[place].at)


def _strings(source: Text, code: list[_Token]) -> Iterator[CFinding]:
    for place, token in enumerate(code):
        if token.kind != "string":
            continue
        before = [earlier.text for earlier in code[max(0, place - 4) : place]]
        if not _good_string(token.text[1:-1], before):
            yield source.finding("string", "a string that is no section, licence or name", token.at)


def _good_string(value: str, before: list[str]) -> bool:
    if before[-2:] == ["SEC", "("]:
        return rules.is_section(value)
    if before[-3:] == [".", "name", "="]:
        return rules.SCHEDULER_NAME.fullmatch(value) is not None
    return before[-3:] == ['"license"', ")", "="] and value == rules.LICENSE
